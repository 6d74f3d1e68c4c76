// SPDX-License-Identifier: Apache-2.0
/* Id maps. Runs in: supervisor; the predicates also in init. */
#include "sys/idmap.h"

#include "base/arena.h"
#include "base/decimal.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static bool ranges_overlap(uint32_t a, uint32_t a_count, uint32_t b, uint32_t b_count)
{
	return (uint64_t)a < (uint64_t)b + b_count && (uint64_t)b < (uint64_t)a + a_count;
}

/* three numbers, each with what follows it, and the NUL */
#define LINE_SIZE (3 * DECIMAL_U32_SIZE + 1)

/* returns the place of the NUL */
static char *render_line(char *ret_line, const struct idmap *map)
{
	const uint32_t numbers[] = { map->inside, map->outside, map->count };

	for (size_t i = 0; i < 3; i++) {
		ret_line = decimal_u32(ret_line, numbers[i]);
		*ret_line++ = i == 2 ? '\n' : ' ';
	}
	*ret_line = '\0';
	return ret_line;
}

bool idmap_fits(const struct idmap *maps, size_t n)
{
	char line[LINE_SIZE];
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		length += (size_t)(render_line(line, &maps[i]) - line);
	return n <= IDMAP_EXTENTS_MAX && length <= IDMAP_TEXT_MAX;
}

int idmap_check(const char *what, const struct idmap *maps, size_t n, struct error *err)
{
	if (n > IDMAP_EXTENTS_MAX)
		return error_set(err, "idmap-too-many", 0, "%s has %zu ranges; the kernel takes %d",
				 what, n, IDMAP_EXTENTS_MAX);
	if (!idmap_fits(maps, n))
		return error_set(err, "idmap-too-many", 0,
				 "the %zu ranges of %s do not fit into the %d bytes that the kernel "
				 "takes",
				 n, what, IDMAP_TEXT_MAX);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct idmap *a = &maps[j], *b = &maps[i];
			bool inside = ranges_overlap(a->inside, a->count, b->inside, b->count);

			if (!inside && !ranges_overlap(a->outside, a->count, b->outside, b->count))
				continue;
			return error_set(err, "idmap-overlap", 0,
					 "%s '%u:%u:%u' and '%u:%u:%u' overlap %s the container", what,
					 a->inside, a->outside, a->count, b->inside, b->outside,
					 b->count, inside ? "inside" : "outside");
		}
	}
	return 0;
}

const char *idmap_render(struct arena *arena, const struct idmap *maps, size_t n)
{
	char *text = arena_alloc(arena, n * LINE_SIZE + 1), *end = text;

	for (size_t i = 0; i < n; i++)
		end = render_line(end, &maps[i]);
	return text;
}

uint32_t idmap_to_outside(const struct idmap *maps, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (id >= maps[i].inside && id - maps[i].inside < maps[i].count)
			return maps[i].outside + (id - maps[i].inside);
	return ID_NONE;
}

bool idmap_has_inside(const struct idmap *maps, size_t n, uint32_t id)
{
	return idmap_to_outside(maps, n, id) != ID_NONE;
}

bool idmap_has_outside(const struct idmap *maps, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (id >= maps[i].outside && id - maps[i].outside < maps[i].count)
			return true;
	return false;
}

int idmap_parse_proc(struct arena *arena, const char *text, nsrun_idmaps *ret_maps)
{
	while (*text) {
		uint64_t numbers[3];

		for (size_t i = 0; i < 3; i++) {
			size_t length;

			text += strspn(text, " ");
			length = strcspn(text, " \n");
			if (parse_decimal(text, length, UINT32_MAX, &numbers[i]) < 0)
				return -1;
			text += length;
		}
		if (*text++ != '\n')
			return -1;
		*array_push(arena, ret_maps) = (struct idmap){
			(uint32_t)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2]
		};
	}
	return 0;
}

static int write_file(int dirfd, const char *name, const char *text, struct error *err)
{
	if (file_write_once(dirfd, name, text, strlen(text)) < 0)
		return error_set(err, "idmap-write", errno, "cannot write '%s' to the %s of init",
				 text, name);
	return 0;
}

int idmap_write(pid_t pid, const char *uid_text, const char *gid_text, bool deny_setgroups,
		struct error *err)
{
	auto_close int dirfd = -1;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dirfd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return error_set(err, "idmap-write", errno, "cannot open '%s'", path);
	if (deny_setgroups && write_file(dirfd, "setgroups", "deny", err) < 0)
		return -1;
	if (write_file(dirfd, "gid_map", gid_text, err) < 0)
		return -1;
	return write_file(dirfd, "uid_map", uid_text, err);
}
