// SPDX-License-Identifier: Apache-2.0
/*
 * Being attached to a container: its terminal, or the reader of its output. Runs in: nsrun.
 */
#include "base/detach_keys.h"
#include "base/fd.h"
#include "life/attach_protocol.h"
#include "life/life.h"
#include "sys/local_socket.h"
#include "sys/signal.h"
#include "sys/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define INPUT_SIZE (ATTACH_BYTES_MAX - DETACH_KEYS_MAX)

/**
 * struct attachment - One nsrun that is attached
 * @owner:   the container ends when this process dies
 * @input:   standard input is passed on
 * @raw:     the terminal is in raw mode, and @saved must be set again
 * @typed:   what was read and the monitor did not take yet
 */
struct attachment {
	struct container *container;
	const struct attach_options *options;
	int socket;
	int signals;
	bool owner;
	bool input;
	bool terminal;
	bool raw;
	struct termios saved;
	struct detach_keys keys;
	unsigned char typed[ATTACH_BYTES_MAX];
	size_t n_typed;
	struct attach_message message;
};

static struct attachment the_attachment; /* large, and one of a kind */

int life_connect(const struct container *container)
{
	return local_connect(container->dir, LIFE_SOCKET);
}

/* as attach_receive(), which says first that the monitor has not taken all that was typed */
static int receive(int socket, struct attach_message *ret, size_t *ret_length)
{
	int result = attach_receive(socket, 0, ret, ret_length);

	return result < 0 && errno == ECONNRESET ? attach_receive(socket, 0, ret, ret_length) : result;
}

int life_await_end(struct container *container)
{
	auto_close int socket_fd = life_connect(container);
	struct attach_message *message = &the_attachment.message;
	size_t length;

	if (socket_fd < 0 || attach_send(socket_fd, 0, ATTACH_WAIT, 0, 0, NULL, 0) < 0)
		return -1;
	while (receive(socket_fd, message, &length) > 0)
		if (message->header.type == ATTACH_ENDED)
			return (int)message->header.a;
	return -1;
}

/* --- the user's terminal --- */

static void send_size(struct attachment *at)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		attach_send(at->socket, 0, ATTACH_RESIZE, size.ws_row, size.ws_col, NULL, 0);
}

static void take_terminal(struct attachment *at)
{
	if (at->terminal && at->input && isatty(STDIN_FILENO) && !at->raw)
		at->raw = terminal_make_raw(STDIN_FILENO, &at->saved) == 0;
	send_size(at);
}

static void give_terminal_back(struct attachment *at)
{
	if (at->raw)
		terminal_restore(STDIN_FILENO, &at->saved);
	at->raw = false;
}

/* ^Z cannot be typed in raw mode; somebody sends it */
static void stop_and_continue(struct attachment *at)
{
	give_terminal_back(at);
	raise(SIGSTOP);
	take_terminal(at);
}

/* --- events --- */

static bool signal_ends(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT || signal == SIGHUP;
}

static void pass_signal(struct attachment *at, int signal)
{
	struct error unused;

	life_reread(at->container); /* it may have been started again since */
	/* between two starts nobody is there who could end of it, and the next one is not wanted */
	if (container_signal(at->container, signal, &unused) < 0 && at->owner && signal_ends(signal))
		life_forbid_restart(at->container, &unused);
}

/* 0: go on; ATTACH_DETACHED: the signal ends this nsrun, not the container */
static int take_signal(struct attachment *at, int signal)
{
	/* a terminal that is closed takes along who was started in it, and not what he looked at */
	if (signal == SIGHUP && at->raw && !at->owner)
		return ATTACH_DETACHED;
	if (signal == SIGWINCH)
		send_size(at);
	else if (signal == SIGTSTP)
		stop_and_continue(at);
	else if (signal == SIGCONT)
		take_terminal(at);
	else if (signal_stays_here(signal))
		return 0;
	else if (at->options->sig_proxy)
		pass_signal(at, signal);
	else if (signal_ends(signal))
		return ATTACH_DETACHED;
	return 0;
}

static int take_signals(struct attachment *at)
{
	struct signalfd_siginfo info;

	while (read(at->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (take_signal(at, (int)info.ssi_signo) < 0)
			return ATTACH_DETACHED;
	return 0;
}

static void pass_typed(struct attachment *at)
{
	if (at->n_typed == 0 ||
	    attach_send(at->socket, MSG_DONTWAIT, ATTACH_INPUT, 0, 0, (char *)at->typed,
			at->n_typed) == 0 ||
	    errno != EAGAIN)
		at->n_typed = 0;
}

/* whether the keys to detach were typed */
static bool take_input(struct attachment *at)
{
	unsigned char read_bytes[INPUT_SIZE];
	ssize_t n = read(STDIN_FILENO, read_bytes, sizeof(read_bytes));
	bool detach;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n <= 0) {
		at->input = false;
		attach_send(at->socket, 0, ATTACH_INPUT_END, 0, 0, NULL, 0);
		return false;
	}
	detach = detach_keys_filter(&at->keys, read_bytes, (size_t)n, at->typed, &at->n_typed);
	pass_typed(at);
	return detach;
}

/* 0 also where nobody reads it: a container of our own is told, as a pipe's end would tell it */
static int write_output(struct attachment *at, uint32_t fd, size_t length, struct error *err)
{
	if (fd_write_all(fd == 2 ? STDERR_FILENO : STDOUT_FILENO, at->message.bytes, length) == 0 ||
	    errno == EIO)
		return 0;
	if (errno != EPIPE)
		return error_set(err, "output", errno, "a part of the container's output is lost");
	if (at->owner)
		attach_send(at->socket, 0, ATTACH_CLOSED, fd, 0, NULL, 0);
	return 0;
}

/* who was too slow to be told of the end learns it here; 1, or -1 with @err */
static int end_untold(struct attachment *at, int errnum, int *ret_status, struct error *err)
{
	struct container *container = at->container;

	life_reread(container);
	*ret_status = container->exit_code;
	if (container->pidfd < 0 && container->exit_code >= 0)
		return 1;
	return error_set(err, "monitor", errnum, "the monitor of the container '%s' is gone",
			 container->name);
}

static int take_message(struct attachment *at, int *ret_status, struct error *err)
{
	size_t length = 0;
	const struct attach_header *header = &at->message.header;
	int result = receive(at->socket, &at->message, &length);

	if (result <= 0)
		return end_untold(at, result < 0 ? errno : 0, ret_status, err);
	switch (header->type) {
	case ATTACH_HELLO:
		at->terminal = header->b;
		take_terminal(at);
		break;
	case ATTACH_OUTPUT:
		return write_output(at, header->a, length, err);
	case ATTACH_LOST:
		at->container->lost_bytes += header->a;
		break;
	case ATTACH_ENDED:
		*ret_status = (int)header->a;
		return 1;
	default:
		break; /* of a newer version */
	}
	return 0;
}

/* --- the loop --- */

enum { WAIT_MONITOR, WAIT_SIGNALS, WAIT_INPUT, WAITS };

static bool in_foreground(void)
{
	return tcgetpgrp(STDIN_FILENO) < 0 || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void wait_for_event(const struct attachment *at, struct pollfd waits[WAITS])
{
	bool read_input = at->input && at->n_typed == 0 && in_foreground();

	waits[WAIT_MONITOR] =
		(struct pollfd){ at->socket, (short)(POLLIN | (at->n_typed ? POLLOUT : 0)), 0 };
	waits[WAIT_SIGNALS] = (struct pollfd){ at->signals, POLLIN, 0 };
	waits[WAIT_INPUT] = (struct pollfd){ read_input ? STDIN_FILENO : -1, POLLIN, 0 };
	while (poll(waits, WAITS, -1) < 0 && errno == EINTR)
		;
}

static int serve(struct attachment *at, struct error *err)
{
	struct pollfd waits[WAITS];
	int result, status = 0;

	for (;;) {
		wait_for_event(at, waits);
		if (waits[WAIT_SIGNALS].revents && take_signals(at) < 0)
			return ATTACH_DETACHED;
		if (waits[WAIT_INPUT].revents && take_input(at))
			return ATTACH_DETACHED;
		if (waits[WAIT_MONITOR].revents & POLLOUT)
			pass_typed(at);
		if (!(waits[WAIT_MONITOR].revents & ~POLLOUT))
			continue;
		result = take_message(at, &status, err);
		if (result != 0)
			return result < 0 ? -1 : status;
	}
}

/* what was typed before the keys is on its way: the monitor has it when it lets us go */
static void detach(struct attachment *at)
{
	size_t length;

	shutdown(at->socket, SHUT_WR);
	while (receive(at->socket, &at->message, &length) > 0)
		;
}

static int open_signals(struct attachment *at, struct error *err)
{
	sigset_t set;

	sigfillset(&set);
	sigdelset(&set, SIGTTIN);
	sigdelset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, NULL);
	at->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return at->signals < 0 ? error_set(err, "signals", errno, "cannot make a signalfd") : 0;
}

int container_attach(struct container *container, int attached,
		     const struct attach_options *options, struct error *err)
{
	struct attachment *at = &the_attachment;
	int keys, result;

	*at = (struct attachment){ .container = container,
				   .options = options,
				   .owner = attached >= 0,
				   .signals = -1 };
	keys = detach_keys_parse(options->detach_keys ? options->detach_keys : DETACH_KEYS_DEFAULT,
				 at->keys.keys);
	at->keys.n = keys > 0 && container->tty ? (size_t)keys : 0;
	at->input = options->input && container->interactive;
	at->socket = attached >= 0 ? attached : life_connect(container);
	if (at->socket < 0)
		return error_set(err, "container-not-running", 0,
				 "the container '%s' does not run, or has no monitor any more",
				 container->name);
	if (attached >= 0 && !at->input)
		attach_send(at->socket, 0, ATTACH_INPUT_END, 0, 0, NULL, 0);
	if (open_signals(at, err) < 0) {
		result = -1;
	} else {
		result = serve(at, err);
		if (result == ATTACH_DETACHED)
			detach(at);
	}
	give_terminal_back(at);
	fd_close(at->signals);
	fd_close(at->socket);
	return result;
}
