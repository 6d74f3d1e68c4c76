// SPDX-License-Identifier: Apache-2.0
/*
 * The id helper's decision, against a second one that is written differently: it looks at the raw
 * lines one after the other, as shadow does, and never joins ranges. Built with libFuzzer, or with
 * tests/newidmap/replay.c. Pure.
 */
#include "newidmap/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input, eaten from the front; zeros when it is used up. */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint32_t eat(struct input *input, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes && input->size > 0; i++, input->size--)
		value = value << 8 | *input->data++;
	return value;
}

/* Mostly ids near each other, so that ranges meet; sometimes any 32 bits. */
static uint32_t eat_id(struct input *input)
{
	uint32_t kind = eat(input, 1);

	if (kind < 160)
		return eat(input, 1);
	if (kind < 200)
		return UINT32_MAX - eat(input, 1);
	return eat(input, 4);
}

static void require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

struct reference {
	size_t n_lines;
	struct subid_range line[LINES_MAX];
};

static bool reference_owns(const struct reference *reference, uint64_t first, uint64_t end)
{
	while (first < end) {
		uint64_t reached = first;

		for (size_t i = 0; i < reference->n_lines; i++) {
			uint64_t start = reference->line[i].start;
			uint64_t stop = start + reference->line[i].count;

			if (first >= start && first < stop && stop > reached)
				reached = stop;
		}
		if (reached == first)
			return false;
		first = reached;
	}
	return true;
}

static bool apart(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
	return a + a_count <= b || b + b_count <= a;
}

static bool reference_allows(enum id_kind kind, const struct id_caller *caller,
			     const struct reference *reference, const struct id_map *map,
			     bool *ret_delegated)
{
	size_t text = 0;

	*ret_delegated = false;
	for (size_t i = 0; i < map->count; i++) {
		const struct id_triple *t = &map->triple[i];
		uint64_t end = (uint64_t)t->outside + t->count;
		uint32_t own = kind == ID_UID ? caller->uid : caller->gid;
		bool owned = reference_owns(reference, t->outside, end);

		if (t->count == 0 || end > UINT32_MAX ||
		    (uint64_t)t->inside + t->count > UINT32_MAX)
			return false;
		if (caller->uid != 0 && t->outside == 0)
			return false;
		if (!owned && !(t->count == 1 && t->outside == own))
			return false;
		*ret_delegated |= owned;
		for (size_t j = 0; j < map->count; j++)
			if (i != j && !(apart(t->inside, t->count, map->triple[j].inside,
					      map->triple[j].count) &&
					apart(t->outside, t->count, map->triple[j].outside,
					      map->triple[j].count)))
				return false;
		text += (size_t)snprintf(NULL, 0, "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n",
					 t->inside, t->outside, t->count);
	}
	return map->count > 0 && text <= ID_MAP_TEXT_MAX;
}

static void check_text(const struct id_map *map)
{
	static char text[ID_MAP_TEXT_MAX];
	static char wanted[ID_MAP_TRIPLES_MAX * 40];
	size_t length = policy_render_map(map, text);
	size_t at = 0;

	for (size_t i = 0; i < map->count; i++)
		at += (size_t)snprintf(
			wanted + at, sizeof(wanted) - at, "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n",
			map->triple[i].inside, map->triple[i].outside, map->triple[i].count);
	if (at > ID_MAP_TEXT_MAX)
		require(length == 0, "a text that is too long is none");
	else
		require(length == at && memcmp(text, wanted, at) == 0, "the text says the map");
}

static void check_ranges(const struct id_ranges *ranges)
{
	for (size_t i = 1; i < ranges->count; i++)
		require((uint64_t)ranges->range[i - 1].start + ranges->range[i - 1].count <
				ranges->range[i].start,
			"ranges are sorted, disjoint and never adjacent");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reference reference;
	static struct id_ranges ranges;
	static struct id_map map;
	struct input input = { data, size };
	const struct id_caller caller = { .uid = eat(&input, 1), .gid = eat(&input, 1) };
	enum id_kind kind = eat(&input, 1) & 1 ? ID_GID : ID_UID;
	size_t n_lines = eat(&input, 1) % LINES_MAX;
	struct verdict verdict;
	bool wanted_delegated;
	bool delegated;
	bool wanted;

	ranges.count = 0;
	reference.n_lines = 0;
	for (size_t i = 0; i < n_lines; i++) {
		struct subid_range range = { .start = eat_id(&input), .count = eat_id(&input) };

		/* what subid_scan() never lets through */
		if (range.count == 0 || range.count > UINT32_MAX - range.start)
			continue;
		reference.line[reference.n_lines++] = range;
		require(id_ranges_add(&ranges, &range), "there is room for so few lines");
	}
	check_ranges(&ranges);
	map.count = 0;
	while (input.size > 0 && map.count < ID_MAP_TRIPLES_MAX) {
		struct id_triple *triple = &map.triple[map.count++];

		triple->inside = eat_id(&input);
		triple->outside = eat_id(&input);
		triple->count = eat_id(&input);
	}
	check_text(&map);
	verdict = policy_check_map(kind, &caller, &ranges, &map, &delegated);
	wanted = reference_allows(kind, &caller, &reference, &map, &wanted_delegated);
	require((verdict.refusal == REFUSAL_NONE) == wanted, "both decide alike");
	require(!wanted || delegated == wanted_delegated, "both see where the ids come from");
	require(verdict.triple == NO_TRIPLE || (size_t)verdict.triple < map.count,
		"a triple that is complained about exists");
	return 0;
}
