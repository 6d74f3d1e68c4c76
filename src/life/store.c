// SPDX-License-Identifier: Apache-2.0
/* Where containers are kept. Runs in: nsrun. */
#include "life/store.h"

#include "base/arena.h"
#include "base/errnum.h"
#include "base/fd.h"
#include "sys/syscalls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONTAINERS     "containers"
#define BOXES	       "boxes"
#define NETWORKS       "networks"
#define SWEEP_AGE_S    5
#define DISCARD_TRIES  4

/* struct place - @parent must exist; @name is made in it */
struct place {
	const char *parent;
	const char *name;
	bool shared; /* the parent is everybody's: whoever made @name must be looked at closely */
};

static size_t list_places(struct arena *arena, struct place places[STORE_PLACES_MAX])
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *logind = arena_printf(arena, "/run/user/%u", geteuid());
	size_t n = 0;

	if (runtime && runtime[0] == '/' && strcmp(runtime, logind) != 0)
		places[n++] = (struct place){ runtime, "nsrun", false };
	places[n++] = (struct place){ logind, "nsrun", false };
	if (geteuid() == 0)
		places[n++] = (struct place){ "/run", "nsrun", false };
	places[n++] = (struct place){ "/tmp", arena_printf(arena, "nsrun-%u", geteuid()), true };
	return n;
}

static bool is_own(int fd, mode_t forbidden)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & forbidden);
}

static int open_directory(int dirfd, const char *name)
{
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* -1 with errno: ENOENT: not there; EPERM: there, and not to be trusted */
static int open_place(const struct place *place, const char *directory, bool make)
{
	auto_close int parent = openat(AT_FDCWD, place->parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_close int own = -1;

	if (parent < 0)
		return -1;
	if (!place->shared && !is_own(parent, 022))
		return errno = ENOENT, -1;
	if (make && mkdirat(parent, place->name, 0700) < 0 && errno != EEXIST)
		return -1;
	own = open_directory(parent, place->name);
	if (own < 0 && (errno == ELOOP || errno == ENOTDIR || errno == EACCES))
		return errno = EPERM, -1;
	if (own < 0)
		return -1;
	if (!is_own(own, 077))
		return errno = EPERM, -1;
	if (make && mkdirat(own, directory, 0700) < 0 && errno != EEXIST)
		return -1;
	return open_directory(own, directory);
}

/* two names of one directory: $XDG_RUNTIME_DIR may end in a slash, or be a link */
static bool has_place(const struct store *store, int fd)
{
	struct stat known, st;

	for (size_t i = 0; i < store->n; i++)
		if (fstat(store->fd[i], &known) == 0 && fstat(fd, &st) == 0 &&
		    known.st_ino == st.st_ino && known.st_dev == st.st_dev)
			return true;
	return false;
}

/* in /tmp somebody else may have taken our name: that is nothing of ours */
static bool may_hide_something(const struct place *place, const char *path, int errnum)
{
	struct stat st;

	if (errnum_is_shortage(errnum))
		return true;
	if (errnum == EPERM && !place->shared)
		return true;
	return errnum != ENOENT && fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_uid == geteuid();
}

static void open_all(struct arena *arena, const char *directory, struct store *ret)
{
	struct place places[STORE_PLACES_MAX];
	size_t n = list_places(arena, places);

	*ret = (struct store){ .n = 0 };
	for (size_t i = 0; i < n; i++) {
		int fd = open_place(&places[i], directory, false), errnum = errno;
		const char *path = arena_printf(arena, "%s/%s", places[i].parent, places[i].name);

		if (fd < 0 && !ret->closed && may_hide_something(&places[i], path, errnum)) {
			ret->closed = path;
			ret->errnum = errnum;
		}
		if (fd < 0 || has_place(ret, fd)) {
			fd_close(fd);
			continue;
		}
		ret->path[ret->n] = arena_printf(arena, "%s/%s", path, directory);
		ret->fd[ret->n++] = fd;
	}
}

int store_is_whole(const struct store *store, struct error *err)
{
	if (!store->closed)
		return 0;
	error_set(err, "state-directory", store->errnum, "cannot look into '%s'", store->closed);
	return error_set_arg(err, "%s", store->closed);
}

void store_open(struct arena *arena, struct store *ret)
{
	open_all(arena, CONTAINERS, ret);
}

void store_open_networks(struct arena *arena, struct store *ret)
{
	open_all(arena, NETWORKS, ret);
}

void store_close(struct store *store)
{
	for (size_t i = 0; i < store->n; i++)
		fd_close(store->fd[i]);
	store->n = 0;
}

/* somebody waits for us there: not a reason to look elsewhere in silence */
static int refuse_place(const struct place *place, int errnum, struct error *err)
{
	if (errnum == EPERM && place->shared)
		error_set(err, "state-directory", 0,
			  "'%s/%s' is not a directory that belongs to you alone", place->parent,
			  place->name);
	else
		error_set(err, "state-directory", errnum, "cannot keep containers in '%s/%s'",
			  place->parent, place->name);
	return error_set_arg(err, "%s/%s", place->parent, place->name);
}

static int open_first(struct arena *arena, const char *directory, bool shared,
		      const char **ret_path, struct error *err)
{
	struct place places[STORE_PLACES_MAX];
	size_t n = list_places(arena, places);
	bool ran_out;

	for (size_t i = 0; i < n; i++) {
		int fd;

		if (shared && !places[i].shared)
			continue;
		fd = open_place(&places[i], directory, true);
		*ret_path = arena_printf(arena, "%s/%s/%s", places[i].parent, places[i].name,
					 directory);
		if (fd >= 0)
			return fd;
		ran_out = errnum_is_shortage(errno);
		refuse_place(&places[i], errno, err);
		if (ran_out)
			return -1; /* it is the place: what is kept elsewhere would not be found */
	}
	return -1;
}

int store_open_first(struct arena *arena, struct error *err)
{
	const char *path;

	return open_first(arena, CONTAINERS, false, &path, err);
}

int store_open_boxes(struct arena *arena, bool shared, const char **ret_path, struct error *err)
{
	return open_first(arena, BOXES, shared, ret_path, err);
}

int store_open_first_network(struct arena *arena, struct error *err)
{
	const char *path;

	return open_first(arena, NETWORKS, false, &path, err);
}

/* RENAME_NOREPLACE is what makes one of many win; not every file system has it */
int store_publish(int containers, const char *from, const char *name)
{
	if (renameat2(containers, from, containers, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* rename(2) onto a directory works only while that is empty, which a container's never is
	 */
	if (renameat(containers, from, containers, name) == 0)
		return 0;
	if (errno == ENOTEMPTY)
		errno = EEXIST;
	return -1;
}

const char *container_state_directory(struct arena *arena)
{
	struct store store;
	const char *path;

	store_open(arena, &store);
	path = store.n > 0 ? store.path[0] : NULL;
	store_close(&store);
	return path;
}

char *store_read_file(struct arena *arena, int dir, const char *name, size_t *ret_length)
{
	auto_close int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	ssize_t n;
	char *text;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISREG(st.st_mode))
		return errno = EINVAL, NULL;
	if (st.st_size < 0 || (size_t)st.st_size > STORE_FILE_MAX)
		return errno = EFBIG, NULL;
	text = arena_alloc(arena, (size_t)st.st_size + 1);
	n = fd_read_full(fd, text, (size_t)st.st_size);
	if (n < 0)
		return NULL;
	*ret_length = (size_t)n;
	return text;
}

/* a container's directory is flat */
static int empty(int dir)
{
	DIR *stream = fdopendir(fcntl(dir, F_DUPFD_CLOEXEC, 3));
	const struct dirent *entry;

	if (!stream)
		return -1;
	rewinddir(stream); /* the offset is shared with @dir */
	while ((entry = readdir(stream))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dir, entry->d_name, 0) < 0 && errno == EISDIR)
			unlinkat(dir, entry->d_name, AT_REMOVEDIR);
	}
	closedir(stream);
	return 0;
}

int store_discard(int containers, const char *name)
{
	auto_close int dir = open_directory(containers, name);

	if (dir < 0)
		return -1;
	/* who opened it before it lost its name may make a last file in it: the lock's */
	for (int i = 0; i < DISCARD_TRIES; i++) {
		if (empty(dir) < 0)
			return -1;
		if (unlinkat(containers, name, AT_REMOVEDIR) == 0)
			return 0;
		if (errno != ENOTEMPTY && errno != EEXIST)
			return -1;
	}
	return -1;
}

int store_lock_directory(int dir)
{
	return flock(dir, LOCK_EX | LOCK_NB);
}

/*
 * A name that begins with a dot is none: its maker, if alive, holds the lock, but for the moment
 * between making and locking it.
 */
static void sweep_one(int containers, const char *name)
{
	auto_close int dir = open_directory(containers, name);
	struct stat st;

	if (dir >= 0 && fstat(dir, &st) == 0 && time(NULL) - st.st_mtime > SWEEP_AGE_S &&
	    store_lock_directory(dir) == 0)
		store_discard(containers, name);
}

void store_sweep(int containers)
{
	DIR *stream = fdopendir(openat(containers, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;

	if (!stream)
		return;
	while ((entry = readdir(stream)))
		if (entry->d_name[0] == '.' && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			sweep_one(containers, entry->d_name);
	closedir(stream);
}
