/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor's part of the network: helpers are tried in the plan's order until one works, and
 * the one that does is watched and ended with the container.
 */
#ifndef NSRUN_RUN_NETWORK_H
#define NSRUN_RUN_NETWORK_H

#include "run/network_helper.h"

#include <poll.h>

#define NETWORK_POLLS 4

/**
 * struct network - The network of a container under way
 * @rung:   which helper of the plan runs; the number of helpers when none is left
 * @timer:  how long init has waited for the network; -1: it does not wait
 * @settled: init waits no more, or has been told
 * @ready:   slirp4netns has said so
 */
struct network {
	const struct plan_network *ways;
	struct network_process process;
	size_t rung;
	int userns;
	int netns;
	int timer;
	bool settled;
	bool ready;
	bool api_dir_made;
};

/** struct network_listener - Who is told: init by @channel, the user by @notice */
struct network_listener {
	int channel;
	nsrun_notice notice;
	void *notice_arg;
};

/** network_init() - No network yet. */
void network_init(struct network *network, const struct plan_network *ways);

/**
 * network_start() - Make the first helper's process
 * @take_netns: the network namespace that it is for
 *
 * Return: 0, or -1 with @err.
 */
int network_start(struct network *network, int take_netns, struct error *err);

/** network_release() - The keeper knows the helper: let it begin, if it does not need the id maps. */
void network_release(struct network *network, bool mapped);

/** network_wanted() - Init waits for nothing else: from now on there is a limit. */
int network_wanted(struct network *network, struct error *err);

/** network_settle() - The payload starts: what happens from now on is for the user to know only. */
void network_settle(struct network *network);

/** network_poll() - What to wait for: NETWORK_POLLS entries. */
void network_poll(const struct network *network, struct pollfd *polls);

/**
 * network_serve() - Do what poll(2) found
 *
 * Return: 0, or -1 with @err where the container must not start or go on without its network.
 */
int network_serve(struct network *network, const struct pollfd *polls,
		  const struct network_listener *listener, struct error *err);

/**
 * network_drain() - The container has ended: wait until what it has sent has left the helper
 * @hurry: readable when that must not be waited for; -1: never
 *
 * Seconds at most, and one where nobody takes it. With no traffic it takes less than a millisecond.
 */
void network_drain(const struct network *network, int hurry);

/** network_stop() - The container has ended: end the helper, leave nothing. */
void network_stop(struct network *network);

#endif
