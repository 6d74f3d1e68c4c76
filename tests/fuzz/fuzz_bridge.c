// SPDX-License-Identifier: Apache-2.0
/*
 * Any datagram that could arrive at the holder of a shared network, or at who speaks with it: what is
 * taken for a message has a known type and texts that end, no descriptor is left open, and the next
 * message is not affected. The first byte says how many descriptors come along, the second one
 * whether the rest is filled up to the size of a message.
 */
#include "run/bridge_protocol.h"
#include "tests/fuzz/datagram.h"

static uint8_t datagram[2 * sizeof(struct bridge_message)];

static void receive(int from, size_t descriptors)
{
	struct bridge_message message;
	int fds[BRIDGE_FDS_MAX];
	int next = datagram_next_fd();

	memset(&message, 0xff, sizeof(message));
	if (bridge_receive(from, &message, fds) < 0) {
		for (size_t i = 0; i < BRIDGE_FDS_MAX; i++)
			REQUIRE(fds[i] == -1);
	} else {
		REQUIRE(message.type < BRIDGE_TYPES);
		REQUIRE(memchr(message.interface, '\0', sizeof(message.interface)));
		REQUIRE(memchr(message.names, '\0', sizeof(message.names)));
		datagram_check_error(&message.error);
		for (size_t i = 0; i < BRIDGE_FDS_MAX; i++) {
			REQUIRE(fds[i] == -1 || i < descriptors);
			if (fds[i] >= 0)
				close(fds[i]);
		}
	}
	REQUIRE(datagram_next_fd() == next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t descriptors = fuzz_byte(&data, &size) % (DATAGRAM_FDS_MAX + 1);
	bool fill = fuzz_byte(&data, &size) & 1;
	struct bridge_message message = { .type = BRIDGE_LIST };
	int fds[BRIDGE_FDS_MAX], ends[2];

	memset(datagram, 0, sizeof(datagram));
	if (size > sizeof(datagram))
		size = sizeof(datagram);
	memcpy(datagram, data, size);
	if (fill && size < sizeof(message))
		size = sizeof(message);
	if (size == 0)
		return 0; /* reads like the end */
	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	datagram_send(ends[1], datagram, size, descriptors);
	receive(ends[0], descriptors);
	REQUIRE(bridge_send(ends[1], &message, NULL, 0) == 0);
	REQUIRE(bridge_receive(ends[0], &message, fds) == 0);
	REQUIRE(message.type == BRIDGE_LIST && fds[0] == -1 && fds[1] == -1);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
