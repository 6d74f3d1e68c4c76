/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library behind the command: a spec becomes a plan, and a plan becomes a container. The
 * library never prints and never exits.
 */
#ifndef NSRUN_NSRUN_H
#define NSRUN_NSRUN_H

#include "nsrun/error.h"
#include "nsrun/spec.h"

struct plan;

/**
 * nsrun_prepare_process() - Mend what a caller may have left behind; call it first
 *
 * Does:   opens what is closed of 0, 1 and 2 as /dev/null, and gives SIGCHLD its default action.
 * Return: 0, or -1.
 */
int nsrun_prepare_process(void);

/**
 * nsrun_continue_as_init() - Go on as a container's pid 1, if this process was executed to be it
 * @argv: of the process, with its name
 *
 * Call it before anything else. Returns only where that is not so.
 */
void nsrun_continue_as_init(const char *const *argv);

/** nsrun_notice - Told of every weaker path that was taken; @notice->text is one sentence. */
typedef void (*nsrun_notice)(const struct error *notice, void *arg);

enum plan_format {
	PLAN_TEXT,
	PLAN_JSON,
	PLAN_OCI,
};

/**
 * nsrun_plan() - Decide everything: check the spec, read the host, compute the plan
 * @spec:     a spec; it must outlive the plan
 * @ret_plan: the plan, in the spec's arena
 *
 * Runs in:  supervisor.
 * Must not: change anything on the host; nothing has been created when it fails.
 * Return:   0, or -1 with @err.
 */
int nsrun_plan(const struct spec *spec, struct plan **ret_plan, struct error *err);

/** nsrun_plan_notices() - Tell every fallback that the plan takes. */
void nsrun_plan_notices(const struct plan *plan, nsrun_notice notice, void *arg);

/**
 * nsrun_plan_print() - The plan as a text
 *
 * Return: 0 with @ret_text in the spec's arena, or -1 with @err (id "plan-format") where the format
 *         has no word for something: OCI knows users by number only.
 */
int nsrun_plan_print(const struct plan *plan, enum plan_format format, const char **ret_text,
		     struct error *err);

/**
 * nsrun_protect_program() - Keep nsrun's own binary out of the container's reach
 *
 * May execute nsrun anew, from the first line (see run/own_program.h): so it comes before anything
 * is made that a second run would find. nsrun_launch() and container_start() see to it themselves.
 * Return: 0, or -1 with @err.
 */
int nsrun_protect_program(const struct plan *plan, struct error *err);

/**
 * nsrun_launch() - Make the container, run its command, wait for its end
 * @plan:   from nsrun_plan()
 * @notice: told of fallbacks that only init could see
 *
 * Runs in:  supervisor; blocks until the command has ended. Leaves no process, mount or file.
 * Return:   exit status of the command (128+n when it died of signal n), or -1 with @err.
 */
int nsrun_launch(const struct plan *plan, nsrun_notice notice, void *arg, struct error *err);

#endif
