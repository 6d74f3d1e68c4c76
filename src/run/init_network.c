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

/* struct awaited - What is not there yet */
struct awaited {
	bool helper;
	bool bridge;
	int routes_fd;
	unsigned routes;
};

static int take_message(struct init *init, struct awaited *awaited, struct error *err)
{
	struct message message;

	if (channel_receive(init->channel, &message, NULL, err) < 0)
		return -1;
	switch (message.type) {
	case MESSAGE_NETWORK_CHANGED: /* another helper, that says itself when it is ready */
		fd_close(take_fd(&awaited->routes_fd));
		return 0;
	case MESSAGE_NETWORK_JOINED:
		awaited->bridge = false;
		return 0;
	case MESSAGE_NETWORK_READY:
	case MESSAGE_NETWORK_ABSENT:
		fd_close(take_fd(&awaited->routes_fd));
		awaited->helper = false;
		return 0;
	default:
		return error_set(err, "parent-death", 0, "nsrun died before the network was there");
	}
}

static int take_routes(struct init *init, struct awaited *awaited, struct error *err)
{
	unsigned wanted = init->plan->network.routes;

	if (netlink_take_routes(awaited->routes_fd, &awaited->routes, err) < 0)
		return -1;
	if (wanted && (awaited->routes & wanted) == wanted) {
		fd_close(take_fd(&awaited->routes_fd));
		awaited->helper = false;
	}
	return 0;
}

static int wait_for_network(struct init *init, struct awaited *awaited, struct error *err)
{
	bool told = false;

	while (awaited->helper || awaited->bridge) {
		struct pollfd waits[] = { { init->channel, POLLIN, 0 },
					  { awaited->routes_fd, POLLIN, 0 } };

		if (poll(waits, 2, told ? -1 : 0) < 0 && errno != EINTR)
			return error_set(err, "netlink", errno, "cannot wait for the network");
		if (waits[0].revents && take_message(init, awaited, err) < 0)
			return -1;
		if (awaited->routes_fd >= 0 && waits[1].revents &&
		    take_routes(init, awaited, err) < 0)
			return -1;
		if (!told && awaited->helper && !waits[0].revents && !waits[1].revents &&
		    /* from now on it is the network that is waited for: the supervisor sets a limit */
		    channel_send(init->channel, MESSAGE_NETWORK_WANTED, -1, NULL, err) < 0)
			return -1;
		told |= !waits[0].revents && !waits[1].revents;
	}
	return 0;
}

int init_await_network(struct init *init, struct error *err)
{
	const struct plan_network *network = &init->plan->network;
	struct awaited awaited = { .helper = network->n_helpers > 0,
				   .bridge = init->plan->bridge.bridge != NULL,
				   .routes_fd = -1 };
	int result;

	if (!awaited.helper && !awaited.bridge)
		return 0;
	if (awaited.helper && network->helpers[0].kind == HELPER_PASTA && network->routes) {
		awaited.routes_fd = netlink_watch_routes(err);
		if (awaited.routes_fd < 0)
			return -1;
	}
	result = wait_for_network(init, &awaited, err);
	fd_close(awaited.routes_fd);
	return result < 0 ? -1 : finish(init);
}
