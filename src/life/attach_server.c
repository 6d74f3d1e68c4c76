// SPDX-License-Identifier: Apache-2.0
/* The monitor's side of attaching. Runs in: the monitor; allocates nothing. */
#include "life/attach_server.h"

#include "base/fd.h"
#include "base/placement.h"
#include "life/life.h"
#include "sys/local_socket.h"
#include "sys/terminal.h"
#include "sys/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CTRL_D	       4
#define BACKLOG	       1024 /* who waits for a place, and for the end */
#define END_PATIENCE_MS	((uint64_t)1000)
#define WRITE_SIZE_MAX ((size_t)4096) /* poll(2) promises so much room in a pipe */

int attach_server_open(struct attach_server *server, int dir, int take_owner, struct error *err)
{
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++)
		server->clients[i].socket = -1;
	server->input = server->terminal = -1;
	server->input_ended = server->abandoned = server->unread[0] = server->unread[1] = false;
	server->pressed = 0;
	server->typed_start = server->typed_end = server->held_length = 0;
	server->held_fd = 0;
	if (take_owner >= 0)
		server->clients[0] = (struct attach_client){ .socket = take_owner, .owner = true };
	server->listener = local_listen(dir, LIFE_SOCKET, BACKLOG);
	if (server->listener < 0)
		return error_set(err, "attach", errno,
				 "cannot listen in the container's directory");
	return 0;
}

void attach_server_set_input(struct attach_server *server, int take_input, int terminal)
{
	server->input = take_input;
	server->terminal = terminal;
	server->input_ended = false;
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++)
		if (server->clients[i].socket >= 0)
			attach_send(server->clients[i].socket, MSG_DONTWAIT, ATTACH_HELLO,
				    ATTACH_VERSION, terminal >= 0, NULL, 0);
}

/* a free one; ATTACH_CLIENTS_MAX: there is none */
IDLE_LOOP static size_t find_place(const struct attach_server *server)
{
	size_t i = 0;

	while (i < ATTACH_CLIENTS_MAX && server->clients[i].socket >= 0)
		i++;
	return i;
}

/* of those who wait for a place; -1: nobody does */
static int accept_client(const struct attach_server *server)
{
	return server->listener < 0 ? -1 :
				      accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* --- output --- */

static void leave(struct attach_client *client)
{
	fd_close(take_fd(&client->socket));
}

IDLE_LOOP bool attach_server_ready(const struct attach_server *server)
{
	return server->held_fd == 0;
}

static int tell_lost(struct attach_client *client)
{
	if (client->lost > 0 &&
	    attach_send(client->socket, MSG_DONTWAIT, ATTACH_LOST, client->lost, 0, NULL, 0) < 0)
		return -1;
	client->lost = 0;
	return 0;
}

static void offer(struct attach_client *client, int fd, const char *bytes, size_t length)
{
	if (tell_lost(client) == 0 &&
	    attach_send(client->socket, MSG_DONTWAIT, ATTACH_OUTPUT, (uint32_t)fd, 0, bytes,
			length) == 0)
		return;
	if (errno == EAGAIN)
		client->lost += (uint32_t)length;
	else
		leave(client);
}

static void offer_owner(struct attach_server *server, struct attach_client *client)
{
	if (attach_send(client->socket, MSG_DONTWAIT, ATTACH_OUTPUT, (uint32_t)server->held_fd, 0,
			server->held, server->held_length) == 0)
		server->held_fd = 0;
	else if (errno != EAGAIN) {
		server->abandoned = true;
		server->held_fd = 0;
		leave(client);
	}
}

IDLE_LOOP void attach_server_output(struct attach_server *server, int fd, const char *bytes,
				    size_t length)
{
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++) {
		struct attach_client *client = &server->clients[i];

		if (client->socket < 0)
			continue;
		if (!client->owner) {
			if (!client->waits)
				offer(client, fd, bytes, length);
			continue;
		}
		memcpy(server->held, bytes, length);
		server->held_length = length;
		server->held_fd = fd;
		offer_owner(server, client);
	}
}

/* whether the owner can take something; if it must not be waited for, it is let go */
static bool await_owner(struct attach_client *owner, int hurry)
{
	struct pollfd waits[] = { { owner->socket, POLLOUT, 0 }, { hurry, POLLIN, 0 } };

	while (poll(waits, 2, -1) < 0 && errno == EINTR)
		;
	if (waits[0].revents)
		return true;
	leave(owner);
	return false;
}

static struct attach_client *find_owner(struct attach_server *server)
{
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++)
		if (server->clients[i].owner && server->clients[i].socket >= 0)
			return &server->clients[i];
	return NULL;
}

void attach_server_finish(struct attach_server *server, int hurry)
{
	struct attach_client *owner = find_owner(server);

	while (owner && server->held_fd && owner->socket >= 0 && await_owner(owner, hurry))
		offer_owner(server, owner);
	server->held_fd = 0;
}

/* false: once more, when there is room */
static bool tell_end(struct attach_client *client, int status)
{
	if (tell_lost(client) == 0 &&
	    attach_send(client->socket, MSG_DONTWAIT, ATTACH_ENDED, (uint32_t)status, 0, NULL, 0) == 0)
		return true;
	return errno != EAGAIN;
}

/* who is slow is not waited for long, whoever it is: the state says the same */
static void tell_all(struct attach_server *server, int status, int hurry)
{
	auto_close int timer = timer_open(END_PATIENCE_MS);
	struct pollfd waits[ATTACH_CLIENTS_MAX + 2];

	do {
		size_t n = 0;

		for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++) {
			struct attach_client *client = &server->clients[i];

			if (client->socket < 0)
				continue;
			if (tell_end(client, status))
				leave(client);
			else
				waits[n++] = (struct pollfd){ client->socket, POLLOUT, 0 };
		}
		if (n == 0)
			return;
		waits[n] = (struct pollfd){ hurry, POLLIN, 0 };
		waits[n + 1] = (struct pollfd){ timer, POLLIN, 0 };
		if (poll(waits, n + 2, -1) < 0)
			continue;
		if (waits[n].revents || waits[n + 1].revents)
			break;
	} while (timer >= 0);
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++)
		leave(&server->clients[i]);
}

/* who came too late for a place */
static void tell_waiting(struct attach_server *server, int status)
{
	struct attach_client late = { .socket = -1 };

	while ((late.socket = accept_client(server)) >= 0) {
		tell_end(&late, status);
		leave(&late);
	}
	fd_close(take_fd(&server->listener));
}

void attach_server_end(struct attach_server *server, int status, int hurry)
{
	struct attach_client *owner = find_owner(server);

	attach_server_finish(server, hurry);
	/* the owner waits for this; a full queue of anybody else's does not hold us up */
	while (owner && owner->socket >= 0 && await_owner(owner, hurry))
		if (tell_end(owner, status))
			leave(owner);
	tell_waiting(server, status);
	tell_all(server, status, hurry);
}

void attach_server_unname(const struct attach_server *server, int dir)
{
	if (server->listener >= 0)
		unlinkat(dir, LIFE_SOCKET, 0);
}

/* --- input --- */

void attach_server_close_input(struct attach_server *server)
{
	fd_close(take_fd(&server->input));
	server->terminal = -1;
	server->typed_start = server->typed_end = 0;
}

static void end_input(struct attach_server *server)
{
	server->input_ended = true;
	if (server->terminal < 0) {
		if (server->typed_start == server->typed_end)
			attach_server_close_input(server);
		return;
	}
	/* a terminal's reader gets the end by ^D */
	server->typed.bytes[0] = CTRL_D;
	server->typed_start = 0;
	server->typed_end = 1;
}

static void pass_typed(struct attach_server *server)
{
	size_t length = server->typed_end - server->typed_start;
	ssize_t n = write(server->input, server->typed.bytes + server->typed_start,
			  length < WRITE_SIZE_MAX ? length : WRITE_SIZE_MAX);

	if (n > 0)
		server->typed_start += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		attach_server_close_input(server);
	if (server->typed_start == server->typed_end && server->input_ended && server->terminal < 0)
		attach_server_close_input(server);
}

static void resize(struct attach_server *server, uint32_t rows, uint32_t columns)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

	if (server->terminal >= 0)
		ioctl(server->terminal, TIOCSWINSZ, &size);
}

/* who detaches shuts its side down and waits for us; who dies hangs up */
static void take_leave(struct attach_server *server, struct attach_client *client)
{
	struct pollfd state = { client->socket, 0, 0 };

	if (client->owner) {
		server->abandoned = poll(&state, 1, 0) != 0;
		server->held_fd = 0;
	}
	leave(client);
}

static void take_message(struct attach_server *server, struct attach_client *client)
{
	size_t length = 0;
	int result = attach_receive(client->socket, MSG_DONTWAIT, &server->typed, &length);
	const struct attach_header *header = &server->typed.header;

	if (result < 0 && errno == EAGAIN)
		return;
	if (result <= 0) {
		take_leave(server, client);
	} else if (header->type == ATTACH_INPUT && server->input >= 0 && !server->input_ended) {
		server->typed_start = 0;
		server->typed_end = length;
		if (server->terminal >= 0)
			server->pressed = terminal_typed_signal(server->terminal,
								server->typed.bytes, length);
	} else if (header->type == ATTACH_INPUT_END && client->owner) {
		end_input(server);
	} else if (header->type == ATTACH_RESIZE) {
		resize(server, header->a, header->b);
	} else if (header->type == ATTACH_WAIT) {
		client->waits = true;
	} else if (header->type == ATTACH_CLOSED && client->owner) {
		server->unread[header->a == 2] = true;
	}
}

static void take_client(struct attach_server *server)
{
	size_t place = find_place(server);
	struct attach_client *client = &server->clients[place];

	if (place == ATTACH_CLIENTS_MAX)
		return;
	*client = (struct attach_client){ .socket = accept_client(server) };
	if (client->socket >= 0)
		attach_send(client->socket, MSG_DONTWAIT, ATTACH_HELLO, ATTACH_VERSION,
			    server->terminal >= 0, NULL, 0);
}

/* --- the loop's part: the listener, the container's input, the clients --- */

IDLE_LOOP size_t attach_server_poll(const struct attach_server *server, struct pollfd *waits)
{
	bool typed = server->typed_start < server->typed_end;
	bool room = find_place(server) < ATTACH_CLIENTS_MAX;
	size_t n = 0;

	waits[n++] = (struct pollfd){ room ? server->listener : -1, POLLIN, 0 };
	waits[n++] = (struct pollfd){ typed ? server->input : -1, POLLOUT, 0 };
	for (size_t i = 0; i < ATTACH_CLIENTS_MAX; i++) {
		const struct attach_client *client = &server->clients[i];
		short events = typed ? POLLRDHUP : POLLIN; /* one buffer: one after the other */

		if (client->owner && server->held_fd)
			events |= POLLOUT;
		waits[n++] = (struct pollfd){ client->socket, events, 0 };
	}
	return n;
}

IDLE_LOOP void attach_server_serve(struct attach_server *server, const struct pollfd *waits,
				   size_t n)
{
	if (waits[1].revents)
		pass_typed(server);
	for (size_t i = 0; i + 2 < n; i++) {
		struct attach_client *client = &server->clients[i];
		short ready = waits[i + 2].revents;

		if (client->socket < 0 || client->socket != waits[i + 2].fd || !ready)
			continue;
		if (ready & POLLOUT && server->held_fd)
			offer_owner(server, client);
		if (client->socket < 0 || !(ready & (POLLIN | POLLHUP | POLLERR | POLLRDHUP)))
			continue;
		if (server->typed_start == server->typed_end)
			take_message(server, client);
		else if (ready & (POLLHUP | POLLERR | POLLRDHUP))
			take_leave(server, client);
	}
	if (waits[0].revents)
		take_client(server);
}
