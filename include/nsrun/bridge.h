/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of the caller's own: each is a directory that says which addresses it has. While a
 * container is on it there is also a process that holds its bridge (src/run/bridge_holder.c).
 */
#ifndef NSRUN_BRIDGE_H
#define NSRUN_BRIDGE_H

#include "nsrun/nsrun.h"

/**
 * struct bridge_info - One network, as its directory and its holder tell of it
 * @subnet, @subnet6, @gateway: as texts
 * @damage:  why its file cannot be read, or NULL
 * @held:    somebody is on it
 * @lost:    its holder was killed: who was on it is connected with nobody
 * @members: "ADDRESS NAMES" of each
 * @outbound: which helper leads out, or why none does
 */
struct bridge_info {
	struct bridge bridge;
	const char *subnet;
	const char *subnet6;
	const char *gateway;
	const char *damage;
	bool held;
	bool lost;
	nsrun_strings members;
	const char *outbound;
};

typedef NSRUN_ARRAY(struct bridge_info) nsrun_bridges;

/** bridge_name_is_reserved() - Whether --network understands something else by this word. */
bool bridge_name_is_reserved(const char *name);

/**
 * bridge_create() - Make a network
 * @subnet:   "10.1.2.0/24"; NULL: one that no other network has, nor a route of this host
 * @internal: nothing leads out of it
 *
 * Return: 0, or -1 with @err (id "bridge-exists").
 */
int bridge_create(struct arena *arena, const char *name, const char *subnet, bool internal,
		  struct error *err);

/** bridge_find() - 0 with @ret, or -1 with @err (id "bridge-unknown"). */
int bridge_find(struct arena *arena, const char *name, struct bridge_info *ret,
		struct error *err);

/** bridge_list() - All of them, by name; one that is damaged hides no other. */
int bridge_list(struct arena *arena, nsrun_bridges *ret, struct error *err);

/** bridge_remove() - Remove one that nobody is on; -1 with @err (id "bridge-in-use"). */
int bridge_remove(struct arena *arena, const char *name, struct error *err);

/** bridge_rename() - Tell who shares a network with a container that it has another name, too. */
void bridge_rename(struct arena *arena, int pidfd, const char *name);

/** bridge_describe() - All about one, as JSON. */
const char *bridge_describe(struct arena *arena, const struct bridge_info *info);

#endif
