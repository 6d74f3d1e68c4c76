/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor's side of attaching: output goes to everybody who is attached, what they type goes to
 * the container. Its memory is fixed. Runs in: the monitor.
 *
 * One of them may be the owner, the nsrun that runs the container in the foreground: the container
 * waits for it, as it would for a pipe's reader, and ends with it. Nobody else can make it wait:
 * what another is too slow for, it loses, and is told how much.
 */
#ifndef NSRUN_LIFE_ATTACH_SERVER_H
#define NSRUN_LIFE_ATTACH_SERVER_H

#include "life/attach_protocol.h"
#include "nsrun/error.h"

#include <poll.h>
#include <stdbool.h>

#define ATTACH_CLIENTS_MAX 64
#define ATTACH_POLLS_MAX   (ATTACH_CLIENTS_MAX + 2)

struct attach_client {
	int socket; /* -1: a free place */
	bool owner;
	bool waits; /* for the end, and wants no output */
	uint32_t lost;
};

/**
 * struct attach_server - Who is attached, and the bytes on their way
 * @input:     what the container reads: a pipe or its terminal's master; -1: nothing, any more
 * @terminal:  its terminal's master, or -1; borrowed
 * @typed:     what somebody has typed and the container has not taken yet
 * @held_fd:   1 or 2: @held is output that the owner has not taken yet; 0: there is none
 * @abandoned: the owner is gone without a word
 * @unread:    [0], [1]: nobody reads descriptor 1, 2 any more
 * @pressed:   the signal that keys just typed mean to the terminal, or 0
 */
struct attach_server {
	int listener;
	struct attach_client clients[ATTACH_CLIENTS_MAX];
	int input;
	int terminal;
	bool input_ended;
	size_t typed_start;
	size_t typed_end;
	int held_fd;
	size_t held_length;
	bool abandoned;
	bool unread[2];
	int pressed;
	char held[ATTACH_BYTES_MAX];
	struct attach_message typed;
};

/**
 * attach_server_open() - Listen in a container's directory
 * @take_owner: socket of the owner, or -1
 *
 * Return: 0, or -1 with @err (id "attach").
 */
int attach_server_open(struct attach_server *server, int dir, int take_owner, struct error *err);

/** attach_server_set_input() - Where what is typed goes; @terminal: -1 for a pipe. */
void attach_server_set_input(struct attach_server *server, int take_input, int terminal);

/** attach_server_ready() - Whether output can be taken; if not, it must not be read either. */
bool attach_server_ready(const struct attach_server *server);

/** attach_server_output() - Give what was read from descriptor @fd (1 or 2) to everybody. */
void attach_server_output(struct attach_server *server, int fd, const char *bytes, size_t length);

size_t attach_server_poll(const struct attach_server *server, struct pollfd *waits);
void attach_server_serve(struct attach_server *server, const struct pollfd *waits, size_t n);

/**
 * attach_server_finish() - Wait for the owner to take what is held, unless it is gone
 * @hurry: readable when it must not be waited for any longer; then it is let go
 */
void attach_server_finish(struct attach_server *server, int hurry);

/** attach_server_close_input() - The container reads nothing any more. */
void attach_server_close_input(struct attach_server *server);

/** attach_server_unname() - Nobody finds the socket any more; who has found it is still heard. */
void attach_server_unname(const struct attach_server *server, int dir);

/**
 * attach_server_end() - Tell everybody the exit status, and let them go
 * @hurry: see above
 *
 * Also who waits for a place, of which there are ATTACH_CLIENTS_MAX. Who does not take what he is told
 * within a second learns it from the container's state.
 */
void attach_server_end(struct attach_server *server, int status, int hurry);

#endif
