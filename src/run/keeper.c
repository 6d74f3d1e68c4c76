// SPDX-License-Identifier: Apache-2.0
/* The keeper. Runs in: a process of its own, beside the supervisor; and the supervisor's part. */
#include "run/keeper.h"

#include "base/fd.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 16384

/* struct kept - What a keeper watches; -1: nothing */
struct kept {
	int supervisor;
	int init;
	int helper;
	int helper_lifeline; /* kept open */
	bool detached;	     /* init may outlive the supervisor; the helper must not outlive both */
};

static void await_any(struct pollfd *wait, nfds_t n)
{
	while (poll(wait, n, -1) < 0 && errno == EINTR)
		;
}

/*
 * In the supervisor's memory, on a stack of its own. Nothing else is written: not even errno, since
 * none of these calls fails while the supervisor lives.
 */
static int keep(void *arg)
{
	const struct kept *kept = arg;
	int wanted[] = { kept->supervisor, kept->init, kept->helper, kept->helper_lifeline };
	struct pollfd wait[] = {
		{ .fd = kept->detached ? -1 : kept->supervisor, .events = POLLIN },
		/* init is dead: nothing to keep; but a helper must not outlive the supervisor either */
		{ .fd = kept->helper < 0 || kept->detached ? kept->init : -1, .events = POLLIN },
	};

	/* any other would keep a pipe of the caller's open, or a lock held, after the supervisor's end */
	fd_close_others(0, wanted, sizeof(wanted) / sizeof(wanted[0]));
	prctl(PR_SET_NAME, "nsrun-keeper", 0, 0, 0);
	/* killing the supervisor's process group or session must not reach this one; signals that
	 * can be blocked are, since before the clone */
	setsid();
	await_any(wait, 2);
	/* a supervisor that lives ends the helper itself, when that has passed on what init has sent */
	if (kept->detached)
		await_any(&(struct pollfd){ .fd = kept->supervisor, .events = POLLIN }, 1);
	if (wait[0].revents)
		pidfd_send_signal(kept->init, SIGKILL, NULL, 0);
	if (kept->helper >= 0)
		pidfd_send_signal(kept->helper, SIGKILL, NULL, 0);
	return 0;
}

/*
 * It shares the memory, which outlives a supervisor that is killed: a fork would copy the page tables, and then
 * each page that either of them writes. It does not share the descriptors: what is known by their end, such as a
 * lock, ends with the supervisor.
 */
static int start(struct keeper *keeper, const struct kept *wanted, struct error *err)
{
	static _Alignas(16) char stack[STACK_SIZE]; /* one of each: a process has one keeper at a time */
	static struct kept kept;

	keeper->supervisor = pidfd_open(getpid(), 0);
	if (keeper->supervisor < 0)
		return error_set(err, "keeper", errno, "cannot open nsrun's own process for the keeper");
	kept = *wanted;
	kept.supervisor = keeper->supervisor;
	keeper->pid = clone(keep, stack + sizeof(stack), CLONE_VM | CLONE_FS | CLONE_SIGHAND | SIGCHLD, &kept);
	if (keeper->pid < 0)
		return error_set(err, "keeper", errno, "cannot make the keeper's process");
	return 0;
}

int keeper_start(struct keeper *keeper, int init_pidfd, int helper_pidfd, struct error *err)
{
	struct kept kept = { .init = init_pidfd, .helper = helper_pidfd, .helper_lifeline = -1 };

	return start(keeper, &kept, err);
}

int keeper_start_for_helper(struct keeper *keeper, int init_pidfd, int helper_pidfd,
			    int helper_lifeline, struct error *err)
{
	struct kept kept = { .init = init_pidfd,
			     .helper = helper_pidfd,
			     .helper_lifeline = helper_lifeline,
			     .detached = true };

	return start(keeper, &kept, err);
}

void keeper_stop(struct keeper *keeper)
{
	/* where that fails, it ends with us */
	if (keeper->pid > 0 && kill(keeper->pid, SIGKILL) == 0)
		while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
			;
	keeper->pid = 0;
	fd_close(take_fd(&keeper->supervisor));
}
