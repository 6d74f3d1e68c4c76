// SPDX-License-Identifier: Apache-2.0
/* The subcommands that do one thing to each container they are given: stop, kill, pause, rm. */
#include "command.h"
#include "report.h"

#include <signal.h>

static int stop(const struct request *request, struct container *container, struct error *err)
{
	return container_stop(container, request->verb.timeout_s, err);
}

static int send_signal(const struct request *request, struct container *container,
		       struct error *err)
{
	/* --all is about those that run */
	if (request->verb.all && container->pidfd < 0)
		return 0;
	return container_signal(
		container, request->verb.signal ? request->spec->life.stop_signal : SIGKILL, err);
}

static int remove_container(const struct request *request, struct container *container,
			    struct error *err)
{
	if (request->verb.force && request->verb.timeout_s != UINT32_MAX &&
	    container->status != CONTAINER_DAMAGED &&
	    container_stop(container, request->verb.timeout_s, err) < 0)
		return -1;
	return container_remove(container, request->verb.force, err);
}

static int pause_container(const struct request *request, struct container *container,
			   struct error *err)
{
	if (request->verb.all && container->status != CONTAINER_RUNNING)
		return 0;
	return container_pause(container, report_notice, request->spec, err);
}

static int unpause(const struct request *request, struct container *container, struct error *err)
{
	if (request->verb.all && container->status != CONTAINER_PAUSED)
		return 0;
	return container_unpause(container, err);
}

int command_pause(const struct command *command, const char *const *argv, struct arena *arena)
{
	return command_apply(command, argv, arena, pause_container);
}

int command_unpause(const struct command *command, const char *const *argv, struct arena *arena)
{
	return command_apply(command, argv, arena, unpause);
}

int command_stop(const struct command *command, const char *const *argv, struct arena *arena)
{
	return command_apply(command, argv, arena, stop);
}

int command_kill(const struct command *command, const char *const *argv, struct arena *arena)
{
	return command_apply(command, argv, arena, send_signal);
}

int command_rm(const struct command *command, const char *const *argv, struct arena *arena)
{
	return command_apply(command, argv, arena, remove_container);
}
