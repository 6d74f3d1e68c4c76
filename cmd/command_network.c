// SPDX-License-Identifier: Apache-2.0
/* nsrun network: the networks that containers share. */
#include "command.h"
#include "nsrun/bridge.h"
#include "report.h"
#include "table.h"

#include <stdio.h>
#include <string.h>

static int create(const struct request *request, const char *name, struct arena *arena,
		  struct error *err)
{
	if (bridge_create(arena, name, request->verb.subnet, request->verb.internal, err) < 0)
		return -1;
	report_line(name);
	return 0;
}

static int inspect(const struct request *request, const char *name, struct arena *arena,
		   struct error *err)
{
	struct bridge_info info;

	(void)request;
	if (bridge_find(arena, name, &info, err) < 0)
		return -1;
	fputs(bridge_describe(arena, &info), stdout);
	return 0;
}

static int discard(const struct request *request, const char *name, struct arena *arena,
		   struct error *err)
{
	(void)request;
	if (bridge_remove(arena, name, err) < 0)
		return -1;
	report_line(name);
	return 0;
}

static int list(struct arena *arena)
{
	static const char *const titles[] = { "NETWORK", "SUBNET", "SUBNET6", "CONTAINERS" };
	nsrun_bridges bridges;
	struct table table;
	struct error err;

	if (bridge_list(arena, &bridges, &err) < 0)
		return command_fail(&err);
	table_begin(&table, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < bridges.n; i++) {
		const struct bridge_info *info = &bridges.v[i];
		char members[32];

		snprintf(members, sizeof(members), "%zu", info->members.n);
		table_row(&table, (const char *const[]){ info->bridge.name,
							 info->damage ? info->damage : info->subnet,
							 info->subnet6, members });
	}
	table_end(&table);
	return 0;
}

typedef int (*apply_function)(const struct request *request, const char *name, struct arena *arena,
			      struct error *err);

static int for_each(const struct request *request, const char *const *names, struct arena *arena,
		    apply_function apply)
{
	struct error err;
	int status = 0;

	for (; *names; names++)
		if (apply(request, *names, arena, &err) < 0)
			status = command_fail(&err);
	return status;
}

int command_network(const struct command *command, const char *const *argv, struct arena *arena)
{
	static const struct {
		const char *word;
		apply_function apply; /* NULL: it takes no name */
	} actions[] = {
		{ "create", create }, { "inspect", inspect }, { "ls", NULL }, { "rm", discard }
	};
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **words;
	struct error err;
	int status = command_parse_names(command, &request, argv, arena, &words);

	if (status >= 0)
		return status;
	for (size_t i = 0; words[0] && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(words[0], actions[i].word) != 0 || !actions[i].apply != !words[1])
			continue;
		return actions[i].apply ? for_each(&request, words + 1, arena, actions[i].apply) :
					  list(arena);
	}
	error_set(&err, "usage", 0,
		  "network takes create, inspect or rm with the names of networks, or ls");
	error_set_arg(&err, "%s", command->name);
	return command_fail(&err);
}
