// SPDX-License-Identifier: Apache-2.0
/* Places in a root file system that is not trusted. Runs in: init. */
#include "sys/rootfs.h"

#include "base/fd.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define LINKS_MAX 40 /* as the kernel's own */

static int make_entry(int parent, const char *name, bool directory)
{
	int fd;

	if (directory)
		return mkdirat(parent, name, 0755);
	fd = openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	fd_close(fd);
	return 0;
}

/*
 * The last name of @path exists as a link to nowhere: put the link's text in its place, so that
 * what it points to can be made. Still a text; the kernel resolves it inside the root again.
 */
static int replace_by_link(int parent, char path[PATH_MAX], size_t name_at, const char *rest)
{
	char link[PATH_MAX], tail[PATH_MAX];
	ssize_t length = readlinkat(parent, path + name_at, link, sizeof(link) - 1);
	int written;

	if (length < 0)
		return -1;
	link[length] = '\0';
	if (snprintf(tail, sizeof(tail), "%s%s%s", link, *rest ? "/" : "", rest) >= PATH_MAX)
		goto too_long;
	if (link[0] == '/')
		name_at = 0;
	written = snprintf(path + name_at, PATH_MAX - name_at, "%s", tail);
	if (written < 0 || (size_t)written >= PATH_MAX - name_at)
		goto too_long;
	return 0;
too_long:
	errno = ENAMETOOLONG;
	return -1;
}

/*
 * Make what is missing of @path: the longest part that exists is opened, then one name is made in
 * it by descriptor. Returns 1 when something was done and the caller should look again.
 */
static int make_next(int root, char path[PATH_MAX], bool directory)
{
	size_t at = strspn(path, "/"), length = strlen(path);

	while (at < length) {
		size_t name_length = strcspn(path + at, "/");
		char *end = path + at + name_length;
		bool last = end[strspn(end, "/")] == '\0';
		char saved = *end;
		auto_close int here = -1;
		auto_close int parent = -1;
		int result = 0;

		*end = '\0';
		here = sys_open_in_root(root, path, O_PATH | O_CLOEXEC);
		if (here < 0 && errno == ENOENT) {
			char first = path[at];

			path[at] = '\0';
			parent = sys_open_in_root(root, at ? path : ".",
						  O_PATH | O_DIRECTORY | O_CLOEXEC);
			path[at] = first;
			result = parent < 0 ? -1 : 1;
			if (result > 0 && make_entry(parent, path + at, last ? directory : true) < 0)
				result = errno != EEXIST ? -1 :
					 replace_by_link(parent, path, at,
							 saved ? end + 1 : "") < 0 ? -1 : 2;
		} else if (here < 0) {
			result = -1;
		}
		if (result != 2)
			*end = saved;
		if (result != 0)
			return result;
		at += name_length;
		at += strspn(path + at, "/");
	}
	return 0;
}

/* a function of its own, for the many pages of stack that a path's making takes and a path's opening does not */
static __attribute__((noinline)) int make_and_open(int root, const char *wanted, bool directory)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s", wanted) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (int steps = 0; steps < LINKS_MAX + PATH_MAX / 2; steps++) {
		int fd = sys_open_in_root(root, path, O_PATH | O_CLOEXEC);

		if (fd >= 0 || errno != ENOENT)
			return fd;
		if (make_next(root, path, directory) < 0)
			return -1;
	}
	errno = ELOOP;
	return -1;
}

static int open_or_make(int root, const char *wanted, bool directory)
{
	int fd = sys_open_in_root(root, wanted, O_PATH | O_CLOEXEC);

	return fd >= 0 || errno != ENOENT ? fd : make_and_open(root, wanted, directory);
}

int rootfs_place(int root, const char *path, bool directory, struct error *err)
{
	auto_close int fd = open_or_make(root, path, directory);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, "mount-place", errno,
				 "cannot make '%s' in the root file system", path);
	if (S_ISDIR(st.st_mode) != directory)
		return error_set(err, "mount-destination", 0,
				 "'%s' in the root file system is a %s, and what is to be mounted "
				 "there is a %s",
				 path, directory ? "file" : "directory",
				 directory ? "directory" : "file");
	return take_fd(&fd);
}

int rootfs_make_child(int directory_fd, const char *name, bool directory, struct error *err)
{
	if ((directory ? mkdirat(directory_fd, name, 0755) :
			 mknodat(directory_fd, name, S_IFREG | 0644, 0)) < 0)
		return error_set(err, "mount-destination", errno, "cannot make '%s'", name);
	return 0;
}

static int open_plain(int root, const char *path)
{
	return sys_open_child(root, path + strspn(path, "/"), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int rootfs_place_strict(int root, const char *path, struct error *err)
{
	auto_close int made = -1;
	int plain = open_plain(root, path);

	if (plain >= 0)
		return plain;
	made = rootfs_place(root, path, true, err);
	if (made < 0)
		return -1;
	plain = open_plain(root, path);
	if (plain < 0)
		return error_set(err, "mount-destination", errno,
				 "'%s' in the root file system is not a plain directory", path);
	return plain;
}

static bool same_mount(const char *path, int fd)
{
	struct statx one, other;

	return statx(AT_FDCWD, path, 0, STATX_MNT_ID, &one) == 0 &&
	       statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &other) == 0 &&
	       one.stx_mnt_id == other.stx_mnt_id;
}

int rootfs_pivot(int root, struct error *err)
{
	/* pivot_root(2): with "." for both, the old root lies on top of the new one, nameless */
	if (fchdir(root) < 0 || sys_pivot_root(".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
	    chdir("/") < 0)
		return error_set(err, "pivot", errno, "cannot enter the root file system");
	/* "/" is the root itself, but "/.." is what lies on top of it: nothing may */
	if (!same_mount("/..", root))
		return error_set(err, "pivot", 0, "the host's root did not go away");
	return 0;
}
