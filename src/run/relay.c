// SPDX-License-Identifier: Apache-2.0
/* Moving bytes. Runs in: supervisor. */
#include "run/relay.h"

#include "base/fd.h"

#include <errno.h>

/* poll(2) promises room for that much in a pipe, so that a write(2) does not wait */
#define WRITE_SIZE_MAX ((size_t)4096)

void relay_init(struct relay *relay, char *buffer, int from, int to, unsigned owned)
{
	relay->buffer = buffer;
	relay->from = from;
	relay->to = to;
	relay->eof_byte = -1;
	relay->owned = owned;
	relay->errnum = 0;
	relay->start = relay->end = relay->seen = 0;
}

void relay_poll(const struct relay *relay, struct pollfd *ret_wait)
{
	bool pending = relay->start < relay->end;

	*ret_wait = (struct pollfd){
		.fd = relay->to < 0 ? -1 : pending ? relay->to : relay->from,
		.events = pending ? POLLOUT : POLLIN,
	};
}

void relay_end(struct relay *relay)
{
	if (relay->owned & RELAY_FROM)
		fd_close(relay->from);
	if (relay->owned & RELAY_TO)
		fd_close(relay->to);
	relay->from = relay->to = -1;
}

static void end_of_source(struct relay *relay)
{
	if (relay->eof_byte < 0) {
		relay_end(relay);
		return;
	}
	if (relay->owned & RELAY_FROM)
		fd_close(relay->from);
	relay->from = -1;
	relay->buffer[0] = (char)relay->eof_byte;
	relay->start = 0;
	relay->end = relay->seen = 1;
	relay->eof_byte = -1;
}

static void fill(struct relay *relay)
{
	ssize_t n = relay->from < 0 ? 0 : read(relay->from, relay->buffer, RELAY_BUFFER_SIZE);

	if (n > 0) {
		relay->start = relay->seen = 0;
		relay->end = (size_t)n;
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		/* a pty's master says EIO when the last slave is closed */
		end_of_source(relay);
	}
}

static void empty(struct relay *relay)
{
	size_t length = relay->end - relay->start;
	ssize_t n = write(relay->to, relay->buffer + relay->start,
			  length < WRITE_SIZE_MAX ? length : WRITE_SIZE_MAX);

	if (n > 0) {
		relay->start += (size_t)n;
		if (relay->start == relay->end && relay->from < 0)
			relay_end(relay);
	} else if (n < 0 && errno != EINTR && errno != EAGAIN) {
		relay->errnum = errno;
		relay_end(relay);
	}
}

void relay_move(struct relay *relay, const struct pollfd *ready)
{
	if (ready->fd < 0 || !ready->revents)
		return;
	if (ready->events & POLLOUT)
		empty(relay);
	else
		fill(relay);
}

void relay_drain(struct relay *relay, bool dead, int interrupt)
{
	while (relay->to >= 0) {
		struct pollfd waits[2] = { [1] = { .fd = interrupt, .events = POLLIN } };
		bool writing;
		int n;

		relay_poll(relay, &waits[0]);
		if (waits[0].fd < 0)
			break;
		/* a terminal's last bytes may still be on their way through the kernel (pty(7)) */
		writing = waits[0].events & POLLOUT;
		n = poll(waits, 2, writing || dead ? -1 : 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			relay->errnum = errno; /* what is left is lost, which must be said */
		if (n <= 0 || !waits[0].revents || (writing && waits[1].revents))
			break;
		relay_move(relay, &waits[0]);
	}
}
