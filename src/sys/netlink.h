/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of the routes of a network namespace (rtnetlink(7)). */
#ifndef NSRUN_SYS_NETLINK_H
#define NSRUN_SYS_NETLINK_H

#include "nsrun/error.h"

#include <stdint.h>

/** Which default routes there are; or-ed. */
enum netlink_route {
	NETLINK_ROUTE_IPV4 = 1,
	NETLINK_ROUTE_IPV6 = 2,
};

/**
 * netlink_watch_routes() - Be told of the routes of the own network namespace
 *
 * Does:   asks for those that are there, too.
 * Return: a descriptor that becomes readable, or -1 with @err (id "netlink"). Allocates nothing.
 */
int netlink_watch_routes(struct error *err);

/**
 * netlink_take_routes() - Read what was said so far, without waiting
 * @routes: netlink_route; what is found is added
 *
 * Return: 0, or -1 with @err (id "netlink").
 */
int netlink_take_routes(int fd, unsigned *routes, struct error *err);

/** netlink_set_queue() - How many packets an interface may hold back; 0, or -1 with errno. */
int netlink_set_queue(const char *interface, uint32_t packets);

#endif
