// SPDX-License-Identifier: Apache-2.0
/*
 * Id maps: a user with any subordinate ranges, any of the modes and any explicit maps never gets
 * an id that is not his; the text of /proc is read as it was written; --uidmap takes what it
 * prints.
 */
#include "sys/idmap.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/plan_fixture.h"

#define RANGES_MAX 12

static bool owned(const struct host *host, const nsrun_subids *ranges, uint64_t id)
{
	if (id == host->uid)
		return true;
	for (size_t i = 0; i < ranges->n; i++)
		if (id >= ranges->v[i].start && id - ranges->v[i].start < ranges->v[i].count)
			return true;
	return false;
}

static void check_maps(const struct host *host, const nsrun_idmaps *maps, const char *text,
		       const nsrun_subids *ranges)
{
	struct error err;

	REQUIRE(maps->n > 0);
	REQUIRE(idmap_check("map", maps->v, maps->n, &err) == 0);
	REQUIRE(strlen(text) <= IDMAP_TEXT_MAX);
	for (size_t i = 0; i < maps->n; i++) {
		uint64_t first = maps->v[i].outside, last = first + maps->v[i].count - 1;

		REQUIRE(maps->v[i].count > 0 && last < ID_NONE);
		REQUIRE((uint64_t)maps->v[i].inside + maps->v[i].count <= ID_NONE);
		/* what is owned ends where a range ends: those edges and both ends are enough */
		REQUIRE(owned(host, ranges, first) && owned(host, ranges, last));
		for (size_t j = 0; j < ranges->n; j++) {
			uint64_t past = (uint64_t)ranges->v[j].start + ranges->v[j].count;

			REQUIRE(past < first || past > last || owned(host, ranges, past));
		}
	}
}

/* small numbers, so that ranges meet */
static uint32_t any_id(const uint8_t **data, size_t *size)
{
	uint8_t kind = fuzz_byte(data, size);

	if (kind < 200)
		return kind;
	return kind < 230 ? ID_NONE - 1 - fuzz_byte(data, size) : fuzz_u32(data, size);
}

static void read_ranges(struct arena *arena, nsrun_subids *ranges, const uint8_t **data,
			size_t *size)
{
	for (size_t n = fuzz_byte(data, size) % RANGES_MAX; n > 0; n--) {
		uint32_t start = any_id(data, size), count = any_id(data, size);

		/* what subid_scan() lets through */
		if (count > 0 && start < ID_NONE && count <= ID_NONE - start)
			*array_push(arena, ranges) = (struct subid_range){ start, count };
	}
}

static void plan_maps(const uint8_t *data, size_t size)
{
	static const char *const modes[] = { "private", "keep-id", "nomap" };
	struct arena arena = FUZZ_ARENA;
	struct plan plan = { .arena = &arena };
	struct spec spec;
	struct host host;
	struct error err;

	spec_init(&spec, &arena, ACTION_UNSHARE);
	machine_make("alice-no-subids", &spec, &host);
	host.uid = host.gid = any_id(&data, &size) % ID_NONE;
	spec_set_userns(&spec, modes[fuzz_byte(&data, &size) % 3], &err);
	if (fuzz_byte(&data, &size) & 1)
		spec.keep_id_uid = any_id(&data, &size) % ID_NONE;
	read_ranges(&arena, &host.subuids.ranges, &data, &size);
	read_ranges(&arena, &host.subgids.ranges, &data, &size);
	for (size_t n = fuzz_byte(&data, &size) % 4; n > 0; n--) {
		uint32_t inside = any_id(&data, &size), outside = any_id(&data, &size);
		const char *text =
			arena_printf(&arena, "%u:%u:%u", inside, outside, any_id(&data, &size));

		if (fuzz_byte(&data, &size) & 1)
			spec_add_uidmap(&spec, text, &err);
		else
			spec_add_gidmap(&spec, text, &err);
	}
	if (spec_check(&spec, &err) == 0 && plan_build_identity(&spec, &host, &plan, &err) == 0) {
		check_maps(&host, &plan.uid_maps, plan.uid_map_text, &host.subuids.ranges);
		check_maps(&host, &plan.gid_maps, plan.gid_map_text, &host.subgids.ranges);
		REQUIRE(idmap_has_inside(plan.uid_maps.v, plan.uid_maps.n, plan.setup_uid));
	}
	arena_free_all(&arena);
}

static void read_texts(const uint8_t *data, size_t size)
{
	struct arena arena = FUZZ_ARENA;
	const char *text = arena_strndup(&arena, (const char *)data, size);
	nsrun_idmaps maps = { .n = 0 }, again = { .n = 0 };
	struct spec spec;
	struct error err;

	if (idmap_parse_proc(&arena, text, &maps) == 0) {
		const char *rendered = idmap_render(&arena, maps.v, maps.n);

		REQUIRE(idmap_parse_proc(&arena, rendered, &again) == 0 && again.n == maps.n);
		REQUIRE(maps.n == 0 || memcmp(maps.v, again.v, maps.n * sizeof(maps.v[0])) == 0);
	}
	spec_init(&spec, &arena, ACTION_UNSHARE);
	if (spec_add_uidmap(&spec, text, &err) == 0) {
		const struct idmap *map = &spec.uid_maps.v[0];

		REQUIRE(map->count > 0 && map->count <= ID_NONE - map->inside &&
			map->count <= ID_NONE - map->outside);
		REQUIRE(spec_add_gidmap(&spec,
					arena_printf(&arena, "%u:@%u:%u", map->inside, map->outside,
						     map->count),
					&err) == 0);
		REQUIRE(memcmp(map, &spec.gid_maps.v[0], sizeof(*map)) == 0);
	}
	arena_free_all(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fuzz_byte(&data, &size) & 1)
		read_texts(data, size);
	else
		plan_maps(data, size);
	return 0;
}
