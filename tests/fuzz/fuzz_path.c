// SPDX-License-Identifier: Apache-2.0
/*
 * Paths as texts: a normal path has no ".", ".." or empty part and stays what it is, and joining never
 * leads above the root. Two paths, with a newline between them.
 */
#include "base/path.h"
#include "tests/fuzz/fuzz.h"

static void check_normal(struct arena *arena, const char *path)
{
	size_t length = strlen(path);

	REQUIRE(path[0] == '/' && !strstr(path, "//") && !strstr(path, "/./") &&
		!strstr(path, "/../"));
	REQUIRE(length == 1 || path[length - 1] != '/');
	REQUIRE(length < 2 || strcmp(path + length - 2, "/.") != 0);
	REQUIRE(length < 3 || strcmp(path + length - 3, "/..") != 0);
	REQUIRE(strcmp(path_normalize(arena, path), path) == 0);
	REQUIRE(path_is_below(path, "/") && path_is_below(path, path));
	REQUIRE((path_depth(path) == 0) == (length == 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = FUZZ_ARENA;
	char *text = arena_strndup(&arena, (const char *)data, size);
	char *newline = strchr(text, '\n');
	const char *second = newline ? newline + 1 : "", *one, *other;

	if (newline)
		*newline = '\0';
	one = path_join(&arena, "/", text);
	other = path_join(&arena, one, second);
	check_normal(&arena, one);
	check_normal(&arena, other);
	/* without ".." a relative path stays below */
	if (second[0] != '/' && !strstr(second, ".."))
		REQUIRE(path_is_below(other, one) && path_depth(other) >= path_depth(one));
	if (path_is_below(one, other) && path_is_below(other, one))
		REQUIRE(strcmp(one, other) == 0);
	arena_free_all(&arena);
	return 0;
}
