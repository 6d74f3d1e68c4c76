// SPDX-License-Identifier: Apache-2.0
/*
 * The reaping pid 1 of --init: forwards signals to the payload, reaps whatever is orphaned, exits
 * as the payload did, which makes the kernel kill all that is left. Runs in: init. It keeps its
 * ids, so that its parent-death signal stays set.
 *
 * It executes nsrun anew. A process that only forked has the memory of the host's nsrun, with the
 * caller's environment in it, and belongs to the caller's user namespace: nobody, not even the
 * caller himself, may join the namespaces of such a one (nsrun exec). After execve(2) it is small,
 * knows nothing, and is the container's.
 */
#include "run/reaper.h"

#include "base/parse.h"
#include "nsrun/nsrun.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAPER_NAME "nsrun-init"

/* everything that is there to be reaped; the payload's exit ends this process */
static void reap(pid_t payload)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid < 0 && errno == EINTR)) {
		if (pid != payload)
			continue;
		/* _exit(2) is all that a pid 1 can do: it cannot die of a signal of its own */
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
}

static void pass_on(pid_t payload, int signal)
{
	if (payload == REAPER_IDLE) {
		if (signal == SIGTERM)
			_exit(0);
	} else if (signal == SIGTSTP || signal == SIGCONT) { /* job control: of the whole group */
		kill(-payload, signal == SIGTSTP ? SIGSTOP : SIGCONT);
	} else {
		kill(payload, signal);
	}
}

/* the payload ends first, while it still waits: the end of the pipe would let it begin, for a moment */
static _Noreturn void leave(pid_t payload)
{
	if (payload > 0 && kill(payload, SIGKILL) == 0)
		waitpid(payload, NULL, 0);
	_exit(NSRUN_EXIT_FAILED);
}

static _Noreturn void serve(pid_t payload)
{
	sigset_t all;

	/* nobody in the container looks into its pid 1, or reaches the host's nsrun through it */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NAME, REAPER_NAME, 0, 0, 0);
	/*
	 * The channel's end of file means that the payload runs: only its process may hold it. And the
	 * payload waits for that of a pipe, so that it never finds what is closed here.
	 */
	if (close_range(0, ~0U, 0) < 0)
		leave(payload);
	sigfillset(&all);
	for (;;) {
		int signal = sigwaitinfo(&all, NULL);

		if (signal == SIGCHLD)
			reap(payload);
		else if (signal > 0)
			pass_on(payload, signal);
	}
}

int reaper_open_program(void)
{
	return openat(AT_FDCWD, "/proc/self/exe", O_PATH | O_CLOEXEC);
}

void reaper_serve(pid_t payload, int program)
{
	char name[] = REAPER_NAME, number[16];
	char *const argv[] = { name, number, NULL };
	char *const envp[] = { NULL };

	snprintf(number, sizeof(number), "%d", (int)payload);
	if (program >= 0)
		execveat(program, "", argv, envp, AT_EMPTY_PATH);
	/* a program that this user may not execute: the same, though nobody can join then */
	serve(payload);
}

void nsrun_continue_as_init(const char *const *argv)
{
	int32_t payload;

	if (argv[0] && strcmp(argv[0], REAPER_NAME) == 0 && argv[1] && !argv[2] &&
	    parse_i32(argv[1], &payload) == 0 && payload >= 0)
		serve(payload);
}
