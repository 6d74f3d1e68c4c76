/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is on a bridge: their addresses, and the names that all of them know each other by. Runs in:
 * holder, whose only memory this is.
 */
#ifndef NSRUN_RUN_BRIDGE_ROSTER_H
#define NSRUN_RUN_BRIDGE_ROSTER_H

#include "plan/plan.h"
#include "run/bridge_hosts.h"
#include "run/bridge_protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BRIDGE_ROSTER_MAX 1000 /* the kernel's bridge has 1024 ports (net/bridge/br_private.h) */

/**
 * struct bridge_member - A container on the bridge
 * @pidfd:   of its init; -1: the place is free
 * @client:  the nsrun that waits until it is connected, or -1
 * @pending: no hosts file came yet, and one will
 */
struct bridge_member {
	int pidfd;
	int client;
	bool pending;
	uint32_t address;
	char names[BRIDGE_NAMES_MAX];
	struct bridge_entry entry;
	struct bridge_file hosts;
};

#define BRIDGE_NOBODY { .pidfd = -1, .client = -1, .hosts = { .fd = -1 } }

/**
 * struct bridge_roster - All of them; zero as far as it is not used, so that it takes no memory
 * @next: where the search for a free address begins
 * @n:    places that were ever taken
 */
struct bridge_roster {
	const struct bridge *bridge;
	uint32_t next;
	size_t n;
	struct bridge_member v[BRIDGE_ROSTER_MAX];
	struct bridge_lines lines;
};

/** bridge_roster_init() - Nobody is there yet; @members is zero. */
void bridge_roster_init(struct bridge_roster *members, const struct bridge *bridge);

/** bridge_roster_place() - A free place, or NULL. */
struct bridge_member *bridge_roster_place(struct bridge_roster *members);

/**
 * bridge_roster_choose_address() - One that nobody has
 * @wanted: the one that was asked for, or 0
 *
 * Return: 0, or -1 with @err ("bridge-address").
 */
int bridge_roster_choose_address(struct bridge_roster *members, uint32_t wanted, uint32_t *ret,
				  struct error *err);

/** bridge_roster_add_name() - Tell all hosts files of a member's names and addresses. */
void bridge_roster_add_name(struct bridge_roster *members, struct bridge_member *member);

/** bridge_roster_drop_name() - The opposite. */
void bridge_roster_drop_name(struct bridge_roster *members, const struct bridge_member *member);

/** bridge_roster_add_other_name() - One more name: the old ones stay, somebody may have learnt them. */
void bridge_roster_add_other_name(struct bridge_roster *members, int pidfd, const char *name);

#endif
