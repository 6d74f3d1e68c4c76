// SPDX-License-Identifier: Apache-2.0
/* nsrun exec: another command in a container that runs. */
#include "command.h"

#include <fcntl.h>

/* the container's spec, seen from here again */
static int restore(struct container *container, struct request *request, struct error *err)
{
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return command_go_back(here, command_restore_spec(container, request, err), err);
}

static int find_and_restore(const char *name, struct request *request, struct error *err)
{
	struct container *container;

	if (container_find(request->spec->arena, name, &container, err) < 0 ||
	    restore(container, request, err) < 0)
		return -1;
	container_bind(container, request->spec);
	return container_bind_exec(container, request->spec, err);
}

int command_exec(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec unused, spec;
	struct request first = { .spec = &unused, .restored = true }, request = { .spec = &spec };
	struct error err;
	size_t used;
	int status;

	/* once over the options for the container's name, which says what they are applied to */
	spec_init(&unused, arena, ACTION_EXEC);
	status = command_parse(command, &first, argv);
	if (status >= 0)
		return status;
	if (unused.argv.n < 2) {
		error_set(&err, "usage", 0, "exec takes a container and a command");
		error_set_arg(&err, "%s", command->name);
		return command_fail(&err);
	}
	spec_init(&spec, arena, ACTION_RUN);
	if (find_and_restore(unused.argv.v[0], &request, &err) < 0)
		return command_fail(&err);
	if (options_parse(&request, command->scope, argv, &used, &err) < 0)
		return command_fail(&err);
	/* what the container was denied is not denied to this command */
	if (unused.privileged)
		spec.cap_drop = 0;
	for (used++; argv[used]; used++)
		spec_add_argument(&spec, argv[used]);
	return command_launch(&spec);
}
