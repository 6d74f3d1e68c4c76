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

/* the first byte is for everybody, the others say that it is a monitor */
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
	return take(dir, 0);
}

int monitor_lock_take_removal(int dir)
{
	return take(dir, 1);
}

pid_t monitor_lock_holder(int dir)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1 };
	auto_close int fd = openat(dir, LOCK_FILE, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid;
}

int monitor_lock_open_holder(int dir)
{
	pid_t pid = monitor_lock_holder(dir);
	int pidfd;

	if (pid <= 0)
		return errno = ESRCH, -1;
	pidfd = pidfd_open(pid, 0);
	/* still the holder: then the pidfd is of it, and of nobody who got its pid since */
	if (pidfd >= 0 && monitor_lock_holder(dir) == pid)
		return pidfd;
	fd_close(pidfd);
	return errno = ESRCH, -1;
}
