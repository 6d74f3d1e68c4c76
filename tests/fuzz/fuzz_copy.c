// SPDX-License-Identifier: Apache-2.0
/*
 * Any datagram that the other side of a copy could send, which for copying out is a process in the
 * container: what is taken for a message has a known type, a length that is there and texts that end;
 * a descriptor comes with FILE and with nothing else, none is left open, and the next message is not
 * affected. The first byte says how many descriptors come along, the second one whether the datagram
 * gets the size that its own length asks for.
 */
#include "life/copy.h"
#include "tests/fuzz/datagram.h"

#include <stddef.h>

#define HEADER_SIZE offsetof(struct copy_message, text)

static uint8_t datagram[2 * sizeof(struct copy_message)];

static void receive(int from, size_t descriptors)
{
	static struct copy_message message;
	int attached, next = datagram_next_fd();

	memset(&message, 0xff, sizeof(message));
	if (copy_message_receive(from, &message, &attached) != 1) {
		REQUIRE(attached == -1);
	} else {
		REQUIRE(message.type > 0 && message.type < COPY_TYPES);
		REQUIRE(memchr(message.name, '\0', sizeof(message.name)));
		REQUIRE((attached >= 0) == (message.type == COPY_FILE));
		REQUIRE(attached == -1 || descriptors > 0);
		if (message.type == COPY_FAILED)
			datagram_check_error(&message.error);
		else
			REQUIRE(message.length < sizeof(message.text) &&
				message.text[message.length] == '\0');
		if (attached >= 0)
			close(attached);
	}
	REQUIRE(datagram_next_fd() == next);
}

static size_t fitting_size(void)
{
	struct copy_message message;
	size_t size;

	memcpy(&message, datagram, sizeof(message));
	size = HEADER_SIZE + (message.type == COPY_FAILED ? sizeof(message.error) : message.length);
	return size < sizeof(datagram) ? size : sizeof(datagram);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t descriptors = fuzz_byte(&data, &size) % (DATAGRAM_FDS_MAX + 1);
	bool fit = fuzz_byte(&data, &size) & 1;
	static struct copy_message end;
	int attached, ends[2];

	memset(datagram, 0, sizeof(datagram));
	if (size > sizeof(datagram))
		size = sizeof(datagram);
	memcpy(datagram, data, size);
	if (fit)
		size = fitting_size();
	if (size == 0)
		return 0; /* reads like the end */
	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	datagram_send(ends[1], datagram, size, descriptors);
	receive(ends[0], descriptors);
	memset(&end, 0, sizeof(end));
	end.type = COPY_END;
	REQUIRE(copy_message_send(ends[1], &end, -1) == 0);
	REQUIRE(copy_message_receive(ends[0], &end, &attached) == 1);
	REQUIRE(end.type == COPY_END && attached == -1);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
