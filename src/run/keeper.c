// SPDX-License-Identifier: Apache-2.0
/* The keeper. Runs in: a process of its own, beside the supervisor; and the supervisor's part. */
#include "run/keeper.h"

#include "base/fd.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* only two descriptors are wanted; any other would keep a pipe of the caller's open */
static void close_others(int one, int other)
{
	unsigned low = (unsigned)(one < other ? one : other);
	unsigned high = (unsigned)(one < other ? other : one);

	if (low > 0)
		close_range(0, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}

static _Noreturn void keep(int lifeline, int init_pidfd)
{
	struct pollfd wait[] = {
		{ .fd = lifeline },                    /* hang-up: the supervisor is dead */
		{ .fd = init_pidfd, .events = POLLIN } /* init is dead: nothing to keep */
	};

	close_others(lifeline, init_pidfd);
	prctl(PR_SET_NAME, "nsrun-keeper", 0, 0, 0);
	/* killing the supervisor's process group or session must not reach this one; signals that
	 * can be blocked are, since before the fork */
	setsid();
	while (poll(wait, 2, -1) < 0 && errno == EINTR)
		;
	if (wait[0].revents)
		pidfd_send_signal(init_pidfd, SIGKILL, NULL, 0);
	_exit(0);
}

int keeper_start(struct keeper *keeper, int init_pidfd, struct error *err)
{
	int ends[2], pidfd;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, "keeper", errno, "cannot make a pipe");
	keeper->pid = sys_clone_process(0, &pidfd);
	if (keeper->pid == 0)
		keep(ends[0], init_pidfd);
	fd_close(ends[0]);
	keeper->lifeline = ends[1];
	if (keeper->pid < 0)
		return error_set(err, "keeper", errno, "cannot make the keeper's process");
	fd_close(pidfd);
	return 0;
}

void keeper_stop(struct keeper *keeper)
{
	fd_close(take_fd(&keeper->lifeline));
	if (keeper->pid <= 0)
		return;
	while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
		;
	keeper->pid = 0;
}
