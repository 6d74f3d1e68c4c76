// SPDX-License-Identifier: Apache-2.0
/* Paths as texts. Runs in: supervisor. */
#include "base/path.h"

#include "base/arena.h"
#include "base/parse.h"

#include <string.h>

char *path_normalize(struct arena *arena, const char *path)
{
	char *clean = arena_alloc(arena, strlen(path) + 2);
	size_t used = 0, length;
	const char *part;

	while ((part = parse_next_field(&path, '/', &length))) {
		if (length == 0 || field_equals(part, length, "."))
			continue;
		if (field_equals(part, length, "..")) {
			while (used > 0 && clean[--used] != '/')
				;
			continue;
		}
		clean[used++] = '/';
		memcpy(clean + used, part, length);
		used += length;
	}
	if (used == 0)
		clean[used++] = '/';
	clean[used] = '\0';
	return clean;
}

char *path_join(struct arena *arena, const char *directory, const char *path)
{
	if (path[0] == '/')
		return path_normalize(arena, path);
	return path_normalize(arena, arena_printf(arena, "%s/%s", directory, path));
}

bool path_is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (length == 1)
		return true; /* "/" */
	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '\0' || path[length] == '/');
}

size_t path_depth(const char *path)
{
	size_t depth = 0;

	for (const char *at = path; *at; at++)
		depth += *at == '/' && at[1] != '\0';
	return depth;
}
