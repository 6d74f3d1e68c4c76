// SPDX-License-Identifier: Apache-2.0
/* nsrun start and restart: a container that was made before. */
#include "command.h"
#include "report.h"

#include <fcntl.h>
#include <unistd.h>

static int start(struct container *container, bool attach, bool quiet, int *ret_attached,
		 struct arena *arena, struct error *err)
{
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), result;
	struct spec spec;
	struct plan *plan;

	spec_init(&spec, arena, ACTION_RUN);
	spec.quiet = quiet;
	result = command_plan_again(container, &spec, NULL, &plan, err);
	if (result == 0)
		result = container_start(container, plan, attach, report_notice, &spec,
					 ret_attached, err);
	return command_go_back(here, result, err);
}

static int start_detached(const struct request *request, struct container *container,
			  struct error *err)
{
	return start(container, false, request->spec->quiet, NULL, request->spec->arena, err);
}

static int restart(const struct request *request, struct container *container, struct error *err)
{
	if (container->status != CONTAINER_CREATED &&
	    container_stop(container, request->verb.timeout_s, err) < 0)
		return -1;
	container_refresh(request->spec->arena, container);
	return start_detached(request, container, err);
}

static int start_attached(const struct request *request, const char *name, struct arena *arena)
{
	struct attach_options options = { .input = request->spec->interactive,
					  .sig_proxy = request->spec->sig_proxy,
					  .detach_keys = request->spec->life.detach_keys };
	struct container *container;
	struct error err;
	int attached = -1;

	if (container_find(arena, name, &container, &err) < 0 ||
	    start(container, true, request->spec->quiet, &attached, arena, &err) < 0)
		return command_fail(&err);
	if (!options.detach_keys)
		options.detach_keys = container->life.detach_keys;
	return command_attach(container, attached, &options);
}

int command_start(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	int status = command_parse_names(command, &request, argv, arena, &names);

	if (status >= 0)
		return status;
	if (request.verb.attach && names[0] && !names[1])
		return start_attached(&request, names[0], arena);
	return command_for_each(command, &request, names, arena, start_detached);
}

int command_restart(const struct command *command, const char *const *argv, struct arena *arena)
{
	return command_apply(command, argv, arena, restart);
}
