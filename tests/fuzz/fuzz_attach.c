// SPDX-License-Identifier: Apache-2.0
/*
 * Any datagrams that who is attached could send to a monitor: its places and queues stay what they may be,
 * what is typed comes out as it was, and when the other side is gone its place is free. The first byte says
 * who it is and whether the container reads a pipe; each datagram has its length in front.
 */
#include "life/attach_server.h"
#include "tests/fuzz/datagram.h"

#include <fcntl.h>

static void serve(struct attach_server *server)
{
	struct pollfd waits[ATTACH_POLLS_MAX];
	size_t n = attach_server_poll(server, waits);

	REQUIRE(n <= ATTACH_POLLS_MAX);
	if (poll(waits, n, 0) > 0)
		attach_server_serve(server, waits, n);
	REQUIRE(server->typed_start <= server->typed_end && server->typed_end <= ATTACH_BYTES_MAX);
	REQUIRE(server->held_length <= ATTACH_BYTES_MAX && server->held_fd >= 0 && server->held_fd <= 2);
}

/* what the container reads is a part of what was sent, in its order */
static void check_typed(int from, const uint8_t *sent, size_t length)
{
	uint8_t bytes[4096];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++, sent++, length--) {
			while (length > 0 && *sent != bytes[i])
				sent++, length--;
			REQUIRE(length > 0);
		}
}

static void begin(struct attach_server *server, int socket, unsigned flags, int input)
{
	*server = (struct attach_server){ .listener = -1, .input = -1, .terminal = -1 };
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++)
		server->clients[i].socket = -1;
	server->clients[0] = (struct attach_client){ .socket = socket, .owner = flags & 1 };
	if (flags & 2)
		attach_server_set_input(server, input, -1);
	else
		close(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct attach_server server; /* as large as its queues */
	unsigned flags = fuzz_byte(&data, &size);
	const uint8_t *all = data;
	size_t length = size, rounds = 2; /* until what was sent is taken, and then the end */
	int ends[2], typed[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	REQUIRE(pipe2(typed, O_CLOEXEC | O_NONBLOCK) == 0);
	begin(&server, ends[0], flags, typed[1]);
	while (size > 0 && server.clients[0].socket >= 0) {
		size_t part = fuzz_byte(&data, &size);

		if (part > size)
			part = size;
		if (part > 0) {
			datagram_send(ends[1], data, part, 0);
			rounds += 2; /* what is typed is taken in one and passed on in the next */
		}
		data += part;
		size -= part;
		serve(&server);
	}
	attach_server_output(&server, 1, "output", 6);
	close(ends[1]);
	for (size_t i = 0; i < rounds; i++)
		serve(&server);
	REQUIRE(server.clients[0].socket < 0);
	attach_server_close_input(&server);
	check_typed(typed[0], all, length);
	close(typed[0]);
	return 0;
}
