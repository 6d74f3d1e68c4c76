// SPDX-License-Identifier: Apache-2.0
/* Where a range of ids for one container is free. */
#include "life/ranges.h"

#include "tests/unit/check.h"

static struct subid_range own[] = { { 1000, 100 }, { 5000, 50 } };

static const struct {
	const char *name;
	struct subid_range used[4];
	uint32_t count;
	uint32_t first;
} cases[] = {
	{ "nothing used", { { 0 } }, 10, 1000 },
	{ "all of a line", { { 0 } }, 100, 1000 },
	{ "more than a line", { { 0 } }, 101, ID_NONE },
	{ "behind one", { { 1000, 10 } }, 10, 1010 },
	{ "between two", { { 1000, 10 }, { 1020, 10 } }, 10, 1010 },
	{ "too narrow between two", { { 1000, 10 }, { 1020, 10 } }, 11, 1030 },
	{ "in any order, overlapping", { { 1050, 50 }, { 1000, 30 }, { 1020, 35 } }, 40, 5000 },
	{ "the next line", { { 1000, 100 } }, 50, 5000 },
	{ "of another user's", { { 90, 10 }, { 7000, 9 } }, 10, 1000 },
	{ "full", { { 1000, 100 }, { 5000, 1 } }, 50, ID_NONE },
	{ "the last ids", { { 4294967000U, 294 } }, 10, 1000 },
};

static const struct {
	const char *name;
	struct subid_range range;
	bool part;
} maps[] = {
	{ "the first ids", { 1000, 10 }, true },
	{ "the last ids", { 5049, 1 }, true },
	{ "a whole line: the default map's", { 1000, 100 }, false },
	{ "more than a line", { 1000, 101 }, false },
	{ "begins in a line", { 5040, 11 }, false },
	{ "ends in a line", { 999, 2 }, false },
	{ "the caller himself", { 500, 1 }, false },
	{ "all ids: the host's own processes", { 0, 4294967295U }, false },
	{ "wraps", { 4294967290U, 4294967290U }, false },
};

int main(void)
{
	const nsrun_subids mine = { own, ARRAY_SIZE(own), 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		nsrun_subids used = { (struct subid_range *)cases[i].used, 0, 0 };

		while (used.n < 4 && used.v[used.n].count > 0)
			used.n++;
		CHECK_CASE(cases[i].name);
		CHECK_UINT(ranges_first_free(&mine, &used, cases[i].count), cases[i].first);
	}
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		CHECK_CASE(maps[i].name);
		CHECK_UINT(ranges_is_part(&mine, &maps[i].range), maps[i].part);
	}
	CHECK_CASE("nothing");
	CHECK_UINT(ranges_is_part(&mine, &(struct subid_range){ 1000, 0 }), false);
	return check_end();
}
