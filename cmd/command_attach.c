// SPDX-License-Identifier: Apache-2.0
/* nsrun attach: the terminal, or the output, of a container that runs. */
#include "command.h"

int command_attach_to(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec = { .arena = arena };
	struct request request = { .spec = &spec };
	struct attach_options options;
	struct container *container;
	int status = command_parse_one(command, &request, argv, arena, &container);

	if (status >= 0)
		return status;
	options = (struct attach_options){
		.input = !request.verb.no_input,
		.sig_proxy = spec.sig_proxy,
		.detach_keys =
			spec.life.detach_keys ? spec.life.detach_keys : container->life.detach_keys,
	};
	return command_attach(container, -1, &options);
}
