// SPDX-License-Identifier: Apache-2.0
/* nsrun run: a command in a root file system. */
#include "command.h"

int command_run(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	int status;

	spec_init(&spec, arena, ACTION_RUN);
	status = command_parse(command, &request, argv);
	return status >= 0 ? status : command_launch(&spec);
}
