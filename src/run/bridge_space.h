/* SPDX-License-Identifier: Apache-2.0 */
/* The network namespace of a bridge, in a user namespace of its own; and the cables into it. */
#ifndef NSRUN_RUN_BRIDGE_SPACE_H
#define NSRUN_RUN_BRIDGE_SPACE_H

#include "plan/plan.h"

#define BRIDGE_INTERFACE "nsrun0"

/**
 * struct bridge_space - Descriptors that keep it alive; no process lives in it
 * @link:    rtnetlink socket of it
 * @routes:  tells of its default routes (sys/netlink.h)
 * @netns:   itself
 * @index:   of the bridge
 * @forwards: packets can leave it; else @problem says why not
 */
struct bridge_space {
	int link;
	int routes;
	int netns;
	int index;
	bool forwards;
	struct error problem;
};

/**
 * bridge_space_make() - Make it, with the bridge
 *
 * Runs in: holder; and in a process inside, which ends. Return: 0, or -1 with @err.
 */
int bridge_space_make(const struct bridge *bridge, struct bridge_space *ret, struct error *err);

/**
 * bridge_space_plug() - A cable from the bridge into a container
 * @netns_socket: rtnetlink socket of the container's network namespace
 * @interface:    its name inside
 * @number:       names the cable's other end
 * @address:      in the host's byte order
 * @routed:       with default routes; @ipv6: also of IPv6
 *
 * Return: 0, or -1 with @err (id "bridge-plug").
 */
int bridge_space_plug(const struct bridge_space *space, const struct bridge *bridge,
		      int netns_socket, const char *interface, unsigned number, uint32_t address,
		      bool routed, bool ipv6, struct error *err);

/** bridge_address6() - The IPv6 address that goes with an IPv4 address of it: 16 bytes. */
void bridge_address6(const struct bridge *bridge, uint32_t address, unsigned char ret[16]);

#endif
