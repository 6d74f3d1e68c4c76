// SPDX-License-Identifier: Apache-2.0
/*
 * The holder of a bridge. Runs in: a process of its own, which the first container's nsrun makes, on
 * the host's side: who owns the user namespaces of the bridge and of the containers may work on the
 * networks of all of them. Must never grow: all it has is made at its start.
 */
#include "run/bridge_holder.h"

#include "base/fd.h"
#include "run/bridge_roster.h"
#include "run/bridge_protocol.h"
#include "run/bridge_space.h"
#include "run/channel.h"
#include "run/keeper.h"
#include "run/network.h"
#include "sys/limit.h"
#include "sys/link.h"
#include "sys/local_socket.h"
#include "sys/netlink.h"
#include "sys/process.h"
#include "sys/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define CLIENTS_MAX 64 /* that wait for an answer; others wait in the listener's queue */
#define DEAF_MS	    100

/**
 * struct holder - All of it
 * @clients: who has connected, and is no member's client yet
 * @way_out: what is known of the network's helper, see outbound_is_settled()
 * @cables:  how many there were, for their names
 * @deaf:    no descriptor was free for who wants to connect: that is tried again a little later
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
	unsigned cables;
	bool deaf;
	int clients[CLIENTS_MAX];
	struct bridge_roster members;
};

static struct holder the_holder; /* large, one of a kind, and zero as far as it is not used */

static const struct bridge *bridge_of(const struct holder *holder)
{
	return holder->plan->bridge;
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

static void answer(struct holder *holder, struct bridge_member *member)
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
	for (size_t i = 0; i < holder->members.n; i++) {
		struct bridge_member *member = &holder->members.v[i];

		if (member->client >= 0 && !member->pending && outbound_is_settled(holder))
			answer(holder, member);
	}
}

static int connect_member(struct holder *holder, struct bridge_member *member, int netns_socket,
			  const struct bridge_message *wish, struct error *err)
{
	bool ipv6 = holder->plan->outbound.routes & NETLINK_ROUTE_IPV6;

	if (bridge_roster_choose_address(&holder->members, wish->address, &member->address, err) < 0)
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
	struct bridge_member *member = bridge_roster_place(&holder->members);
	struct error err;

	if (!member) {
		error_set(&err, "bridge-address", 0, "the network '%s' has %d containers: no more fit",
			  bridge_of(holder)->name, BRIDGE_ROSTER_MAX);
		refuse(take_client, &err);
		fd_close(take_pidfd);
		return;
	}
	*member = (struct bridge_member)BRIDGE_NOBODY;
	member->client = take_client;
	member->pending = wish->hosts;
	memcpy(member->names, wish->names, sizeof(member->names));
	if (connect_member(holder, member, netns_socket, wish, &err) < 0) {
		refuse(take_fd(&member->client), &err);
		fd_close(take_pidfd);
		return;
	}
	member->pidfd = take_pidfd;
	bridge_roster_add_name(&holder->members, member);
}

static void leave(struct holder *holder, struct bridge_member *member)
{
	bridge_roster_drop_name(&holder->members, member);
	fd_close(take_fd(&member->hosts.fd));
	fd_close(take_fd(&member->client));
	fd_close(take_fd(&member->pidfd));
}

static void take_hosts(struct holder *holder, struct bridge_member *member)
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
	bridge_file_write(&member->hosts, &holder->members.lines, NULL);
	fd_close(fds[1]);
	member->pending = false;
}

/* --- clients --- */

static void list_members(struct holder *holder, int client)
{
	struct bridge_message message = { .type = BRIDGE_MEMBER };

	for (size_t i = 0; i < holder->members.n; i++) {
		const struct bridge_member *member = &holder->members.v[i];

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
			bridge_roster_add_other_name(&holder->members, fds[0], message.names);
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
		holder->deaf = holder->clients[i] < 0;
		return;
	}
}

static bool can_accept(const struct holder *holder)
{
	if (holder->deaf)
		return false;
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
	WAITS = WAIT_MEMBERS + 2 * BRIDGE_ROSTER_MAX
};

/* returns for how many members there is something to look at */
static size_t wait_for_event(struct holder *holder, struct pollfd *waits)
{
	bool settled = outbound_is_settled(holder);

	waits[WAIT_LISTENER] = (struct pollfd){ can_accept(holder) ? holder->listener : -1, POLLIN, 0 };
	waits[WAIT_ROUTES] = (struct pollfd){ settled ? -1 : holder->space.routes, POLLIN, 0 };
	network_poll(&holder->way_out, &waits[WAIT_NETWORK]);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		waits[WAIT_CLIENTS + i] = (struct pollfd){ holder->clients[i], POLLIN, 0 };
	for (size_t i = 0; i < holder->members.n; i++) {
		const struct bridge_member *member = &holder->members.v[i];

		waits[WAIT_MEMBERS + 2 * i] = (struct pollfd){ member->pidfd, POLLIN, 0 };
		waits[WAIT_MEMBERS + 2 * i + 1] =
			(struct pollfd){ member->pending ? member->client : -1, POLLIN, 0 };
	}
	while (poll(waits, WAIT_MEMBERS + 2 * holder->members.n, holder->deaf ? DEAF_MS : -1) < 0 &&
	       errno == EINTR)
		;
	holder->deaf = false;
	return holder->members.n;
}

static void serve(struct holder *holder, const struct pollfd *waits, size_t members)
{
	for (size_t i = 0; i < members; i++) {
		struct bridge_member *member = &holder->members.v[i];

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
	for (size_t i = 0; i < holder->members.n; i++)
		if (holder->members.v[i].pidfd >= 0)
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

/* each member has two of them here: with the usual 1024 there would be 500 members */
static void raise_descriptor_limit(void)
{
	struct limit limit;

	if (limit_get(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.soft = limit.hard;
	limit_set(&limit);
}

static int leave_caller(struct holder *holder, int report, struct error *err)
{
	auto_close int nothing = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	int keep[] = { holder->dir, report };

	prctl(PR_SET_NAME, "nsrun-bridge", 0, 0, 0);
	raise_descriptor_limit();
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
	holder->keeper.supervisor = -1;
	bridge_roster_init(&holder->members, plan->bridge);
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
	network_drain(&holder->way_out, -1);
	network_stop(&holder->way_out);
	keeper_stop(&holder->keeper);
	_exit(0);
}
