// SPDX-License-Identifier: Apache-2.0
/*
 * The decision of the id helper. Runs in: id helper, with its privilege asleep. Pure: must never
 * do I/O, allocate, or keep state.
 */
#include "newidmap/policy.h"

#include <string.h>

#define END_OF_IDS   UINT32_MAX /* 4294967295 is "no id" in the kernel; no range may reach it */
#define NUMBER_BYTES 11		/* ten digits and the blank or newline behind them */

static uint32_t range_end(const struct subid_range *range)
{
	return range->start + range->count;
}

bool id_ranges_add(struct id_ranges *ranges, const struct subid_range *range)
{
	uint32_t start = range->start;
	uint32_t end = range_end(range);
	size_t first = 0;
	size_t last;

	while (first < ranges->count && range_end(&ranges->range[first]) < start)
		first++;
	for (last = first; last < ranges->count && ranges->range[last].start <= end; last++) {
		if (ranges->range[last].start < start)
			start = ranges->range[last].start;
		if (range_end(&ranges->range[last]) > end)
			end = range_end(&ranges->range[last]);
	}
	if (first == last && ranges->count == ID_RANGES_MAX)
		return false;
	/* [first, last) touch the new range: all of them become one */
	memmove(&ranges->range[first + 1], &ranges->range[last],
		(ranges->count - last) * sizeof(ranges->range[0]));
	ranges->range[first] = (struct subid_range){ .start = start, .count = end - start };
	ranges->count = ranges->count - (last - first) + 1;
	return true;
}

/* The ranges are joined, so a triple that is owned lies in exactly one of them. */
static bool is_delegated(const struct id_ranges *ranges, const struct id_triple *triple)
{
	for (size_t i = 0; i < ranges->count; i++) {
		const struct subid_range *range = &ranges->range[i];

		if (triple->outside >= range->start &&
		    triple->outside + triple->count <= range_end(range))
			return true;
	}
	return false;
}

/* The real gid, never a supplementary one: leaving a group can give access (CVE-2018-7169). */
static bool is_own_id(enum id_kind kind, const struct id_caller *caller,
		      const struct id_triple *triple)
{
	uint32_t own = kind == ID_UID ? caller->uid : caller->gid;

	return triple->count == 1 && triple->outside == own;
}

static bool overlaps(uint32_t start, uint32_t count, uint32_t other_start, uint32_t other_count)
{
	return start < other_start + other_count && other_start < start + count;
}

/* Limits first: everything after this may add start and count without a wrap. */
static struct verdict check_limits(enum id_kind kind, const struct id_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct id_triple *triple = &map->triple[i];

		if (triple->count == 0)
			return verdict_no_triple(REFUSAL_UID_EMPTY, kind, (int)i);
		if (triple->count > END_OF_IDS - triple->inside ||
		    triple->count > END_OF_IDS - triple->outside)
			return verdict_no_triple(REFUSAL_UID_BEYOND, kind, (int)i);
	}
	return VERDICT_YES;
}

static struct verdict check_overlap(enum id_kind kind, const struct id_map *map)
{
	for (size_t i = 1; i < map->count; i++) {
		const struct id_triple *a = &map->triple[i];

		for (size_t j = 0; j < i; j++) {
			const struct id_triple *b = &map->triple[j];

			if (overlaps(a->inside, a->count, b->inside, b->count) ||
			    overlaps(a->outside, a->count, b->outside, b->count))
				return verdict_no_triple(REFUSAL_UID_OVERLAP, kind, (int)i);
		}
	}
	return VERDICT_YES;
}

static struct verdict check_owner(enum id_kind kind, const struct id_caller *caller,
				  const struct id_ranges *ranges, const struct id_map *map,
				  bool *ret_delegated)
{
	*ret_delegated = false;
	for (size_t i = 0; i < map->count; i++) {
		const struct id_triple *triple = &map->triple[i];

		/* no file can grant this: a typing error in it must not give away the host */
		if (triple->outside == 0 && caller->uid != 0)
			return verdict_no_triple(REFUSAL_UID_ROOT, kind, (int)i);
		if (is_delegated(ranges, triple))
			*ret_delegated = true;
		else if (!is_own_id(kind, caller, triple))
			return verdict_no_triple(REFUSAL_UID_NOT_OWNED, kind, (int)i);
	}
	return VERDICT_YES;
}

struct verdict policy_check_map(enum id_kind kind, const struct id_caller *caller,
				const struct id_ranges *ranges, const struct id_map *map,
				bool *ret_delegated)
{
	char text[ID_MAP_TEXT_MAX];
	struct verdict verdict;

	*ret_delegated = false;
	if (map->count < 1)
		return verdict_no(REFUSAL_USAGE);
	if (map->count > ID_MAP_TRIPLES_MAX || policy_render_map(map, text) == 0)
		return verdict_no_triple(REFUSAL_UID_TOO_MANY, kind, NO_TRIPLE);
	verdict = check_limits(kind, map);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = check_overlap(kind, map);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = check_owner(kind, caller, ranges, map, ret_delegated);
	return verdict;
}

/* Write a number and the byte that ends it; returns how many bytes that took. */
static size_t render_number(uint32_t value, char end, char text[NUMBER_BYTES])
{
	char reversed[NUMBER_BYTES];
	size_t digits = 0;

	do {
		reversed[digits++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	for (size_t i = 0; i < digits; i++)
		text[i] = reversed[digits - 1 - i];
	text[digits] = end;
	return digits + 1;
}

size_t policy_render_map(const struct id_map *map, char text[ID_MAP_TEXT_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct id_triple *triple = &map->triple[i];
		char line[3 * NUMBER_BYTES];
		size_t end = render_number(triple->inside, ' ', line);

		end += render_number(triple->outside, ' ', &line[end]);
		end += render_number(triple->count, '\n', &line[end]);
		if (end > ID_MAP_TEXT_MAX - length)
			return 0;
		memcpy(&text[length], line, end);
		length += end;
	}
	return length;
}
