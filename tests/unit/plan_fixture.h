/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made-up machines and callers for tests of the plan: what host_probe() would have read there.
 * Nothing of the machine on which the tests run is looked at.
 */
#ifndef NSRUN_TESTS_PLAN_FIXTURE_H
#define NSRUN_TESTS_PLAN_FIXTURE_H

#include "plan/plan.h"

/** struct machine - A caller on a machine, by the name that tests call it */
struct machine {
	const char *name;
	void (*change)(struct arena *arena, struct host *host); /* from alice with one range */
};

/** machines_table() - All of them; ends with a NULL name. */
const struct machine *machines_table(void);

/** machine_make() - The facts of one machine for a spec; false when there is no such machine. */
bool machine_make(const char *name, const struct spec *spec, struct host *ret_host);

/** struct planned - A command line and what became of it; @plan is valid when @result is 0 */
struct planned {
	struct spec spec;
	struct plan plan;
	struct error err;
	enum plan_format format;
	int result;
};

/**
 * plan_line() - From a command line to a plan, as "nsrun" does it, on a made-up machine
 * @line: words separated by blanks, the first one run, plan or unshare; %20 is a blank
 */
void plan_line(struct arena *arena, const char *machine, const char *line,
	       struct planned *ret_planned);

#endif
