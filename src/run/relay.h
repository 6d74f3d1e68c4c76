/* SPDX-License-Identifier: Apache-2.0 */
/* Moving bytes from one descriptor to another with a bounded buffer. Runs in: supervisor. */
#ifndef NSRUN_RUN_RELAY_H
#define NSRUN_RUN_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define RELAY_BUFFER_SIZE 16384

#define RELAY_FROM 1u
#define RELAY_TO   2u

/**
 * struct relay - One direction of a byte stream
 * @from:    source, or -1 after its end
 * @to:      destination, or -1 after it is gone
 * @eof_byte: what is written when the source ends, before @to is closed; -1: nothing. A terminal
 *           has no end of file that could be closed: its reader gets one by ^D.
 * @owned:   which of the two are closed when the relay ends, RELAY_FROM and RELAY_TO or-ed: a writer
 *           must learn that its reader is gone, and a reader that its writer is
 * @seen:    up to where the owner has looked at what was read
 * @errnum:  why the destination took no more, or 0
 * @buffer:  RELAY_BUFFER_SIZE bytes
 */
struct relay {
	int from;
	int to;
	int eof_byte;
	unsigned owned;
	int errnum;
	size_t start;
	size_t end;
	size_t seen;
	char *buffer;
};

/** relay_init() - A relay between two descriptors, which are borrowed unless @owned says so. */
void relay_init(struct relay *relay, char *buffer, int from, int to, unsigned owned);

/** relay_poll() - What to wait for: fills one pollfd; a relay at rest gives fd -1. */
void relay_poll(const struct relay *relay, struct pollfd *ret_wait);

/** relay_move() - Move what can be moved without waiting, after poll(2) said so. */
void relay_move(struct relay *relay, const struct pollfd *ready);

/** relay_end() - Close what is owned; the relay moves nothing any more. */
void relay_end(struct relay *relay);

/**
 * relay_drain() - Move what is left, waiting for @to
 * @dead:      the source's writers are known to be dead, so that its end will come; otherwise what
 *             is there now is all that is moved
 * @interrupt: when this descriptor can be read, what is left is given up; -1: none
 */
void relay_drain(struct relay *relay, bool dead, int interrupt);

#endif
