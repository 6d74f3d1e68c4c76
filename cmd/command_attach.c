// SPDX-License-Identifier: Apache-2.0
/* nsrun attach: the terminal, or the output, of a container that runs. */
#include "command.h"

int command_attach_to(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names = command_names(argv);
	struct attach_options options;
	struct container *container;
	struct error err;
	int status;

	spec_init(&spec, arena, ACTION_RUN);
	status = command_parse_names(command, &request, argv, names);
	if (status >= 0)
		return status;
	if (!names[0] || names[1]) {
		error_set(&err, "usage", 0, "attach takes one container");
		error_set_arg(&err, "%s", command->name);
		return command_fail(&err);
	}
	if (container_find(arena, names[0], &container, &err) < 0)
		return command_fail(&err);
	options = (struct attach_options){
		.input = !request.verb.no_input,
		.sig_proxy = spec.sig_proxy,
		.detach_keys =
			spec.life.detach_keys ? spec.life.detach_keys : container->life.detach_keys,
	};
	return command_attach(container, -1, &options);
}
