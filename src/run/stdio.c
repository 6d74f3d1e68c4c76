// SPDX-License-Identifier: Apache-2.0
/* The payload's standard descriptors. Runs in: supervisor. */
#include "run/stdio.h"

#include "base/fd.h"
#include "sys/idmap.h"
#include "sys/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define CTRL_D 4

#ifndef PIPEFS_MAGIC
#define PIPEFS_MAGIC 0x50495045
#endif

static struct relay *add_relay(struct stdio *stdio, int from, int to, unsigned owned)
{
	static char buffers[STDIO_RELAYS][RELAY_BUFFER_SIZE]; /* untouched, they cost nothing */
	struct relay *relay = &stdio->relays[stdio->n_relays];

	relay_init(relay, buffers[stdio->n_relays++], from, to, owned);
	return relay;
}

/* a terminal that is stopped by ^S must not stop us: our own open file, which does not wait */
static int reopen_output(int fd)
{
	char path[32];
	int reopened;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reopened = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return reopened >= 0 ? reopened : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* a file keeps its offset and O_APPEND: only a terminal is opened anew */
static int own_output(int fd)
{
	return isatty(fd) ? reopen_output(fd) : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* anybody in the container may open /dev/stdout, whatever uid he has there */
static int make_pipe(int ret_ends[2], struct error *err)
{
	if (pipe2(ret_ends, O_CLOEXEC) < 0 || fchmod(ret_ends[0], 0666) < 0)
		return error_set(err, "stdio", errno, "cannot make a pipe");
	return 0;
}

static int relay_input(struct stdio *stdio, struct error *err)
{
	int ends[2];

	if (make_pipe(ends, err) < 0)
		return -1;
	stdio->inside[0] = ends[0];
	add_relay(stdio, STDIN_FILENO, ends[1], RELAY_TO);
	return fcntl(ends[1], F_SETFL, O_NONBLOCK) < 0 ? -1 : 0;
}

static int relay_output(struct stdio *stdio, int fd, struct error *err)
{
	int ends[2], to = own_output(fd);

	if (to < 0)
		return error_set(err, "stdio", errno, "cannot use descriptor %d", fd);
	if (make_pipe(ends, err) < 0) {
		fd_close(to);
		return -1;
	}
	stdio->inside[fd] = ends[1];
	add_relay(stdio, ends[0], to, RELAY_FROM | RELAY_TO);
	return 0;
}

static bool same_file(int one, int other)
{
	struct stat a, b;

	return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/*
 * Whether opening /dev/stdout would fail for a payload that is not the caller: a socket can be
 * opened by nobody, and a file or named pipe keeps its own mode, which is not ours to change.
 */
static bool needs_output_relay(const struct plan *plan, int fd)
{
	bool other_user = plan->payload.user.name ||
			  idmap_to_outside(plan->uid_maps.v, plan->uid_maps.n,
					   plan->payload.user.uid) != geteuid();
	struct statfs fs;
	struct stat st;

	if (isatty(fd))
		return true;
	if (fstat(fd, &st) < 0 || S_ISCHR(st.st_mode))
		return false;
	if (S_ISSOCK(st.st_mode))
		return true;
	/* a pipe has no name, so its mode matters to the container only; unless somebody else made
	 * it, whose mode it keeps */
	if (S_ISFIFO(st.st_mode) && fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC)
		return fchmod(fd, 0666) < 0;
	return other_user;
}

/*
 * A terminal as standard input while the output goes into a pipe: the pipe's reader, a pager say,
 * reads the terminal too, and what we read ahead he would miss. So the payload gets it with -i
 * only.
 */
static bool pager_reads_terminal(const struct plan *plan)
{
	struct stat st;

	return !plan->interactive && fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int open_nothing(struct stdio *stdio, int first, int last, struct error *err)
{
	for (int fd = first; fd <= last; fd++) {
		stdio->inside[fd] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (stdio->inside[fd] < 0)
			return error_set(err, "stdio", errno, "cannot open '/dev/null'");
	}
	return 0;
}

static int prepare_input(struct stdio *stdio, const struct plan *plan, struct error *err)
{
	/* as podman's: a command beside another reads what it is given, not what is there */
	if (plan->action == ACTION_EXEC && !plan->interactive)
		return open_nothing(stdio, 0, 0, err);
	if (!isatty(STDIN_FILENO))
		return 0;
	return pager_reads_terminal(plan) ? open_nothing(stdio, 0, 0, err) :
					    relay_input(stdio, err);
}

/* a directory as a descriptor is a way out to the host */
static int refuse_directories(struct error *err)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++)
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
			return error_set(err, "stdio", 0, "descriptor %d is a directory of the host",
					 fd);
	return 0;
}

int stdio_prepare(struct stdio *stdio, const struct plan *plan, struct error *err)
{
	stdio->inside[0] = stdio->inside[1] = stdio->inside[2] = -1;
	stdio->master = stdio->master_in = stdio->reopened = -1;
	stdio->raw = false;
	stdio->n_relays = 0;
	if (plan->tty || plan->action == ACTION_UNSHARE)
		return 0; /* a pty comes from init; or the caller's own terminal stays */
	if (plan->action == ACTION_EXEC && plan->detached)
		return open_nothing(stdio, 0, 2, err);
	if (refuse_directories(err) < 0 || prepare_input(stdio, plan, err) < 0)
		return -1;
	for (int fd = 1; fd <= 2; fd++) {
		/* one pipe for both keeps what was written in its order */
		if (fd == 2 && stdio->inside[1] >= 0 && same_file(1, 2))
			stdio->inside[2] = fcntl(stdio->inside[1], F_DUPFD_CLOEXEC, 3);
		else if (needs_output_relay(plan, fd) && relay_output(stdio, fd, err) < 0)
			return -1;
	}
	return 0;
}

void stdio_started(struct stdio *stdio)
{
	for (int fd = 0; fd <= 2; fd++)
		fd_close(take_fd(&stdio->inside[fd]));
}

static void make_raw(struct stdio *stdio)
{
	if (isatty(STDIN_FILENO))
		stdio->raw = terminal_make_raw(STDIN_FILENO, &stdio->saved) == 0;
}

int stdio_attach_terminal(struct stdio *stdio, int take_master, struct error *err)
{
	struct relay *input;

	stdio->master = take_master;
	/* two relays, each with a descriptor of its own to close */
	stdio->master_in = fcntl(take_master, F_DUPFD_CLOEXEC, 3);
	stdio->reopened = own_output(STDOUT_FILENO);
	if (stdio->master_in < 0 || stdio->reopened < 0 ||
	    fcntl(take_master, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		return error_set(err, "terminal", errno, "cannot use the new terminal");
	stdio_resize(stdio);
	make_raw(stdio);
	input = add_relay(stdio, STDIN_FILENO, stdio->master_in, 0);
	input->eof_byte = CTRL_D;
	add_relay(stdio, stdio->master, stdio->reopened, 0);
	return 0;
}

void stdio_poll(const struct stdio *stdio, struct pollfd *waits)
{
	for (size_t i = 0; i < stdio->n_relays; i++) {
		relay_poll(&stdio->relays[i], &waits[i]);
		/* reading a terminal from the background would stop this job; SIGCONT makes us look
		 * again */
		if (waits[i].fd == STDIN_FILENO && tcgetpgrp(STDIN_FILENO) >= 0 &&
		    tcgetpgrp(STDIN_FILENO) != getpgrp())
			waits[i].fd = -1;
	}
}

int stdio_typed_signal(struct stdio *stdio, pid_t *ret_group)
{
	struct relay *input = stdio->master >= 0 ? &stdio->relays[0] : NULL;
	const char *typed;
	size_t length;

	/* what was read and not yet written: the terminal has not acted on it, but soon will */
	if (!input || input->seen == input->end)
		return 0;
	typed = input->buffer + input->seen;
	length = input->end - input->seen;
	input->seen = input->end;
	*ret_group = tcgetpgrp(stdio->master);
	return terminal_typed_signal(stdio->master, typed, length);
}

void stdio_resize(struct stdio *stdio)
{
	if (stdio->master >= 0)
		terminal_copy_size(isatty(STDIN_FILENO) ? STDIN_FILENO : STDOUT_FILENO,
				   stdio->master);
}

void stdio_suspend(struct stdio *stdio)
{
	if (stdio->raw)
		terminal_restore(STDIN_FILENO, &stdio->saved);
}

void stdio_resume(struct stdio *stdio)
{
	if (stdio->raw)
		make_raw(stdio);
	stdio_resize(stdio);
}

static int check_relay(const struct relay *relay, struct error *err)
{
	/* a reader that went away is no loss; a full disk is */
	if (relay->errnum == 0 || relay->errnum == EPIPE || relay->errnum == EIO)
		return 0;
	return error_set(err, "output", relay->errnum, "a part of the command's output is lost");
}

int stdio_finish(struct stdio *stdio, bool dead, int interrupt, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < stdio->n_relays; i++) {
		struct relay *relay = &stdio->relays[i];

		if (relay->from == STDIN_FILENO)
			continue;
		relay_drain(relay, dead, interrupt);
		if (check_relay(relay, err) < 0)
			result = -1;
	}
	for (size_t i = 0; i < stdio->n_relays; i++)
		relay_end(&stdio->relays[i]);
	stdio->n_relays = 0;
	stdio_suspend(stdio);
	stdio->raw = false;
	stdio_started(stdio);
	fd_close(take_fd(&stdio->master));
	fd_close(take_fd(&stdio->master_in));
	fd_close(take_fd(&stdio->reopened));
	return result;
}
