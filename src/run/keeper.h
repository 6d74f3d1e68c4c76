/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: a process that does nothing but kill the container when the supervisor dies.
 *
 * Why it exists: the parent-death signal is forgotten when a process changes its ids (prctl(2)),
 * which gosu, su and every server that drops root do; a payload that is pid 1 would then outlive a
 * killed nsrun. It is made while the supervisor waits for the id helper anyway, and not at all
 * with --init, whose reaper never changes its ids.
 */
#ifndef NSRUN_RUN_KEEPER_H
#define NSRUN_RUN_KEEPER_H

#include "nsrun/error.h"

#include <sys/types.h>

/** struct keeper - @supervisor: the calling process, as a pidfd; the keeper watches it */
struct keeper {
	pid_t pid;
	int supervisor;
};

/**
 * keeper_start() - Let init, and the network's helper, not outlive the calling process
 * @helper_pidfd: or -1
 *
 * Runs in: supervisor. Return: 0, or -1 with @err (id "keeper").
 */
int keeper_start(struct keeper *keeper, int init_pidfd, int helper_pidfd, struct error *err);

/**
 * keeper_start_for_helper() - For what outlives nsrun: let the network's helper not outlive init
 * @helper_lifeline: or -1; kept open, so that the helper outlives the calling process, too
 */
int keeper_start_for_helper(struct keeper *keeper, int init_pidfd, int helper_pidfd,
			    int helper_lifeline, struct error *err);

/** keeper_stop() - After init's end: end the keeper too. */
void keeper_stop(struct keeper *keeper);

#endif
