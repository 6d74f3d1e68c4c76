/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this caller map these ids? The decision, and nothing else: no I/O, no globals, no heap, so
 * that it can be tested and fuzzed without privilege. Runs in: id helper. Must never be looser
 * than shadow's newuidmap and newgidmap.
 */
#ifndef NSRUN_NEWIDMAP_POLICY_H
#define NSRUN_NEWIDMAP_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "newidmap/refusal.h"
#include "sys/subid.h"

#define ID_MAP_TRIPLES_MAX 340	/* UID_GID_MAP_MAX_EXTENTS in the kernel */
#define ID_MAP_TEXT_MAX	   4095 /* the kernel refuses a write of a page (4096) or more */
#define ID_RANGES_MAX	   1024

/** struct id_triple - One line of a map: @count ids from @inside are @outside and following */
struct id_triple {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

/** struct id_map - One whole map as the caller wants it */
struct id_map {
	size_t count;
	struct id_triple triple[ID_MAP_TRIPLES_MAX];
};

/** struct id_ranges - The caller's subordinate ids: sorted, disjoint, never adjacent */
struct id_ranges {
	size_t count;
	struct subid_range range[ID_RANGES_MAX];
};

/** struct id_caller - Who asks: the real ids of the helper's process */
struct id_caller {
	uint32_t uid;
	uint32_t gid;
};

/**
 * id_ranges_add() - Add one line's range, joined with those that it touches
 *
 * Lines may be spanned (shadow does it too), so ranges that touch become one.
 * Return: false when there are more than ID_RANGES_MAX separate ranges.
 */
bool id_ranges_add(struct id_ranges *ranges, const struct subid_range *range);

/**
 * policy_check_map() - Whether the caller may give a namespace this map
 * @kind:          which map; decides the own id and the names of the reasons
 * @caller:        real ids
 * @ranges:        what /etc/subuid or /etc/subgid gives to the caller
 * @map:           the triples
 * @ret_delegated: whether some triple comes from @ranges (shadow then leaves setgroups alone)
 *
 * A triple is allowed when all its outside ids are in @ranges, or when it is exactly the caller's
 * own real id; host id 0 only for uid 0. No two triples may overlap on either side, and the
 * kernel's limits are checked here so that nothing is half done before it says no.
 */
struct verdict policy_check_map(enum id_kind kind, const struct id_caller *caller,
				const struct id_ranges *ranges, const struct id_map *map,
				bool *ret_delegated);

/**
 * policy_render_map() - The text that the kernel gets
 * @text: where to put it; not ended by NUL
 *
 * Return: its length, or 0 when it would be longer than ID_MAP_TEXT_MAX.
 */
size_t policy_render_map(const struct id_map *map, char text[ID_MAP_TEXT_MAX]);

#endif
