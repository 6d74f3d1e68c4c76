// SPDX-License-Identifier: Apache-2.0
/*
 * Any command line, from its words to a printed plan on one of the made-up machines: one word a
 * line; the first byte chooses the machine, the second one the subcommand.
 */
#include "sys/idmap.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/plan_fixture.h"

static const struct machine *choose_machine(uint8_t number)
{
	const struct machine *table = machines_table();
	size_t n = 1; /* there is at least one */

	while (table[n].name)
		n++;
	return &table[number % n];
}

/* plan_line() cuts at blanks: a blank in a word becomes %20, and a newline ends the word */
static const char *make_line(struct arena *arena, const char *subcommand, const uint8_t *data,
			     size_t size)
{
	struct text line = { .arena = arena };

	text_add(&line, "%s ", subcommand);
	for (size_t i = 0; i < size && data[i]; i++) {
		if (data[i] == ' ')
			text_add(&line, "%%20");
		else
			text_add(&line, "%c", data[i] == '\n' ? ' ' : data[i]);
	}
	return text_string(&line);
}

static void check_plan(const struct planned *planned)
{
	const struct plan *plan = &planned->plan;
	const char *printed;
	struct error err;

	for (int format = PLAN_TEXT; format <= PLAN_OCI; format++)
		REQUIRE(nsrun_plan_print(plan, (enum plan_format)format, &printed, &err) < 0 ||
			*printed);
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const struct mount *mount = &plan->mounts.v[i];

		REQUIRE(mount->destination[0] == '/' && mount->destination[1]);
		REQUIRE(!(mount->set & mount->keep));
	}
	REQUIRE(plan->payload.argv[0]);
	REQUIRE(!plan->payload.envp[plan->payload.envp_n]);
	if (plan->map_writer == MAPS_NONE)
		return;
	REQUIRE(!planned->spec.strict || plan->notices.n == 0);
	REQUIRE(plan->payload.user.name ||
		idmap_has_inside(plan->uid_maps.v, plan->uid_maps.n, plan->payload.user.uid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const subcommands[] = { "run", "plan", "unshare" };
	const struct machine *machine = choose_machine(fuzz_byte(&data, &size));
	const char *subcommand = subcommands[fuzz_byte(&data, &size) % 3];
	struct arena arena = FUZZ_ARENA;
	const char *line = make_line(&arena, subcommand, data, size);
	struct planned planned;

	if (!strstr(line, "--env-file")) { /* it reads any file that it names */
		plan_line(&arena, machine->name, line, &planned);
		if (planned.result == 0)
			check_plan(&planned);
		else
			REQUIRE(*planned.err.id && *planned.err.text);
	}
	arena_free_all(&arena);
	return 0;
}
