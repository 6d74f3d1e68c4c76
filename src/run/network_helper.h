/* SPDX-License-Identifier: Apache-2.0 */
/* The process of a network helper: how it is started, watched and ended. */
#ifndef NSRUN_RUN_NETWORK_HELPER_H
#define NSRUN_RUN_NETWORK_HELPER_H

#include "plan/plan.h"

#include <sys/types.h>

/**
 * struct network_process - A helper that runs; all descriptors are -1 where there is none
 * @pid:       0: none runs
 * @gate:      a byte lets it execute its program; end of file ends it
 * @complaint: what it says on standard error; @said is the last line of it
 * @ready:     slirp4netns: says when it is ready
 * @lifeline:  slirp4netns: ends when this is closed, by the kernel if need be
 */
struct network_process {
	pid_t pid;
	int pidfd;
	int gate;
	int complaint;
	int ready;
	int lifeline;
	char said[200];
	size_t said_length;
	bool said_more; /* the next byte begins a line */
};

#define NETWORK_PROCESS_NONE                                                                       \
	{ .pidfd = -1, .gate = -1, .complaint = -1, .ready = -1, .lifeline = -1 }

/**
 * network_process_start() - Make the process; it waits at its gate
 * @userns:   the container's namespaces
 * @outlives: it may go on when nsrun dies: it belongs to a detached container
 *
 * Runs in: supervisor. The process has nothing of the caller's but these: no descriptor, no
 * environment, no terminal. Return: 0, or -1 with @err (id "network-helper").
 */
int network_process_start(struct network_process *process, const struct network_helper *helper,
			  int userns, int netns, bool outlives, struct error *err);

/** network_process_release() - Open the gate: what ends the helper with nsrun is there. */
void network_process_release(struct network_process *process);

/** network_process_listen() - Take what it says; false at the end of file. */
bool network_process_listen(struct network_process *process);

/**
 * network_process_stop() - Kill it, and forget it
 * @wait: until it is gone, which takes the kernel some 20 ms: a pasta has hundreds of sockets
 */
void network_process_stop(struct network_process *process, bool wait);

#endif
