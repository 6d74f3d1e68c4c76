/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a monitor and who is attached to its container say to each other: one SOCK_SEQPACKET
 * datagram each, a header and bytes. docs/protocol.md has the conversation. Who detaches shuts its
 * side down and waits for the end of file; who dies hangs up.
 */
#ifndef NSRUN_LIFE_ATTACH_PROTOCOL_H
#define NSRUN_LIFE_ATTACH_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ATTACH_VERSION	 1
#define ATTACH_BYTES_MAX ((size_t)16384)

enum attach_type {
	ATTACH_HELLO = 1, /* monitor: @a is the version, @b: whether it is a terminal */
	ATTACH_OUTPUT,	  /* monitor: @a is 1 or 2, the descriptor; bytes */
	ATTACH_LOST,	  /* monitor: @a bytes of output were not taken in time */
	ATTACH_ENDED,	  /* monitor: @a is the exit status */
	ATTACH_INPUT,	  /* client: bytes */
	ATTACH_INPUT_END, /* client: no more of them */
	ATTACH_RESIZE,	  /* client: @a rows, @b columns */
	ATTACH_WAIT,	  /* client: wants to know the end only */
	ATTACH_CLOSED,	  /* owner: nobody reads @a (1 or 2) any more */
};

struct attach_header {
	uint32_t type;
	uint32_t a;
	uint32_t b;
};

struct attach_message {
	struct attach_header header;
	char bytes[ATTACH_BYTES_MAX];
};

/**
 * attach_send() - Send one datagram without waiting
 * @flags: for sendmsg(2), beside MSG_NOSIGNAL
 *
 * Return: 0, or -1 with errno (EAGAIN: the other side is slow).
 */
int attach_send(int socket, int flags, enum attach_type type, uint32_t a, uint32_t b,
		const char *bytes, size_t length);

/**
 * attach_receive() - Take one datagram
 * @ret_length: how many bytes follow the header
 *
 * Return: 1, 0 at the end, or -1 with errno (EAGAIN: nothing there; EPROTO: no message).
 */
int attach_receive(int socket, int flags, struct attach_message *ret, size_t *ret_length);

#endif
