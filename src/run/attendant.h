/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who attends a container instead of the caller and his terminal: the monitor of one that is
 * detached. The supervisor tells it how far the container is, and serves its descriptors in its loop.
 */
#ifndef NSRUN_RUN_ATTENDANT_H
#define NSRUN_RUN_ATTENDANT_H

#include "nsrun/error.h"
#include "plan/plan.h"

#include <poll.h>
#include <sys/types.h>

#define ATTENDANT_POLLS_MAX 80

/**
 * struct attendant - What it is told and asked; all called in the supervisor
 * @take_inside:  what becomes 0, 1 and 2 of the payload; closed when init has them
 * @cgroup:       the control group that init is born in, or -1; closed and -1 when that cannot be
 * @init_made:    init exists; it builds nothing before this returns
 * @take_console: the payload's terminal
 * @running:      the payload has been executed
 * @poll:         fill at most ATTENDANT_POLLS_MAX entries; returns how many
 * @serve:        the same entries, after poll(2)
 */
struct attendant {
	void *arg;
	int take_inside[3];
	int cgroup;
	int (*init_made)(void *arg, pid_t pid, struct error *err);
	int (*take_console)(void *arg, int take_master, struct error *err);
	int (*running)(void *arg, struct error *err);
	size_t (*poll)(void *arg, struct pollfd *waits);
	void (*serve)(void *arg, const struct pollfd *waits, size_t n);
};

/** launch_attended() - nsrun_launch() with somebody else in the caller's place; NULL: the caller. */
int launch_attended(const struct plan *plan, struct attendant *attendant, nsrun_notice notice,
		    void *arg, struct error *err);

#endif
