// SPDX-License-Identifier: Apache-2.0
/* nsrun unshare: a command under the same id maps, without a new root. */
#include "command.h"

int command_unshare(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	int status;

	spec_init(&spec, arena, ACTION_UNSHARE);
	status = command_parse(command, &request, argv);
	return status >= 0 ? status : command_launch(&spec);
}
