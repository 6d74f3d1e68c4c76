// SPDX-License-Identifier: Apache-2.0
/*
 * The holder of a bridge. Runs in: a process of its own, which the first container's nsrun makes, on
 * the host's side: who owns the user namespaces of the bridge and of the containers may work on the
 * networks of all of them. Must never grow: all it has is made at its start.
 */
#include "run/bridge_holder.h"

#include "base/fd.h"
#include "run/bridge_hosts.h"
#include "run/bridge_protocol.h"
#include "run/bridge_space.h"
#include "run/channel.h"
#include "run/keeper.h"
#include "run/network.h"
#include "sys/link.h"
#include "sys/local_socket.h"
#include "sys/netlink.h"
#include "sys/process.h"
#include "sys/signal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define MEMBERS_MAX 1000
#define CLIENTS_MAX 64 /* that wait for an answer; others wait in the listener's queue */

/**
 * struct member - A container on the bridge
 * @pidfd:   of its init; -1: the place is free
 * @client:  the nsrun that waits until it is connected, or -1
 * @pending: no hosts file came yet, and one will
 */
struct member {
	int pidfd;
	int client;
	bool pending;
	uint32_t address;
	char names[BRIDGE_NAMES_MAX];
	struct bridge_entry entry;
	struct bridge_file hosts;
};

#define NOBODY { .pidfd = -1, .client = -1, .hosts = { .fd = -1 } }

/**
 * struct holder - All of it
 * @clients: who has connected, and is no member's client yet
 * @way_out: what is known of the network's helper, see outbound_is_settled()
 * @next:    where the search for a free address begins
 * @cables:  how many there were, for their names
 * @n_members: places that were ever taken; memory behind them is not touched
 */
struct holder {
	const struct plan_bridge *plan;
	int dir;
	int listener;
	struct bridge_space space;
	struct network way_out;
	struct keeper keeper;
	unsigned routes;
	bool has_way_out;
	struct error problem;
	uint32_t next;
	unsigned cables;
	int clients[CLIENTS_MAX];
	size_t n_members;
	struct member members[MEMBERS_MAX];
	struct bridge_lines lines;
};

static struct holder the_holder; /* large, one of a kind, and zero as far as it is not used */

static const struct bridge *bridge_of(const struct holder *holder)
{
	return holder->plan->bridge;
}

/* --- addresses --- */

static bool is_taken(const struct holder *holder, uint32_t address)
{
	for (size_t i = 0; i < holder->n_members; i++)
		if (holder->members[i].pidfd >= 0 && holder->members[i].address == address)
			return true;
	return false;
}

/* neither the network's own number, nor its bridge's, nor everybody's */
static bool is_for_members(const struct bridge *bridge, uint32_t address)
{
	uint32_t last = bridge->subnet | ~(UINT32_MAX << (32 - bridge->bits));

	return address > bridge->subnet + 1 && address < last;
}

static const char *address_text(uint32_t address, char text[INET_ADDRSTRLEN])
{
	struct in_addr in = { .s_addr = htonl(address) };

	return inet_ntop(AF_INET, &in, text, INET_ADDRSTRLEN);
}

/* one that was asked for, or the next one: a neighbour's memory of who had it before fades */
static int choose_address(struct holder *holder, uint32_t wanted, uint32_t *ret, struct error *err)
{
	const struct bridge *bridge = bridge_of(holder);
	uint32_t hosts = 1U << (32 - bridge->bits);
	char text[INET_ADDRSTRLEN];

	if (wanted && !is_for_members(bridge, wanted))
		return error_set(err, "bridge-address", 0,
				 "the address %s is none for a container on the network '%s'",
				 address_text(wanted, text), bridge->name);
	if (wanted && is_taken(holder, wanted))
		return error_set(err, "bridge-address", 0,
				 "the address %s on the network '%s' belongs to another container",
				 address_text(wanted, text), bridge->name);
	*ret = wanted;
	for (uint32_t i = 0; i < hosts && *ret == 0; i++) {
		uint32_t address = bridge->subnet + holder->next;

		holder->next = (holder->next + 1) % hosts;
		if (is_for_members(bridge, address) && !is_taken(holder, address))
			*ret = address;
	}
	return *ret ? 0 : error_set(err, "bridge-address", 0,
				    "no address is free on the network '%s'", bridge->name);
}

/* --- names --- */

static void rewrite_names(struct holder *holder);

static void describe_entry(const struct holder *holder, const struct member *member, char *text,
			   size_t size)
{
	char ipv4[INET_ADDRSTRLEN], ipv6[INET6_ADDRSTRLEN];
	unsigned char address6[16];

	bridge_address6(bridge_of(holder), member->address, address6);
	snprintf(text, size, "%s\t%s\n%s\t%s\n", address_text(member->address, ipv4), member->names,
		 inet_ntop(AF_INET6, address6, ipv6, sizeof(ipv6)), member->names);
}

static void tell_entry(struct holder *holder, const struct bridge_entry *entry)
{
	for (size_t i = 0; i < holder->n_members; i++)
		if (holder->members[i].pidfd >= 0)
			bridge_file_write(&holder->members[i].hosts, &holder->lines, entry);
}

static bool add_entry(struct holder *holder, struct member *member)
{
	char text[2 * (BRIDGE_NAMES_MAX + INET6_ADDRSTRLEN + 2)];

	describe_entry(holder, member, text, sizeof(text));
	return bridge_lines_add(&holder->lines, &member->entry, text);
}

static void add_name(struct holder *holder, struct member *member)
{
	if (add_entry(holder, member))
		tell_entry(holder, &member->entry);
	else
		rewrite_names(holder);
}

/* the lines of those who left fill it up */
static void rewrite_names(struct holder *holder)
{
	holder->lines.length = 0;
	for (size_t i = 0; i < holder->n_members; i++)
		if (holder->members[i].pidfd >= 0)
			add_entry(holder, &holder->members[i]);
	tell_entry(holder, NULL);
}

static void drop_name(struct holder *holder, const struct member *member)
{
	bridge_lines_drop(&holder->lines, &member->entry);
	tell_entry(holder, &member->entry);
}

static bool has_name(const struct member *member, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = member->names; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, name, length) == 0 && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* the old ones stay: somebody may have learnt them */
static void add_other_name(struct holder *holder, int pidfd, const char *name)
{
	pid_t pid = process_pidfd_pid(pidfd);

	for (size_t i = 0; i < holder->n_members && pid > 0; i++) {
		struct member *member = &holder->members[i];
		size_t length = strlen(member->names);

		if (member->pidfd < 0 || process_pidfd_pid(member->pidfd) != pid ||
		    has_name(member, name) || length + 1 + strlen(name) >= sizeof(member->names))
			continue;
		drop_name(holder, member);
		snprintf(member->names + length, sizeof(member->names) - length, " %s", name);
		add_name(holder, member);
	}
}

/* --- the way out --- */

/* whether it is there, or known not to come: until then nobody is let go on */
static bool outbound_is_settled(const struct holder *holder)
{
	return !holder->has_way_out || holder->way_out.settled;
}

static void note_problem(const struct error *problem, void *arg)
{
	struct holder *holder = arg;

	holder->problem = *problem;
	holder->has_way_out = holder->way_out.settled;
}

static int start_way_out(struct holder *holder, struct error *err)
{
	struct network *network = &holder->way_out;
	int netns;

	if (holder->plan->outbound.n_helpers == 0)
		return 0;
	if (!holder->space.forwards) {
		holder->problem = holder->space.problem;
		return 0;
	}
	netns = fcntl(holder->space.netns, F_DUPFD_CLOEXEC, 3);
	if (netns < 0 || network_start(network, netns, err) < 0)
		return -1;
	holder->has_way_out = true;
	if (keeper_start(&holder->keeper, -1, network->process.pidfd, err) < 0)
		return -1;
	network_release(network, true);
	return network_wanted(network, err);
}

/* pasta is ready when its routes are there; slirp4netns says so */
static void look_for_way_out(struct holder *holder)
{
	const struct plan_network *ways = holder->way_out.ways;
	struct error unused;

	if (outbound_is_settled(holder))
		return;
	netlink_take_routes(holder->space.routes, &holder->routes, &unused);
	if (holder->way_out.ready ||
	    (ways->helpers[holder->way_out.rung].kind == HELPER_PASTA && ways->routes &&
	     (holder->routes & ways->routes) == ways->routes))
		network_settle(&holder->way_out);
}

static void serve_way_out(struct holder *holder, const struct pollfd *waits)
{
	const struct network_listener listener = { -1, note_problem, holder };
	struct error err;

	if (network_serve(&holder->way_out, waits, &listener, &err) < 0) {
		note_problem(&err, holder);
		network_settle(&holder->way_out);
	}
}

/* --- members --- */

static void answer(struct holder *holder, struct member *member)
{
	struct bridge_message message = { .type = BRIDGE_JOINED, .address = member->address };

	if (holder->problem.text[0]) {
		struct bridge_message notice = { .type = BRIDGE_NOTICE, .error = holder->problem };

		bridge_send(member->client, &notice, NULL, 0);
	}
	bridge_send(member->client, &message, NULL, 0);
	fd_close(take_fd(&member->client));
}

static void answer_who_waits(struct holder *holder)
{
	for (size_t i = 0; i < holder->n_members; i++) {
		struct member *member = &holder->members[i];

		if (member->client >= 0 && !member->pending && outbound_is_settled(holder))
			answer(holder, member);
	}
}

static struct member *find_place(struct holder *holder)
{
	for (size_t i = 0; i < holder->n_members; i++)
		if (holder->members[i].pidfd < 0)
			return &holder->members[i];
	if (holder->n_members == MEMBERS_MAX)
		return NULL;
	holder->members[holder->n_members] = (struct member)NOBODY;
	return &holder->members[holder->n_members++];
}

static int connect_member(struct holder *holder, struct member *member, int netns_socket,
			  const struct bridge_message *wish, struct error *err)
{
	bool ipv6 = holder->plan->outbound.routes & NETLINK_ROUTE_IPV6;

	if (choose_address(holder, wish->address, &member->address, err) < 0)
		return -1;
	return bridge_space_plug(&holder->space, bridge_of(holder), netns_socket, wish->interface,
				 ++holder->cables, member->address, wish->routed, ipv6, err);
}

static void refuse(int take_client, const struct error *why)
{
	struct bridge_message message = { .type = BRIDGE_FAILED, .error = *why };

	bridge_send(take_client, &message, NULL, 0);
	fd_close(take_client);
}

/* its socket pins the network namespace: it is closed by the caller at once */
static void join(struct holder *holder, int take_client, const struct bridge_message *wish,
		 int netns_socket, int take_pidfd)
{
	struct member *member = find_place(holder);
	struct error err;

	if (!member) {
		error_set(&err, "bridge-address", 0, "the network '%s' has %d containers: no more fit",
			  bridge_of(holder)->name, MEMBERS_MAX);
		refuse(take_client, &err);
		fd_close(take_pidfd);
		return;
	}
	*member = (struct member)NOBODY;
	member->client = take_client;
	member->pending = wish->hosts;
	memcpy(member->names, wish->names, sizeof(member->names));
	if (connect_member(holder, member, netns_socket, wish, &err) < 0) {
		refuse(take_fd(&member->client), &err);
		fd_close(take_pidfd);
		return;
	}
	member->pidfd = take_pidfd;
	add_name(holder, member);
}

static void leave(struct holder *holder, struct member *member)
{
	drop_name(holder, member);
	fd_close(take_fd(&member->hosts.fd));
	fd_close(take_fd(&member->client));
	fd_close(take_fd(&member->pidfd));
}

static void take_hosts(struct holder *holder, struct member *member)
{
	struct bridge_message message;
	int fds[BRIDGE_FDS_MAX];

	if (bridge_receive(member->client, &message, fds) < 0 || message.type != BRIDGE_HOSTS ||
	    fds[0] < 0) {
		fd_close(take_fd(&member->client)); /* its nsrun died; the container will, too */
		fd_close(fds[0]);
		fd_close(fds[1]);
		return;
	}
	bridge_file_open(&member->hosts, fds[0]);
	bridge_file_write(&member->hosts, &holder->lines, NULL);
	fd_close(fds[1]);
	member->pending = false;
}

/* --- clients --- */

static void list_members(struct holder *holder, int client)
{
	struct bridge_message message = { .type = BRIDGE_MEMBER };

	for (size_t i = 0; i < holder->n_members; i++) {
		const struct member *member = &holder->members[i];

		if (member->pidfd < 0)
			continue;
		message.address = member->address;
		memcpy(message.names, member->names, sizeof(message.names));
		if (bridge_send(client, &message, NULL, 0) < 0)
			return;
	}
	message.type = BRIDGE_OUTBOUND;
	snprintf(message.names, sizeof(message.names), "%s",
		 holder->problem.text[0] ? holder->problem.text :
		 holder->has_way_out	 ? holder->way_out.ways->helpers[holder->way_out.rung].name :
					   "none");
	bridge_send(client, &message, NULL, 0);
}

static void serve_client(struct holder *holder, int *client)
{
	struct bridge_message message;
	int fds[BRIDGE_FDS_MAX];

	if (bridge_receive(*client, &message, fds) < 0)
		message.type = BRIDGE_END;
	if (message.type == BRIDGE_JOIN && fds[0] >= 0 && fds[1] >= 0) {
		join(holder, take_fd(client), &message, fds[0], take_fd(&fds[1]));
	} else {
		if (message.type == BRIDGE_LIST)
			list_members(holder, *client);
		if (message.type == BRIDGE_RENAME && fds[0] >= 0)
			add_other_name(holder, fds[0], message.names);
		fd_close(take_fd(client));
	}
	for (size_t i = 0; i < BRIDGE_FDS_MAX; i++)
		fd_close(fds[i]);
}

static void accept_client(struct holder *holder)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (holder->clients[i] >= 0)
			continue;
		holder->clients[i] = accept4(holder->listener, NULL, NULL, SOCK_CLOEXEC);
		return;
	}
}

static bool has_room(const struct holder *holder)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (holder->clients[i] < 0)
			return true;
	return false;
}

/* --- the loop --- */

enum {
	WAIT_LISTENER,
	WAIT_ROUTES,
	WAIT_NETWORK,
	WAIT_CLIENTS = WAIT_NETWORK + NETWORK_POLLS,
	WAIT_MEMBERS = WAIT_CLIENTS + CLIENTS_MAX,
	WAITS = WAIT_MEMBERS + 2 * MEMBERS_MAX
};

/* returns for how many members there is something to look at */
static size_t wait_for_event(struct holder *holder, struct pollfd *waits)
{
	bool settled = outbound_is_settled(holder);

	waits[WAIT_LISTENER] = (struct pollfd){ has_room(holder) ? holder->listener : -1, POLLIN, 0 };
	waits[WAIT_ROUTES] = (struct pollfd){ settled ? -1 : holder->space.routes, POLLIN, 0 };
	network_poll(&holder->way_out, &waits[WAIT_NETWORK]);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		waits[WAIT_CLIENTS + i] = (struct pollfd){ holder->clients[i], POLLIN, 0 };
	for (size_t i = 0; i < holder->n_members; i++) {
		const struct member *member = &holder->members[i];

		waits[WAIT_MEMBERS + 2 * i] = (struct pollfd){ member->pidfd, POLLIN, 0 };
		waits[WAIT_MEMBERS + 2 * i + 1] =
			(struct pollfd){ member->pending ? member->client : -1, POLLIN, 0 };
	}
	while (poll(waits, WAIT_MEMBERS + 2 * holder->n_members, -1) < 0 && errno == EINTR)
		;
	return holder->n_members;
}

static void serve(struct holder *holder, const struct pollfd *waits, size_t members)
{
	for (size_t i = 0; i < members; i++) {
		struct member *member = &holder->members[i];

		if (waits[WAIT_MEMBERS + 2 * i].revents)
			leave(holder, member);
		else if (waits[WAIT_MEMBERS + 2 * i + 1].revents)
			take_hosts(holder, member);
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (waits[WAIT_CLIENTS + i].revents)
			serve_client(holder, &holder->clients[i]);
	if (waits[WAIT_LISTENER].revents)
		accept_client(holder);
	serve_way_out(holder, &waits[WAIT_NETWORK]);
	look_for_way_out(holder);
	answer_who_waits(holder);
}

static bool is_idle(const struct holder *holder)
{
	for (size_t i = 0; i < holder->n_members; i++)
		if (holder->members[i].pidfd >= 0)
			return false;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (holder->clients[i] >= 0)
			return false;
	return true;
}

/* under the lock nobody can be about to join; who has connected before it was taken, stays */
static bool may_end(struct holder *holder)
{
	struct pollfd wait = { holder->listener, POLLIN, 0 };
	bool ends;

	if (!is_idle(holder))
		return false;
	while (flock(holder->dir, LOCK_EX) < 0 && errno == EINTR)
		;
	ends = poll(&wait, 1, 0) == 0;
	if (ends) {
		unlinkat(holder->dir, BRIDGE_SOCKET, 0);
		fd_close(take_fd(&holder->listener));
	}
	flock(holder->dir, LOCK_UN);
	return ends;
}

static void hold(struct holder *holder)
{
	static struct pollfd waits[WAITS];

	do {
		size_t members = wait_for_event(holder, waits);

		serve(holder, waits, members);
	} while (!may_end(holder));
}

/* --- the process --- */

static int leave_caller(struct holder *holder, int report, struct error *err)
{
	auto_close int nothing = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	int keep[] = { holder->dir, report };

	prctl(PR_SET_NAME, "nsrun-bridge", 0, 0, 0);
	setsid();
	signal_reset(); /* SIGTERM ends it, and its helper with it */
	for (int fd = 0; fd <= 2; fd++)
		if (nothing < 0 || dup2(nothing, fd) < 0)
			return error_set(err, "bridge-holder", errno,
					 "cannot leave the caller's terminal");
	if (fd_close_others(3, keep, sizeof(keep) / sizeof(keep[0])) < 0)
		return error_set(err, "bridge-holder", errno, "cannot close what the caller has open");
	return 0;
}

static int start_listening(struct holder *holder, struct error *err)
{
	holder->listener = local_listen(holder->dir, BRIDGE_SOCKET, SOMAXCONN);
	if (holder->listener < 0)
		return error_set(err, "bridge-holder", errno,
				 "cannot listen in the directory of the network '%s'",
				 bridge_of(holder)->name);
	return 0;
}

static void prepare(struct holder *holder, const struct plan_bridge *plan)
{
	holder->plan = plan;
	holder->listener = -1;
	holder->keeper.lifeline = -1;
	holder->next = 2;
	network_init(&holder->way_out, &plan->outbound);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		holder->clients[i] = -1;
}

/* the starter has a lock by its own descriptor of the directory; ours is to be another one */
static int open_own_directory(struct holder *holder, int dir, struct error *err)
{
	holder->dir = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return holder->dir < 0 ? error_set(err, "bridge-holder", errno,
					   "cannot open the directory of the network '%s'",
					   bridge_of(holder)->name) :
				 0;
}

_Noreturn void bridge_holder_main(const struct plan_bridge *plan, int dir, int report)
{
	struct holder *holder = &the_holder;
	struct error err, unsent;

	prepare(holder, plan);
	if (open_own_directory(holder, dir, &err) < 0 || leave_caller(holder, report, &err) < 0 ||
	    bridge_space_make(bridge_of(holder), &holder->space, &err) < 0 ||
	    start_way_out(holder, &err) < 0 || start_listening(holder, &err) < 0) {
		channel_send(report, MESSAGE_FAILED, -1, &err, &unsent);
		network_stop(&holder->way_out);
		_exit(err.status);
	}
	channel_send(report, MESSAGE_NETWORK_READY, -1, NULL, &unsent);
	fd_close(report);
	hold(holder);
	network_stop(&holder->way_out);
	keeper_stop(&holder->keeper);
	_exit(0);
}
