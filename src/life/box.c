// SPDX-License-Identifier: Apache-2.0
/*
 * What boxes there are: a file for each below the configuration directory, which outlives the
 * machine's restart, and may be looked at and removed by hand. Runs in: nsrun.
 */
#include "life/box.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "config/json.h"
#include "life/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOX_VERSION 1
#define DEPTH_MAX   16 /* of what programs leave in a runtime directory */

/* --- the directory of definitions --- */

static const char *configuration(struct arena *arena)
{
	const char *directory = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (directory && directory[0] == '/')
		return directory;
	return home && home[0] == '/' ? arena_printf(arena, "%s/.config", home) : NULL;
}

static int enter(int parent, const char *name, bool make)
{
	auto_close int own = parent;

	if (make && mkdirat(own, name, 0700) < 0 && errno != EEXIST)
		return -1;
	return openat(own, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* -1 with errno */
static int open_definitions(struct arena *arena, bool make)
{
	const char *directory = configuration(arena);
	int fd;

	if (!directory)
		return errno = ENOENT, -1;
	if (make && mkdirat(AT_FDCWD, directory, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		fd = enter(fd, "nsrun", make);
	return fd < 0 ? -1 : enter(fd, "boxes", make);
}

/* --- one definition --- */

static const char *get_text(const struct json_value *map, const char *key)
{
	const struct json_value *value = json_member(map, key);

	return json_is(value, JSON_STRING) ? value->text : NULL;
}

static int read_definition(struct arena *arena, int dir, struct box *box)
{
	const struct json_value *map, *list;
	struct error unused;
	size_t length;
	char *text = store_read_file(arena, dir, box->name, &length);

	if (!text || json_read_own(arena, text, length, &map, &unused) < 0 ||
	    !json_is(map, JSON_MAP))
		return -1;
	box->rootfs = get_text(map, "rootfs");
	box->cwd = get_text(map, "cwd");
	list = json_member(map, "options");
	for (const struct json_value *at = json_is(list, JSON_LIST) ? list->first : NULL; at;
	     at = at->next)
		if (json_is(at, JSON_STRING))
			*array_push(arena, &box->argv) = at->text;
	return box->rootfs && box->cwd ? 0 : -1;
}

int box_find(struct arena *arena, const char *name, struct box *ret, struct error *err)
{
	auto_close int dir = -1;
	struct stat st;

	*ret = (struct box){ .name = name };
	if (container_name_check(name, err) < 0)
		return -1;
	dir = open_definitions(arena, false);
	if (dir < 0 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (read_definition(arena, dir, ret) == 0)
		return 1;
	error_set(err, "box-damaged", 0, "the file '%s/nsrun/boxes/%s' of the box '%s' is not what "
		  "nsrun wrote", configuration(arena), name, name);
	return error_set_arg(err, "%s", name);
}

/* a ".." after a symbolic link is the kernel's to resolve */
static const char *absolute(struct arena *arena, const struct box *box)
{
	if (!strstr(box->rootfs, ".."))
		return path_join(arena, box->cwd, box->rootfs);
	return box->rootfs[0] == '/' ? box->rootfs :
				       arena_printf(arena, "%s/%s", box->cwd, box->rootfs);
}

void box_locate(struct arena *arena, struct box *box)
{
	box->rootfs = absolute(arena, box);
}

int box_define(struct arena *arena, const struct box *box, struct error *err)
{
	auto_close int dir = open_definitions(arena, true);
	struct json *json = json_begin();
	const char *text;

	json_map(json, NULL);
	json_number(json, "version", BOX_VERSION);
	json_string(json, "rootfs", box->rootfs);
	json_string(json, "cwd", box->cwd);
	json_list(json, "options");
	for (size_t i = 0; i < box->argv.n; i++)
		json_string(json, NULL, box->argv.v[i]);
	json_list_end(json);
	json_map_end(json);
	text = json_end(json, arena);
	if (dir < 0 || file_replace(dir, box->name, text, strlen(text)) < 0) {
		const char *directory = configuration(arena);

		return error_set(err, "box-write", errno,
				 "cannot write down the box '%s' in '%s/nsrun/boxes'", box->name,
				 directory ? directory : "$HOME/.config");
	}
	return 0;
}

int box_forget(struct arena *arena, const char *name, struct error *err)
{
	auto_close int dir = open_definitions(arena, false);

	if (dir >= 0 && unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return error_set(err, "box-write", errno, "cannot remove the file of the box '%s'",
				 name);
	return 0;
}

/* --- all of them --- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct box *)a)->name, ((const struct box *)b)->name);
}

int box_list(struct arena *arena, nsrun_boxes *ret, struct error *err)
{
	int dir = open_definitions(arena, false);
	DIR *stream = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *entry;
	struct error unused;

	*ret = (nsrun_boxes){ .n = 0 };
	if (!stream)
		return dir < 0 && (errno == ENOENT || errno == ENOTDIR) ?
			       0 :
			       error_set(err, "box-write", errno, "cannot list the boxes");
	while ((entry = readdir(stream))) {
		struct box *box;

		if (entry->d_name[0] == '.' || container_name_check(entry->d_name, &unused) < 0)
			continue;
		box = array_push(arena, ret);
		*box = (struct box){ .name = arena_strdup(arena, entry->d_name) };
		if (read_definition(arena, dirfd(stream), box) < 0)
			box->rootfs = NULL;
	}
	closedir(stream);
	if (ret->n > 0)
		qsort(ret->v, ret->n, sizeof(ret->v[0]), by_name);
	return 0;
}

/* --- one at a time --- */

/* the lock of a directory that was removed meanwhile is worth nothing */
static bool is_there(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_nlink > 0;
}

int box_lock(struct arena *arena, const char *name, struct error *err)
{
	for (;;) {
		struct box_places places;
		auto_close int lock = -1;

		if (box_open_places(arena, name, &places, err) < 0)
			return -1;
		lock = take_fd(&places.v[0].fd);
		box_close_places(&places);
		if (flock(lock, LOCK_EX) == 0 && is_there(lock))
			return take_fd(&lock);
		if (errno != EINTR && is_there(lock))
			return error_set(err, "state-directory", errno,
					 "cannot lock the box '%s'", name);
	}
}

void box_unlock(int lock)
{
	flock(lock, LOCK_UN);
	fd_close(lock);
}

/* --- what it has in the state directories --- */

static void empty(int dir, int depth)
{
	DIR *stream = fdopendir(dir);
	const struct dirent *entry;

	if (!stream) {
		fd_close(dir);
		return;
	}
	while ((entry = readdir(stream))) {
		const char *name = entry->d_name;
		int below;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		    unlinkat(dirfd(stream), name, 0) == 0)
			continue;
		below = openat(dirfd(stream), name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0 && depth > 0)
			empty(below, depth - 1);
		else
			fd_close(below);
		unlinkat(dirfd(stream), name, AT_REMOVEDIR);
	}
	closedir(stream);
}

void box_discard(struct arena *arena, const char *name)
{
	struct box_places places;
	struct error unused;

	if (box_open_places(arena, name, &places, &unused) < 0)
		return;
	for (size_t i = 0; i < places.n; i++) {
		auto_close int boxes =
			openat(places.v[i].fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		empty(take_fd(&places.v[i].fd), DEPTH_MAX);
		unlinkat(boxes, name, AT_REMOVEDIR);
	}
}
