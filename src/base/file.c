// SPDX-License-Identifier: Apache-2.0
/* Reading and writing small files whole. Runs in every process. */
#include "base/file.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

ssize_t file_read(int dirfd, const char *path, char *buffer, size_t size)
{
	auto_close int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = fd_read_full(fd, buffer, size);
	if (n < 0)
		return -1;
	if ((size_t)n == size) {
		errno = EFBIG;
		return -1;
	}
	buffer[n] = '\0';
	return n;
}

ssize_t file_read_part(const char *path, char *buffer, size_t size)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, buffer, size - 1);

	buffer[n > 0 ? n : 0] = '\0';
	return n;
}

int file_write_once(int dirfd, const char *path, const char *value, size_t length)
{
	auto_close int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return -1;
	do
		n = write(fd, value, length);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	if ((size_t)n != length) {
		errno = EIO;
		return -1;
	}
	return 0;
}

static int write_synchronised(int dirfd, const char *name, const char *text, size_t length)
{
	auto_close int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
				   0600);

	if (fd < 0 || fd_write_all(fd, text, length) < 0)
		return -1;
	return fsync(fd);
}

int file_replace(int dirfd, const char *name, const char *text, size_t length)
{
	char temporary[256];
	int saved;

	if (snprintf(temporary, sizeof(temporary), "%s.tmp", name) >= (int)sizeof(temporary))
		return errno = ENAMETOOLONG, -1;
	if (write_synchronised(dirfd, temporary, text, length) == 0 &&
	    renameat(dirfd, temporary, dirfd, name) == 0)
		return fsync(dirfd) < 0 && errno != EINVAL ? -1 : 0;
	saved = errno;
	unlinkat(dirfd, temporary, 0);
	errno = saved;
	return -1;
}
