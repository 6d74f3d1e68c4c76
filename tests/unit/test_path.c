// SPDX-License-Identifier: Apache-2.0
/* Paths as texts. */
#include "base/path.h"

#include "tests/unit/check.h"

static void test_normalize(struct arena *arena)
{
	static const char *const rows[][2] = {
		{ "/", "/" },
		{ "//", "/" },
		{ "/.", "/" },
		{ "/..", "/" },
		{ "/../../etc", "/etc" },
		{ "/a", "/a" },
		{ "/a/", "/a" },
		{ "//a///b//", "/a/b" },
		{ "/a/./b/.", "/a/b" },
		{ "/a/../b", "/b" },
		{ "/a/b/..", "/a" },
		{ "/a/b/../..", "/" },
		{ "/a/b/../../../c", "/c" },
		{ "/...", "/..." },
		{ "/..a/.b", "/..a/.b" },
		{ "/a b/\n", "/a b/\n" },
		{ "/aa/../b/cc/..", "/b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *clean = path_normalize(arena, rows[i][0]);

		CHECK_CASE(rows[i][0]);
		CHECK_STR(clean, rows[i][1]);
		CHECK_STR(path_normalize(arena, clean), clean);
	}
}

static void test_join(struct arena *arena)
{
	CHECK_CASE("path_join");
	CHECK_STR(path_join(arena, "/home/alice", "rootfs"), "/home/alice/rootfs");
	CHECK_STR(path_join(arena, "/home/alice", "../bob/./x"), "/home/bob/x");
	CHECK_STR(path_join(arena, "/home/alice", "/etc//x"), "/etc/x");
	CHECK_STR(path_join(arena, "/home/alice", "."), "/home/alice");
	CHECK_STR(path_join(arena, "/", "a"), "/a");
	CHECK_STR(path_join(arena, "/home", ""), "/home");
}

static void test_below(void)
{
	CHECK_CASE("path_is_below");
	CHECK(path_is_below("/dev", "/dev"));
	CHECK(path_is_below("/dev/shm", "/dev"));
	CHECK(!path_is_below("/devices", "/dev"));
	CHECK(!path_is_below("/", "/dev"));
	CHECK(!path_is_below("/de", "/dev"));
	CHECK(path_is_below("/anything", "/"));
	CHECK(path_is_below("/", "/"));
	CHECK_CASE("path_depth");
	CHECK_UINT(path_depth("/"), 0);
	CHECK_UINT(path_depth("/a"), 1);
	CHECK_UINT(path_depth("/a/b/c"), 3);
}

int main(void)
{
	struct arena arena = CHECK_ARENA;

	test_normalize(&arena);
	test_join(&arena);
	test_below();
	arena_free_all(&arena);
	return check_end();
}
