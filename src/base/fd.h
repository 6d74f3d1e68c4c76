/* SPDX-License-Identifier: Apache-2.0 */
/* Owning file descriptors. Runs in every process; does not allocate. */
#ifndef NSRUN_BASE_FD_H
#define NSRUN_BASE_FD_H

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

/** fd_close() - Close a descriptor if there is one; keeps errno. */
static inline void fd_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

static inline void fd_auto_close(int *fd)
{
	fd_close(*fd);
}

/** auto_close - An int that is closed when it goes out of scope; starts as -1. */
#define auto_close __attribute__((cleanup(fd_auto_close)))

/** take_fd() - Move a descriptor out of its variable, which becomes -1. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/**
 * fd_open_standard() - Make sure that descriptors 0, 1 and 2 are open
 *
 * A closed one becomes /dev/null, so that no later open(2) takes its number.
 * Return: 0, or -1 with errno.
 */
int fd_open_standard(void);

/** fd_write_all() - write(2) until everything is written; 0, or -1 with errno. */
int fd_write_all(int fd, const void *bytes, size_t length);

/** fd_read_full() - read(2) until @size or end of file; bytes read, or -1 with errno. */
ssize_t fd_read_full(int fd, void *buffer, size_t size);

/**
 * fd_close_others() - Close all descriptors from @first on but these
 * @keep: may hold -1; sorted by this function
 *
 * Return: 0, or -1 with errno.
 */
int fd_close_others(unsigned first, int *keep, size_t n);

#endif
