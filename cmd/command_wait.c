// SPDX-License-Identifier: Apache-2.0
/* nsrun wait: the exit statuses of containers, when they have ended. */
#include "command.h"
#include "report.h"

#include <stdio.h>

static int wait_for_end(const struct request *request, struct container *container,
			struct error *err)
{
	char text[16];
	int status = container_wait(container, err);

	(void)request;
	if (status < 0)
		return -1;
	snprintf(text, sizeof(text), "%d", status);
	report_line(text);
	return 0;
}

int command_wait(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec, .names_unprinted = true };
	const char **names;
	int status = command_parse_names(command, &request, argv, arena, &names);

	return status >= 0 ? status
			   : command_for_each(command, &request, names, arena, wait_for_end);
}
