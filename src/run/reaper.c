// SPDX-License-Identifier: Apache-2.0
/*
 * The reaping pid 1 of --init: forwards signals to the payload, reaps whatever is orphaned, exits
 * as the payload did, which makes the kernel kill all that is left. Runs in: init. It keeps its
 * ids, so that its parent-death signal stays set.
 */
#include "run/reaper.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

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

void reaper_serve(pid_t payload)
{
	sigset_t all;

	prctl(PR_SET_NAME, "nsrun-init", 0, 0, 0);
	/* the channel's end of file means that the payload runs: only its process may hold it */
	close_range(0, ~0U, 0);
	sigfillset(&all);
	for (;;) {
		int signal = sigwaitinfo(&all, NULL);

		if (signal == SIGCHLD)
			reap(payload);
		else if (signal == SIGTSTP || signal == SIGCONT) /* job control: of the whole group */
			kill(-payload, signal == SIGTSTP ? SIGSTOP : SIGCONT);
		else if (signal > 0)
			kill(payload, signal);
	}
}
