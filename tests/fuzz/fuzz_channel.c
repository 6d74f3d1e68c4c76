// SPDX-License-Identifier: Apache-2.0
/*
 * Any datagram that could arrive from init: what is taken for a message has a known type and texts
 * that end, and the next message is not affected. The first byte says how many descriptors come
 * along, the second one whether the rest is filled up to the size of a message.
 */
#include "run/channel.h"
#include "tests/fuzz/datagram.h"

#define DATAGRAM_MAX 4096

static void receive(int from, bool descriptor)
{
	struct message message;
	struct error err;
	int attached = -1;

	memset(&message, 0xff, sizeof(message));
	if (channel_receive(from, &message, &attached, &err) < 0) {
		REQUIRE(attached == -1 && *err.id && *err.text);
		return;
	}
	REQUIRE(message.type < MESSAGE_TYPES);
	REQUIRE(attached == -1 || descriptor);
	datagram_check_error(&message.error);
	if (attached >= 0)
		close(attached);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t descriptors = fuzz_byte(&data, &size) & 1;
	bool fill = fuzz_byte(&data, &size) & 1;
	uint8_t datagram[DATAGRAM_MAX] = { 0 };
	struct message message;
	struct error err;
	int ends[2];

	if (size > sizeof(datagram))
		size = sizeof(datagram);
	memcpy(datagram, data, size);
	if (fill && size < sizeof(message))
		size = sizeof(message);
	if (size == 0)
		return 0; /* reads like the end of the channel */
	REQUIRE(channel_open(ends, &err) == 0);
	datagram_send(ends[1], datagram, size, descriptors);
	receive(ends[0], descriptors > 0);
	REQUIRE(channel_send(ends[1], MESSAGE_STARTING, -1, NULL, &err) == 0);
	REQUIRE(channel_receive(ends[0], &message, NULL, &err) == 0);
	REQUIRE(message.type == MESSAGE_STARTING);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
