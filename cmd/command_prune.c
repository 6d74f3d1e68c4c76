// SPDX-License-Identifier: Apache-2.0
/* nsrun prune: remove the containers that do not run. */
#include "command.h"
#include "filter.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

static void drop_others(nsrun_containers *list, const struct verb *verb)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct container *container = list->v[i];
		bool unused = container->status == CONTAINER_CREATED ||
			      container->status == CONTAINER_EXITED;

		/* one with a monitor is about to begin, or to begin again */
		if (unused && !container->monitor && filter_matches(container, verb))
			list->v[kept++] = list->v[i];
	}
	list->n = kept;
}

/* 1: yes; 0: no; -1 with @err: nobody is there to say so */
static int ask(size_t n, struct error *err)
{
	char answer[16];

	fprintf(stderr, "remove %zu container%s that do%s not run? [y/N] ", n, n == 1 ? "" : "s",
		n == 1 ? "es" : "");
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin)) {
		fputc('\n', stderr);
		return error_set(err, "prune-unconfirmed", 0,
				 "nothing was removed: nobody has confirmed it");
	}
	return answer[0] == 'y' || answer[0] == 'Y';
}

static int remove_all(const nsrun_containers *list, struct arena *arena)
{
	int status = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct container *container;
		struct error err;

		if (container_find_again(arena, list->v[i], &container, &err) < 0)
			continue; /* somebody else was faster */
		if (container_remove(container, false, &err) < 0)
			status = command_fail(&err);
		else
			report_line(container->name);
		container_close(container);
	}
	return status;
}

int command_prune(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	nsrun_containers list;
	struct error err;
	int status, answer;

	status = command_parse_names(command, &request, argv, arena, &names);
	if (status >= 0)
		return status;
	if (*names)
		return command_misused(command, "prune takes no names: rm does");
	if (filter_check(&request.verb, &err) < 0 || container_list(arena, &list, &err) < 0)
		return command_fail(&err);
	drop_others(&list, &request.verb);
	if (list.n == 0)
		return 0;
	answer = request.verb.force ? 1 : ask(list.n, &err);
	if (answer < 0)
		return command_fail(&err);
	return answer ? remove_all(&list, arena) : 0;
}
