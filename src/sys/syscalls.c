// SPDX-License-Identifier: Apache-2.0
/* Thin wrappers. Runs in: every process. */
#include "sys/syscalls.h"

#include <errno.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EAGAIN_TRIES 64

pid_t sys_clone_process(uint64_t flags, int *ret_pidfd)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

pid_t sys_clone_process_into(uint64_t flags, int cgroup, int *ret_pidfd)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD | CLONE_INTO_CGROUP,
		.pidfd = (uint64_t)(uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)(unsigned)cgroup,
	};

	if (cgroup < 0)
		return sys_clone_process(flags, ret_pidfd);
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

pid_t sys_clone_sibling(uint64_t flags)
{
	struct clone_args args = { .flags = flags | CLONE_PARENT };

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static int open_resolved(int dirfd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };
	int fd = -1;

	for (int i = 0; i < EAGAIN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

int sys_open_in_root(int dirfd, const char *path, uint64_t flags)
{
	return open_resolved(dirfd, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int sys_open_child(int dirfd, const char *name, uint64_t flags)
{
	return open_resolved(dirfd, name, flags, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}
