// SPDX-License-Identifier: Apache-2.0
/*
 * Waiting for the network, the last thing before the payload. Runs in: init. pasta's work is seen by
 * its result, the default route: the interface is there long before pasta calls itself ready, and
 * keeps what is sent until then.
 */
#include "run/init.h"

#include "base/fd.h"
#include "run/channel.h"
#include "sys/netlink.h"

#include <errno.h>
#include <poll.h>

/* the interface's queue must hold what a fast connection has under way */
static int finish(const struct init *init)
{
	const struct plan_network *network = &init->plan->network;

	if (network->txqueuelen)
		netlink_set_queue(NETWORK_INTERFACE, network->txqueuelen); /* slower without */
	return 0;
}

/* 1: go on; 0: wait for the next message */
static int take_message(struct init *init, int *routes_fd, struct error *err)
{
	struct message message;

	if (channel_receive(init->channel, &message, NULL, err) < 0)
		return -1;
	switch (message.type) {
	case MESSAGE_NETWORK_CHANGED: /* another helper, that says itself when it is ready */
		fd_close(take_fd(routes_fd));
		return 0;
	case MESSAGE_NETWORK_READY:
	case MESSAGE_NETWORK_ABSENT:
		return 1;
	default:
		return error_set(err, "parent-death", 0, "nsrun died before the network was there");
	}
}

static int wait_for_network(struct init *init, int *routes_fd, struct error *err)
{
	bool told = false;
	unsigned routes = 0;

	for (;;) {
		struct pollfd waits[] = { { init->channel, POLLIN, 0 }, { *routes_fd, POLLIN, 0 } };
		int done = 0;

		if (poll(waits, 2, told ? -1 : 0) < 0 && errno != EINTR)
			return error_set(err, "netlink", errno, "cannot wait for the network");
		if (waits[0].revents)
			done = take_message(init, routes_fd, err);
		if (done != 0)
			return done < 0 ? -1 : 0;
		if (*routes_fd >= 0 && waits[1].revents &&
		    netlink_take_routes(*routes_fd, &routes, err) < 0)
			return -1;
		if (*routes_fd >= 0 && (routes & init->plan->network.routes) &&
		    (routes & init->plan->network.routes) == init->plan->network.routes)
			return 0;
		if (!told && !waits[0].revents && !waits[1].revents) {
			/* from now on it is the network that is waited for: the supervisor sets a limit */
			if (channel_send(init->channel, MESSAGE_NETWORK_WANTED, -1, NULL, err) < 0)
				return -1;
			told = true;
		}
	}
}

int init_await_network(struct init *init, struct error *err)
{
	const struct plan_network *network = &init->plan->network;
	auto_close int routes_fd = -1;

	if (network->n_helpers == 0)
		return 0;
	if (network->helpers[0].kind == HELPER_PASTA && network->routes) {
		routes_fd = netlink_watch_routes(err);
		if (routes_fd < 0)
			return -1;
	}
	if (wait_for_network(init, &routes_fd, err) < 0)
		return -1;
	return finish(init);
}
