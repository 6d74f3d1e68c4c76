// SPDX-License-Identifier: Apache-2.0
/* Doing something to each of the containers that were named. */
#include "command.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *command_array(size_t n, size_t size)
{
	void *array = calloc(n + 1, size);

	if (!array) {
		fputs("nsrun: out of memory\n", stderr);
		exit(NSRUN_EXIT_FAILED);
	}
	return array;
}

const char **command_names(const char *const *argv)
{
	size_t n = 0;

	while (argv[n])
		n++;
	return command_array(n, sizeof(*argv));
}

typedef int (*apply_function)(const struct request *request, struct container *container,
			      struct error *err);

static int apply_one(const struct request *request, struct container *container, const char *name,
		     apply_function apply)
{
	struct error err;

	if (apply(request, container, &err) < 0)
		return command_fail(&err);
	if (!request->names_unprinted)
		report_line(name);
	return 0;
}

static int apply_all(const struct request *request, struct arena *arena, apply_function apply)
{
	nsrun_containers all;
	struct error err;
	int status = 0;

	if (container_list(arena, &all, &err) < 0)
		return command_fail(&err);
	for (size_t i = 0; i < all.n; i++) {
		struct container *container;
		int failed;

		if (container_find_again(arena, all.v[i], &container, &err) < 0) {
			/* removed meanwhile, by somebody else or by itself */
			if (strcmp(err.id, "container-unknown") != 0)
				status = command_fail(&err);
			continue;
		}
		failed = apply_one(request, container, container->name, apply);
		container_close(container);
		status = failed ? failed : status;
	}
	return status;
}

int command_for_each(const struct command *command, const struct request *request,
		     const char *const *names, struct arena *arena, apply_function apply)
{
	struct container *container;
	struct error err;
	int status = 0;

	if (request->verb.all && !*names)
		return apply_all(request, arena, apply);
	if (!*names) {
		error_set(&err, "usage", 0, "no container was named");
		error_set_arg(&err, "%s", command->name);
		return command_fail(&err);
	}
	for (; *names; names++) {
		int failed;

		if (container_find(arena, *names, &container, &err) < 0) {
			if (!request->verb.ignore || strcmp(err.id, "container-unknown") != 0)
				status = command_fail(&err);
			continue;
		}
		failed = apply_one(request, container, *names, apply);
		container_close(container);
		status = failed ? failed : status;
	}
	return status;
}

int command_apply(const struct command *command, const char *const *argv, struct arena *arena,
		  apply_function apply)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	int status = command_parse_names(command, &request, argv, arena, &names);

	return status >= 0 ? status : command_for_each(command, &request, names, arena, apply);
}
