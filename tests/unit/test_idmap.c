// SPDX-License-Identifier: Apache-2.0
/* Id maps: overlaps, rendering, the text of /proc, both directions. */
#include "sys/idmap.h"

#include "tests/unit/check.h"

#define MAPS(...) ((const struct idmap[]){ __VA_ARGS__ })

static void check_pair(const char *name, struct idmap a, struct idmap b, const char *id)
{
	const struct idmap there[] = { a, b }, back[] = { b, a };
	struct error err = { .errnum = 0 };

	CHECK_CASE(name);
	if (!id) {
		CHECK_OK(idmap_check("--uidmap", there, 2, &err), &err);
		CHECK_OK(idmap_check("--uidmap", back, 2, &err), &err);
		return;
	}
	CHECK_FAILS(idmap_check("--uidmap", there, 2, &err), &err, id);
	CHECK(strstr(err.text, "--uidmap") != NULL);
	CHECK_FAILS(idmap_check("--uidmap", back, 2, &err), &err, id);
}

static void test_check(void)
{
	check_pair("apart", (struct idmap){ 0, 1000, 1 }, (struct idmap){ 1, 100000, 65536 }, NULL);
	check_pair("touching", (struct idmap){ 0, 10, 10 }, (struct idmap){ 10, 20, 10 }, NULL);
	check_pair("inside by one", (struct idmap){ 0, 100, 10 }, (struct idmap){ 9, 200, 10 },
		   "idmap-overlap");
	check_pair("outside by one", (struct idmap){ 0, 100, 10 }, (struct idmap){ 10, 109, 10 },
		   "idmap-overlap");
	check_pair("twice", (struct idmap){ 0, 100, 1 }, (struct idmap){ 0, 100, 1 },
		   "idmap-overlap");
	check_pair("one in the other", (struct idmap){ 0, 100, 100 }, (struct idmap){ 200, 150, 1 },
		   "idmap-overlap");
	check_pair("the last id", (struct idmap){ 0, 4294967294, 1 },
		   (struct idmap){ 4294967294, 0, 1 }, NULL);
	check_pair("the last id twice", (struct idmap){ 0, 4294967290, 5 },
		   (struct idmap){ 10, 4294967294, 1 }, "idmap-overlap");
	check_pair("nearly all", (struct idmap){ 0, 0, 4294967295 },
		   (struct idmap){ 4294967294, 4294967294, 1 }, "idmap-overlap");
}

static void test_many(void)
{
	static struct idmap maps[IDMAP_EXTENTS_MAX + 1];
	struct error err = { .errnum = 0 };

	for (uint32_t i = 0; i < ARRAY_SIZE(maps); i++)
		maps[i] = (struct idmap){ i, i * 2, 1 };
	CHECK_CASE("number of extents");
	CHECK_OK(idmap_check("x", maps, 0, &err), &err);
	CHECK_OK(idmap_check("x", NULL, 0, &err), &err);
	CHECK_OK(idmap_check("x", maps, IDMAP_EXTENTS_MAX, &err), &err);
	CHECK_FAILS(idmap_check("x", maps, IDMAP_EXTENTS_MAX + 1, &err), &err, "idmap-too-many");
}

static void test_render(struct arena *arena)
{
	nsrun_idmaps maps = { .n = 0 };

	CHECK_CASE("idmap_render");
	CHECK_STR(idmap_render(arena, NULL, 0), "");
	CHECK_STR(idmap_render(arena, MAPS({ 0, 1001, 1 }, { 1, 100000, 65535 }), 2),
		  "0 1001 1\n1 100000 65535\n");
	CHECK_STR(idmap_render(arena, MAPS({ 4294967294, 4294967294, 1 }), 1),
		  "4294967294 4294967294 1\n");
	CHECK_CASE("what is rendered is read again");
	CHECK_INT(idmap_parse_proc(arena, "0 1001 1\n1 100000 65535\n", &maps), 0);
	CHECK_STR(idmap_render(arena, maps.v, maps.n), "0 1001 1\n1 100000 65535\n");
}

static void test_translate(void)
{
	const struct idmap *maps =
		MAPS({ 0, 1001, 1 }, { 1, 100000, 65535 }, { 4294967290, 5000, 5 });

	CHECK_CASE("idmap_to_outside");
	CHECK_UINT(idmap_to_outside(maps, 3, 0), 1001);
	CHECK_UINT(idmap_to_outside(maps, 3, 1), 100000);
	CHECK_UINT(idmap_to_outside(maps, 3, 65535), 165534);
	CHECK_UINT(idmap_to_outside(maps, 3, 65536), ID_NONE);
	CHECK_UINT(idmap_to_outside(maps, 3, 4294967294), 5004);
	CHECK_UINT(idmap_to_outside(maps, 3, ID_NONE), ID_NONE);
	CHECK_UINT(idmap_to_outside(maps, 0, 0), ID_NONE);
	CHECK_CASE("idmap_has_inside");
	CHECK(idmap_has_inside(maps, 3, 0) && idmap_has_inside(maps, 3, 65535));
	CHECK(!idmap_has_inside(maps, 3, 65536) && !idmap_has_inside(maps, 3, ID_NONE));
}

static void test_parse_proc(struct arena *arena)
{
	static const char *const wrong[] = {
		"0",	     "0 0",	  "0 0 1",	"0 0 1 \n",
		"0 0 1 2\n", "0 0\n1\n",  "-1 0 1\n",	"0 4294967296 1\n",
		"\n",	     "0 0 1\n\n", "0 0 1\nx\n", "0\t0\t1\n",
		" \n",	     " ",
	};
	nsrun_idmaps maps = { .n = 0 };

	CHECK_CASE("a /proc file");
	CHECK_INT(idmap_parse_proc(arena, "         0          0 4294967295\n", &maps), 0);
	CHECK(maps.n == 1 && maps.v[0].inside == 0 && maps.v[0].outside == 0 &&
	      maps.v[0].count == UINT32_MAX);
	CHECK_CASE("an empty map");
	CHECK_INT(idmap_parse_proc(arena, "", &maps), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		maps.n = 0;
		CHECK_INT(idmap_parse_proc(arena, wrong[i], &maps), -1);
	}
}

int main(void)
{
	struct arena arena = CHECK_ARENA;

	test_check();
	test_many();
	test_render(&arena);
	test_translate();
	test_parse_proc(&arena);
	arena_free_all(&arena);
	return check_end();
}
