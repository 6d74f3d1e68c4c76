// SPDX-License-Identifier: Apache-2.0
/* Giving a whole tree to another owner. Runs in: init; does not allocate. */
#include "sys/chown_tree.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEPTH_MAX 128

static int chown_directory(int fd, uid_t uid, gid_t gid, int depth);

static int chown_entry(int directory, const char *name, uid_t uid, gid_t gid, int depth)
{
	auto_close int fd = -1;
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1; /* gone meanwhile */
	if ((st.st_uid != uid || st.st_gid != gid) &&
	    fchownat(directory, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return 0;
	fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -1 : chown_directory(fd, uid, gid, depth + 1);
}

/* getdents64(2) into the stack, since opendir(3) allocates */
static int chown_directory(int fd, uid_t uid, gid_t gid, int depth)
{
	char buffer[4096] __attribute__((aligned(16)));
	long n;

	if (depth > DEPTH_MAX) {
		errno = ELOOP;
		return -1;
	}
	while ((n = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buffer + at);
			bool self = strcmp(entry->d_name, ".") == 0 ||
				    strcmp(entry->d_name, "..") == 0;

			if (!self && chown_entry(fd, entry->d_name, uid, gid, depth) < 0)
				return -1;
			at += entry->d_reclen;
		}
	}
	return (int)n;
}

int chown_tree(int fd, uid_t uid, gid_t gid)
{
	auto_close int readable = -1;
	struct stat st;

	if (fstat(fd, &st) < 0 || fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return 0;
	readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return readable < 0 ? -1 : chown_directory(readable, uid, gid, 0);
}
