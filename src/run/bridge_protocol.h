/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to the holder of a bridge: one datagram a message over a SOCK_SEQPACKET socket in the
 * network's directory. docs/protocol.md has the conversation.
 */
#ifndef NSRUN_RUN_BRIDGE_PROTOCOL_H
#define NSRUN_RUN_BRIDGE_PROTOCOL_H

#include "nsrun/error.h"

#include <stdbool.h>
#include <stdint.h>

#define BRIDGE_SOCKET	 "holder"
#define BRIDGE_NAMES_MAX 512
#define BRIDGE_FDS_MAX	 2

enum bridge_message_type {
	BRIDGE_END = 0, /* no message: the other side closed, or died */
	BRIDGE_JOIN,	/* with a socket of the container's network namespace, and init's pidfd */
	BRIDGE_HOSTS,	/* with its /etc/hosts */
	BRIDGE_RENAME,	/* with init's pidfd: it is known by one name more; no answer */
	BRIDGE_LIST,	/* who is there? a MEMBER for each, then OUTBOUND */
	BRIDGE_JOINED,
	BRIDGE_NOTICE, /* a weaker way: nothing leads out */
	BRIDGE_FAILED,
	BRIDGE_MEMBER,
	BRIDGE_OUTBOUND, /* @names: which helper leads out, or why none does */
	BRIDGE_TYPES,
};

/**
 * struct bridge_message - One message
 * @address:   JOIN: the one wanted, or 0; MEMBER: the one it has; in the host's byte order
 * @routed:    JOIN: with a default route over the bridge
 * @hosts:     JOIN: HOSTS will follow
 * @interface: JOIN: its name inside
 * @names:     JOIN, RENAME, MEMBER: what the others call it
 * @error:     NOTICE, FAILED
 */
struct bridge_message {
	uint32_t type;
	uint32_t address;
	bool routed;
	bool hosts;
	char interface[16];
	char names[BRIDGE_NAMES_MAX];
	struct error error;
};

/** bridge_send() - @fds: up to BRIDGE_FDS_MAX go along; 0, or -1 with errno. */
int bridge_send(int socket, const struct bridge_message *message, const int *fds, unsigned n);

/**
 * bridge_receive() - One message
 * @ret_fds: BRIDGE_FDS_MAX descriptors, -1 where none came
 *
 * Return: 0, with type BRIDGE_END at the end; or -1 with errno (EAGAIN; EPROTO: it is no message).
 */
int bridge_receive(int socket, struct bridge_message *ret, int ret_fds[BRIDGE_FDS_MAX]);

/** bridge_connect() - To the holder, by the network's directory; -1 with errno. */
int bridge_connect(int dir);

#endif
