// SPDX-License-Identifier: Apache-2.0
/*
 * Verifies the target and writes to it. Runs in: id helper. Everything but the two functions that
 * write runs with the privilege asleep, as the caller: what the caller may not inspect, neither
 * may we.
 */
#include "newidmap/target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "newidmap/pidfd_info.h"

#define PROC_PREFIX   "/proc/"
#define PATH_BYTES    (sizeof(PROC_PREFIX) + 10)
#define DIR_FLAGS     (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define INSPECT_FLAGS (O_RDONLY | O_CLOEXEC)
#define WRITE_FLAGS   (O_WRONLY | O_CLOEXEC | O_NOFOLLOW)

static const char *const map_name[ID_KINDS] = { [ID_UID] = "uid_map", [ID_GID] = "gid_map" };

static int open_proc_dir(int pid)
{
	char path[PATH_BYTES] = PROC_PREFIX;
	char reversed[10];
	size_t digits = 0;
	size_t length = strlen(PROC_PREFIX);

	for (; pid > 0; pid /= 10)
		reversed[digits++] = (char)('0' + pid % 10);
	while (digits > 0)
		path[length++] = reversed[--digits];
	path[length] = '\0';
	return openat(AT_FDCWD, path, DIR_FLAGS);
}

/*
 * Open /proc/PID of a process that lives after it was opened: only then is the directory its own
 * and not that of a process that got the same pid later.
 */
static int open_proc_dir_of_pidfd(int pidfd, int pid)
{
	int dir_fd = open_proc_dir(pid);

	if (dir_fd < 0)
		return -1;
	if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0)
		return dir_fd;
	close(dir_fd);
	return -1;
}

static struct verdict open_by_pid(int pid, int *ret_dir_fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd >= 0) {
		*ret_dir_fd = open_proc_dir_of_pidfd(pidfd, pid);
		close(pidfd);
	} else if (errno == ENOSYS) {
		/* before Linux 5.3; the directory itself is the handle, as in shadow */
		*ret_dir_fd = open_proc_dir(pid);
	}
	return *ret_dir_fd < 0 ? verdict_no(REFUSAL_TARGET_NOT_OWNED) : VERDICT_YES;
}

/*
 * /proc/self/fdinfo tells the pid too, but only to a dumpable process, and this program must not
 * be one. So: Linux 6.13, or another form of target.
 */
static struct verdict open_by_pidfd(int pidfd, int *ret_dir_fd)
{
	struct pidfd_info_v0 info = { .mask = 0 };

	/* as the kernel has the request, unsigned: it is an int to one C library, a long to another */
	if (syscall(SYS_ioctl, pidfd, PIDFD_GET_INFO_V0, &info) < 0 || info.pid == 0 || info.pid > INT32_MAX)
		return verdict_no(REFUSAL_TARGET_PIDFD);
	*ret_dir_fd = open_proc_dir_of_pidfd(pidfd, (int)info.pid);
	return *ret_dir_fd < 0 ? verdict_no(REFUSAL_TARGET_NOT_OWNED) : VERDICT_YES;
}

static struct verdict open_by_name(const struct target_name *name, int *ret_dir_fd)
{
	*ret_dir_fd = -1;
	switch (name->form) {
	case TARGET_PID:
		return open_by_pid(name->number, ret_dir_fd);
	case TARGET_PIDFD:
		return open_by_pidfd(name->number, ret_dir_fd);
	case TARGET_FD:
		*ret_dir_fd = name->number;
		return VERDICT_YES;
	}
	return verdict_no(REFUSAL_TARGET_SYNTAX);
}

/*
 * The directory must be of the procfs that we see ourselves: one in a file system or a procfs of
 * the caller's making could hold anything under these names. Its owner is the process's effective
 * ids, whether it is dumpable or not.
 */
static bool is_own_process(int dir_fd, int self_fd, const struct id_caller *caller)
{
	struct statfs filesystem;
	struct stat self;
	struct stat dir;

	if (fstatfs(dir_fd, &filesystem) < 0 || filesystem.f_type != PROC_SUPER_MAGIC)
		return false;
	if (fstat(dir_fd, &dir) < 0 || fstat(self_fd, &self) < 0)
		return false;
	return S_ISDIR(dir.st_mode) && dir.st_dev == self.st_dev && dir.st_uid == caller->uid &&
	       dir.st_gid == caller->gid;
}

/* Whether a user namespace is the caller's and lies directly inside @own_ns_fd. */
static bool is_own_child_namespace(int ns_fd, int own_ns_fd, const struct id_caller *caller)
{
	struct stat parent;
	struct stat own;
	uid_t owner;
	int parent_fd;
	bool same;

	if (ioctl(ns_fd, NS_GET_OWNER_UID, &owner) < 0 || owner != caller->uid)
		return false;
	parent_fd = ioctl(ns_fd, NS_GET_PARENT);
	if (parent_fd < 0)
		return false;
	same = fstat(parent_fd, &parent) == 0 && fstat(own_ns_fd, &own) == 0 &&
	       parent.st_dev == own.st_dev && parent.st_ino == own.st_ino;
	close(parent_fd);
	return same;
}

/* The kernel checks the caller's right to inspect the target when this link is followed. */
static struct verdict check_namespace(int dir_fd, int self_fd, const struct id_caller *caller)
{
	int ns_fd = openat(dir_fd, "ns/user", INSPECT_FLAGS);
	int own_ns_fd;
	bool good;

	if (ns_fd < 0)
		return verdict_no(errno == EACCES ? REFUSAL_TARGET_NOT_DUMPABLE
						  : REFUSAL_TARGET_NOT_OWNED);
	own_ns_fd = openat(self_fd, "ns/user", INSPECT_FLAGS);
	good = own_ns_fd >= 0 && is_own_child_namespace(ns_fd, own_ns_fd, caller);
	close(ns_fd);
	if (own_ns_fd >= 0)
		close(own_ns_fd);
	return good ? VERDICT_YES : verdict_no(REFUSAL_TARGET_NO_NAMESPACE);
}

struct verdict target_open(const struct target_name *name, const struct id_caller *caller,
			   int *ret_dir_fd)
{
	struct verdict verdict = open_by_name(name, ret_dir_fd);
	int self_fd;

	if (verdict.refusal != REFUSAL_NONE)
		return verdict;
	self_fd = openat(AT_FDCWD, "/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (self_fd < 0 || !is_own_process(*ret_dir_fd, self_fd, caller))
		verdict = verdict_no(REFUSAL_TARGET_NOT_OWNED);
	else
		verdict = check_namespace(*ret_dir_fd, self_fd, caller);
	if (self_fd >= 0)
		close(self_fd);
	return verdict;
}

struct verdict target_check_unmapped(int dir_fd, enum id_kind kind)
{
	int fd = openat(dir_fd, map_name[kind], INSPECT_FLAGS | O_NOFOLLOW);
	ssize_t got;
	char byte;

	if (fd < 0)
		return verdict_no(REFUSAL_TARGET_NOT_OWNED);
	got = read(fd, &byte, 1);
	close(fd);
	return got == 0 ? VERDICT_YES : verdict_no(REFUSAL_TARGET_MAPPED);
}

/* One write: a second one would be refused, and half a map is worse than none. */
static bool write_once(int dir_fd, const char *name, const char *text, size_t length)
{
	int fd = openat(dir_fd, name, WRITE_FLAGS);
	ssize_t written;

	if (fd < 0)
		return false;
	written = write(fd, text, length);
	close(fd);
	return written >= 0 && (size_t)written == length;
}

struct verdict target_write_map(int dir_fd, enum id_kind kind, const char *text, size_t length)
{
	if (!write_once(dir_fd, map_name[kind], text, length))
		return verdict_no_triple(REFUSAL_UID_KERNEL, kind, NO_TRIPLE);
	return VERDICT_YES;
}

struct verdict target_deny_setgroups(int dir_fd)
{
	if (!write_once(dir_fd, "setgroups", "deny", strlen("deny")))
		return verdict_no(REFUSAL_SETGROUPS);
	return VERDICT_YES;
}
