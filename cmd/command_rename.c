// SPDX-License-Identifier: Apache-2.0
/* nsrun rename: another name for a container. */
#include "command.h"
#include "nsrun/bridge.h"

int command_rename(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	struct container *container;
	struct error err;
	int status = command_parse_names(command, &request, argv, arena, &names);

	if (status >= 0)
		return status;
	if (!names[0] || !names[1] || names[2]) {
		error_set(&err, "usage", 0, "rename takes a container and its new name");
		error_set_arg(&err, "%s", command->name);
		return command_fail(&err);
	}
	if (container_find(arena, names[0], &container, &err) < 0 ||
	    container_rename(arena, container, names[1], &err) < 0)
		return command_fail(&err);
	if (container->pidfd >= 0)
		bridge_rename(arena, container->pidfd, names[1]);
	return 0;
}
