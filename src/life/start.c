// SPDX-License-Identifier: Apache-2.0
/* Starting a container that is kept. Runs in: nsrun, which waits until its command runs. */
#include "base/fd.h"
#include "life/life.h"
#include "life/monitor.h"
#include "plan/plan.h"
#include "run/channel.h"
#include "sys/missing_call.h"
#include "sys/process.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#define COMMAND_PAUSE_MS 10
#define COMMAND_TRIES	 1000 /* a network helper may take five seconds, and another one may follow */

#define TAKE_TRIES 20 /* in which somebody had it who is not there any more */

/* 0: it runs; -1 with @err */
static int await_start(int channel, nsrun_notice notice, void *arg, struct error *err)
{
	struct message message;

	for (;;) {
		if (channel_receive(channel, &message, NULL, err) < 0)
			return -1;
		switch (message.type) {
		case MESSAGE_NOTICE:
			if (notice)
				notice(&message.error, arg);
			break;
		case MESSAGE_STARTING:
			return 0;
		case MESSAGE_FAILED:
			*err = message.error;
			return -1;
		default:
			return error_set(err, "monitor", 0,
					 "the container's monitor died during the start");
		}
	}
}

static int open_channels(bool attach, int report[2], int owner[2], struct error *err)
{
	owner[0] = owner[1] = -1;
	if (channel_open(report, err) < 0)
		return -1;
	if (!attach || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, owner) == 0)
		return 0;
	fd_close(report[0]);
	fd_close(report[1]);
	return error_set(err, "attach", errno, "cannot make a channel to the container's monitor");
}

int life_await_command(struct container *container, struct error *err)
{
	const struct timespec pause = { .tv_nsec = COMMAND_PAUSE_MS * 1000000L };

	for (int i = 0; i < COMMAND_TRIES && container->pidfd >= 0 && container->starting; i++) {
		nanosleep(&pause, NULL);
		life_reread(container);
	}
	if (container->pidfd < 0 || !container->starting)
		return 0;
	error_set(err, "container-starting", 0, "the container '%s' is being started still",
		  container->name);
	return error_set_arg(err, "%s", container->name);
}

/* one try of a monitor to take it over and start it */
static int start_once(struct container *container, const struct plan *plan, bool attach,
		      nsrun_notice notice, void *arg, int *ret_attached, struct error *err)
{
	int report[2], owner[2], pidfd = -1, result;
	pid_t pid;

	if (open_channels(attach, report, owner, err) < 0)
		return -1;
	pid = sys_clone_process(0, &pidfd);
	if (pid == 0) {
		fd_close(report[0]);
		fd_close(owner[0]);
		monitor_main(container, plan, report[1], owner[1]);
	}
	fd_close(report[1]);
	fd_close(owner[1]);
	if (pid < 0)
		result = error_set(err, "monitor", errno, "cannot make the container's monitor");
	else
		result = await_start(report[0], notice, arg, err);
	fd_close(report[0]);
	if (result == 0 && ret_attached)
		*ret_attached = take_fd(&owner[0]);
	fd_close(owner[0]);
	/* one that failed has written all when it is gone */
	if (result < 0 && pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	fd_close(pidfd);
	return result;
}

int container_start(struct container *container, const struct plan *plan, bool attach,
		    nsrun_notice notice, void *arg, int *ret_attached, struct error *err)
{
	int result = -1;

	if (ret_attached)
		*ret_attached = -1;
	if (container->status == CONTAINER_RUNNING || container->status == CONTAINER_PAUSED)
		return life_refuse_start(container, err);
	if (nsrun_protect_program(plan, err) < 0)
		return -1;
	if (notice)
		nsrun_plan_notices(plan, notice, arg);
	/* of many that wait for a copy's end, the next one that copies may be the first */
	for (int tries = 0; tries < TAKE_TRIES; tries++) {
		if (life_await_copies(container, notice, arg))
			tries = 0;
		result = start_once(container, plan, attach, notice, arg, ret_attached, err);
		if (result == 0 || strcmp(err->id, "container-copied") != 0)
			break;
	}
	if (result == 0)
		life_reread(container); /* its pidfd, for signals */
	else
		missing_call_explain(err);
	return result;
}
