/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's part of a bridge: it lets its container join, by the bridge's holder. */
#ifndef NSRUN_RUN_BRIDGE_MEMBER_H
#define NSRUN_RUN_BRIDGE_MEMBER_H

#include "run/network.h"

/**
 * struct bridge_member - A container's way onto a bridge
 * @socket:      to the holder, until the container is on its bridge; or -1
 * @lost_holder: the one before was killed
 */
struct bridge_member {
	const struct plan_bridge *plan;
	int socket;
	bool lost_holder;
};

void bridge_member_init(struct bridge_member *member, const struct plan_bridge *plan);

/**
 * bridge_member_join() - Ask the holder, and start one where there is none
 * @netns_socket: rtnetlink socket of the container's network namespace
 * @init_pidfd:   when it ends the container leaves
 *
 * Runs in: supervisor. Return: 0 when it is asked, or -1 with @err.
 */
int bridge_member_join(struct bridge_member *member, int netns_socket, int init_pidfd,
		       struct error *err);

/** bridge_member_send_hosts() - Hand over init's /etc/hosts, open for writing. */
void bridge_member_send_hosts(struct bridge_member *member, int hosts);

/** bridge_member_serve() - Take the holder's answer, and tell init; -1 with @err. */
int bridge_member_serve(struct bridge_member *member, const struct network_listener *listener,
			struct error *err);

void bridge_member_close(struct bridge_member *member);

#endif
