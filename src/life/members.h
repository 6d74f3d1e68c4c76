/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes belong to a container. Runs in: nsrun; reads /proc, runs nothing. */
#ifndef NSRUN_LIFE_MEMBERS_H
#define NSRUN_LIFE_MEMBERS_H

#include "nsrun/container.h"
#include "sys/process_facts.h"

/** struct member - @namespace: by which it was recognised; 0: unknown. Only @belongs are listed */
struct member {
	struct process_facts facts;
	uint64_t namespace;
	bool belongs;
};

typedef NSRUN_ARRAY(struct member) nsrun_members;

/**
 * members_list() - The processes of a container that runs, by pid
 * @ret_level: which of their pids is the one inside
 *
 * What is in its pid namespace, or in its user namespace where it has the host's pids, and what
 * descends from that. Return: 0, or -1 with @err.
 */
int members_list(struct arena *arena, const struct container *container, nsrun_members *ret,
		 size_t *ret_level, struct error *err);

/** member_open() - A descriptor of its /proc directory; -1: it is gone. */
int member_open(const struct member *member);

#endif
