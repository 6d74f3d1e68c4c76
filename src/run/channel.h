/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the supervisor and init say to each other: one fixed-size struct per datagram, every
 * message with a name. docs/protocol.md has the whole conversation.
 */
#ifndef NSRUN_RUN_CHANNEL_H
#define NSRUN_RUN_CHANNEL_H

#include "nsrun/error.h"

#include <stdint.h>

enum message_type {
	MESSAGE_END = 0,        /* no message: the other side closed, or died */
	MESSAGE_IDMAPS_WRITTEN, /* supervisor to init */
	MESSAGE_NETWORK_SOCKET, /* init to supervisor, first: a socket of its network namespace */
	MESSAGE_NETWORK_HOSTS,  /* init to supervisor: /etc/hosts, to which names are added */
	MESSAGE_NETWORK_JOINED, /* supervisor to init: it is on its bridge */
	MESSAGE_NETWORK_WANTED,  /* init to supervisor: all is built but the network */
	MESSAGE_NETWORK_CHANGED, /* supervisor to init: another helper; wait for one of these: */
	MESSAGE_NETWORK_READY,
	MESSAGE_NETWORK_ABSENT, /* there will be none */
	MESSAGE_CONSOLE_READY,  /* init to supervisor, with the pty's master */
	MESSAGE_NOTICE,         /* init to supervisor: a weaker path is taken */
	MESSAGE_STARTING,       /* init to supervisor: the last message before execve(2) */
	MESSAGE_FAILED,         /* init to supervisor, at any point */
	MESSAGE_TYPES,
};

/** struct message - @error with NOTICE and FAILED only */
struct message {
	uint32_t type;
	struct error error;
};

/** channel_open() - A pair of sockets, close-on-exec; 0, or -1 with @err (id "channel"). */
int channel_open(int ret_ends[2], struct error *err);

/**
 * channel_send() - Send one message
 * @attached: a descriptor that goes along, or -1
 * @error:    for NOTICE and FAILED, else NULL
 *
 * Return: 0, or -1 with @err (id "channel") when nobody is there any more.
 */
int channel_send(int channel, enum message_type type, int attached, const struct error *error,
		 struct error *err);

/**
 * channel_receive() - Wait for one message
 * @ret_attached: receives the descriptor that came along, else -1; NULL: none is expected
 *
 * Return: 0 with @ret_message (type MESSAGE_END at end of file), or -1 with @err for a datagram
 *         that is no message.
 */
int channel_receive(int channel, struct message *ret_message, int *ret_attached,
		    struct error *err);

/** message_name() - "IDMAPS_WRITTEN" and so on, for messages about messages. */
const char *message_name(uint32_t type);

#endif
