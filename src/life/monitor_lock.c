// SPDX-License-Identifier: Apache-2.0
/* The monitor's lock. Runs in: nsrun and the monitor. */
#include "life/monitor_lock.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/pidfd.h>

#define LOCK_FILE "monitor"

static int open_file(int dir)
{
	return openat(dir, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* the first byte is for everybody, the second one says that it copies, all others that it is a monitor */
enum {
	REMOVAL_BYTES = 1,
	COPY_BYTES = 2,
	MONITOR_BYTES = 0, /* to the end */
};

static int take(int dir, off_t length)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = length };
	int fd = open_file(dir);

	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	if (errno == EACCES)
		errno = EAGAIN;
	fd_close(fd);
	return -1;
}

int monitor_lock_take(int dir)
{
	return take(dir, MONITOR_BYTES);
}

int monitor_lock_take_removal(int dir)
{
	return take(dir, REMOVAL_BYTES);
}

int monitor_lock_take_copy(int dir)
{
	return take(dir, COPY_BYTES);
}

/* who holds a lock that covers the byte at @start, and how far it goes: 0: to the end */
static pid_t find_holder(int dir, off_t start, off_t *ret_end)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = 1 };
	auto_close int fd = openat(dir, LOCK_FILE, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	*ret_end = lock.l_len ? lock.l_start + lock.l_len : 0;
	return lock.l_pid;
}

pid_t monitor_lock_holder(int dir)
{
	off_t unused;

	return find_holder(dir, COPY_BYTES, &unused);
}

pid_t monitor_lock_remover(int dir)
{
	off_t unused;

	return find_holder(dir, REMOVAL_BYTES - 1, &unused);
}

static pid_t find_copier(int dir)
{
	off_t end;
	pid_t pid = find_holder(dir, COPY_BYTES - 1, &end);

	return pid > 0 && end == COPY_BYTES ? pid : 0;
}

static int open_holder(int dir, pid_t (*find)(int dir))
{
	pid_t pid = find(dir);
	int pidfd;

	if (pid <= 0)
		return errno = ESRCH, -1;
	pidfd = pidfd_open(pid, 0);
	/* still the holder: then the pidfd is of it, and of nobody who got its pid since */
	if (pidfd >= 0 && find(dir) == pid)
		return pidfd;
	fd_close(pidfd);
	return errno = ESRCH, -1;
}

int monitor_lock_open_holder(int dir)
{
	return open_holder(dir, monitor_lock_holder);
}

int monitor_lock_open_copier(int dir)
{
	return open_holder(dir, find_copier);
}
