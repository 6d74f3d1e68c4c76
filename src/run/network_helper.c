// SPDX-License-Identifier: Apache-2.0
/*
 * The process of a network helper. Runs in: supervisor; and in that process until it executes the
 * helper.
 */
#include "run/network_helper.h"

#include "base/fd.h"
#include "sys/signal.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FDS_MAX 7 /* of a helper, see enum helper_fd */

/* struct ends - Both ends of the pipes between the supervisor and a helper */
struct ends {
	int gate[2];
	int complaint[2];
	int ready[2];
	int lifeline[2];
};

static void close_pair(int pair[2])
{
	fd_close(pair[0]);
	fd_close(pair[1]);
}

static int open_ends(struct ends *ends, struct error *err)
{
	*ends = (struct ends){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (pipe2(ends->gate, O_CLOEXEC) == 0 && pipe2(ends->complaint, O_CLOEXEC) == 0 &&
	    pipe2(ends->ready, O_CLOEXEC) == 0 && pipe2(ends->lifeline, O_CLOEXEC) == 0)
		return 0;
	error_set(err, "network-helper", errno, "cannot make a pipe");
	close_pair(ends->gate);
	close_pair(ends->complaint);
	close_pair(ends->ready);
	return -1;
}

/* which of our descriptors becomes which of the helper's; -1: /dev/null */
static void choose_fds(const struct network_helper *helper, const struct ends *ends, int userns,
		       int netns, int fds[FDS_MAX], int *ret_count)
{
	for (int i = 0; i < FDS_MAX; i++)
		fds[i] = -1;
	fds[STDERR_FILENO] = ends->complaint[1];
	*ret_count = 3;
	if (helper->kind == HELPER_PASTA) {
		fds[PASTA_FD_NETNS] = netns;
		fds[PASTA_FD_USERNS] = userns;
		return;
	}
	fds[SLIRP_FD_NETNS] = netns;
	fds[SLIRP_FD_USERNS] = userns;
	fds[SLIRP_FD_READY] = ends->ready[1];
	fds[SLIRP_FD_EXIT] = ends->lifeline[0];
	*ret_count = FDS_MAX;
}

/* first out of the way, then to their places: one may lie where another belongs */
static bool place_fds(int fds[FDS_MAX], int count)
{
	int null = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < count; i++) {
		fds[i] = fcntl(fds[i] >= 0 ? fds[i] : null, F_DUPFD_CLOEXEC, FDS_MAX);
		if (fds[i] < 0)
			return false;
	}
	for (int i = 0; i < count; i++)
		if (dup2(fds[i], i) < 0)
			return false;
	return close_range((unsigned)count, ~0U, 0) == 0;
}

/* slirp4netns joins what it is given by path too late for its own sandbox; pasta does it itself */
static bool enter_userns(const struct network_helper *helper, int userns, bool outlives)
{
	if (!helper->in_userns)
		return true;
	if (setns(userns, CLONE_NEWUSER) < 0)
		return false;
	if (!outlives)
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return true;
}

static _Noreturn void become_helper(const struct network_helper *helper, const struct ends *ends,
				    int userns, int netns, bool outlives)
{
	static char path[] = "PATH=/usr/bin:/bin";
	char *const environment[] = { path, NULL };
	int fds[FDS_MAX], count;
	char byte;

	choose_fds(helper, ends, userns, netns, fds, &count);
	/* pasta joins the user namespace, which makes the kernel forget it: see keeper.c */
	if (!outlives)
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setsid(); /* ^C at the terminal is not for the helper */
	fd_close(ends->gate[1]);
	if (read(ends->gate[0], &byte, 1) != 1 || !enter_userns(helper, userns, outlives) ||
	    !place_fds(fds, count))
		_exit(127);
	signal_reset();
	execve(helper->argv[0], (char *const *)helper->argv, environment);
	dprintf(STDERR_FILENO, "cannot be executed: %s\n", strerror(errno));
	_exit(127);
}

int network_process_start(struct network_process *process, const struct network_helper *helper,
			  int userns, int netns, bool outlives, struct error *err)
{
	struct ends ends;

	*process = (struct network_process)NETWORK_PROCESS_NONE;
	if (open_ends(&ends, err) < 0)
		return -1;
	process->pid = sys_clone_process(0, &process->pidfd);
	if (process->pid == 0)
		become_helper(helper, &ends, userns, netns, outlives);
	fd_close(ends.gate[0]);
	fd_close(ends.complaint[1]);
	fd_close(ends.ready[1]);
	fd_close(ends.lifeline[0]);
	process->gate = ends.gate[1];
	process->complaint = ends.complaint[0];
	fcntl(process->complaint, F_SETFL, O_NONBLOCK); /* who knows who else keeps the other end */
	process->ready = ends.ready[0];
	process->lifeline = ends.lifeline[1];
	if (helper->kind == HELPER_PASTA) {
		fd_close(take_fd(&process->ready));
		fd_close(take_fd(&process->lifeline));
	}
	if (process->pid > 0)
		return 0;
	process->pid = 0;
	error_set(err, "network-helper", errno, "cannot make a process for '%s'", helper->name);
	network_process_stop(process, true);
	return -1;
}

void network_process_release(struct network_process *process)
{
	if (process->gate >= 0)
		fd_write_all(process->gate, "", 1);
	fd_close(take_fd(&process->gate));
}

/* the last line that is not about a machine without syslog, which the pasta of 2023 minds */
static void keep_line(struct network_process *process, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\n') {
			process->said_more = strncmp(process->said, "Failed to send ", 15) != 0;
			if (!process->said_more)
				process->said_length = 0;
			continue;
		}
		if (process->said_more)
			process->said_length = 0;
		process->said_more = false;
		if (process->said_length + 1 < sizeof(process->said))
			process->said[process->said_length++] = (char)(c >= 0x20 && c < 0x7f ? c : '?');
		process->said[process->said_length] = '\0';
	}
}

bool network_process_listen(struct network_process *process)
{
	char bytes[512];
	ssize_t n = read(process->complaint, bytes, sizeof(bytes));

	if (n > 0)
		keep_line(process, bytes, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

void network_process_stop(struct network_process *process, bool wait)
{
	fd_close(take_fd(&process->gate));
	fd_close(take_fd(&process->lifeline));
	if (process->pid > 0) {
		kill(process->pid, SIGKILL); /* our child, not waited for: no other can have its pid */
		while (wait && waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
			;
		process->pid = 0;
	}
	fd_close(take_fd(&process->complaint));
	fd_close(take_fd(&process->ready));
	fd_close(take_fd(&process->pidfd));
}
