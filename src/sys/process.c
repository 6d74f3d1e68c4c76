// SPDX-License-Identifier: Apache-2.0
/* Knowing a process again. */
#include "sys/process.h"

#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

#define START_TIME_FIELD 22 /* proc(5) */
#define FIRST_FIELD	 3  /* behind the name, which may hold anything */

static int read_start_time(pid_t pid, uint64_t *ret)
{
	char path[32], text[1024];
	const char *cursor, *field;
	size_t length;
	int number = FIRST_FIELD;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read_part(path, text, sizeof(text)) <= 0)
		return -1;
	cursor = strrchr(text, ')');
	if (!cursor || cursor[1] != ' ')
		return errno = EINVAL, -1;
	cursor += 2;
	while ((field = parse_next_field(&cursor, ' ', &length)))
		if (number++ == START_TIME_FIELD)
			return parse_decimal(field, length, UINT64_MAX, ret);
	return errno = EINVAL, -1;
}

static uint64_t namespace_inode(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, 0) < 0 ? 0 : (uint64_t)st.st_ino;
}

int process_identify(pid_t pid, struct process_identity *ret)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	*ret = (struct process_identity){ .pid = pid, .pid_ns = namespace_inode(path) };
	return read_start_time(pid, &ret->start_time);
}

int process_open(const struct process_identity *identity)
{
	struct process_identity now;
	auto_close int pidfd = -1;

	if (identity->pid <= 0)
		return errno = ESRCH, -1;
	pidfd = pidfd_open(identity->pid, 0);
	if (pidfd < 0)
		return -1;
	/* what /proc says below is about the pidfd's process if that one is alive afterwards */
	if (process_identify(identity->pid, &now) < 0) {
		int errnum = errno;

		/* a process that is there and cannot be read is not one that has ended */
		return errno = process_has_ended(pidfd) ? ESRCH : errnum, -1;
	}
	if (process_has_ended(pidfd) || now.start_time != identity->start_time ||
	    (now.pid_ns && identity->pid_ns && now.pid_ns != identity->pid_ns))
		return errno = ESRCH, -1;
	return take_fd(&pidfd);
}

uint64_t process_pid_namespace(void)
{
	return namespace_inode("/proc/self/ns/pid");
}

int process_boot_id(char ret_id[BOOT_ID_SIZE])
{
	if (file_read_part("/proc/sys/kernel/random/boot_id", ret_id, BOOT_ID_SIZE) <= 0)
		return -1;
	ret_id[strcspn(ret_id, "\n")] = '\0';
	return 0;
}

pid_t process_pidfd_pid(int pidfd)
{
	char path[64], text[1024];
	const char *line;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	if (file_read_part(path, text, sizeof(text)) < 0)
		return -1;
	line = strstr(text, "\nPid:");
	return line && sscanf(line, "\nPid: %d", &pid) == 1 && pid > 0 ? pid : -1;
}

/* of a line of pids; the @n-th, or 0 */
static int pid_in(const char *text, size_t n)
{
	int pid = 0, length = 0;

	for (size_t i = 0; i <= n; i++, text += length)
		if (sscanf(text, "%d%n", &pid, &length) != 1)
			return 0;
	return pid;
}

static bool has_pid(const char *text, int pid)
{
	int one;

	for (size_t i = 0; (one = pid_in(text, i)) > 0; i++)
		if (one == pid)
			return true;
	return false;
}

void process_kill_children(int pidfd)
{
	char path[64], text[1024], again[1024];
	pid_t parent = process_pidfd_pid(pidfd);
	int pid;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, (int)parent);
	if (parent < 0 || file_read_part(path, text, sizeof(text)) < 0)
		return;
	for (size_t i = 0; (pid = pid_in(text, i)) > 0; i++) {
		auto_close int child = pidfd_open(pid, 0);

		/* a child still: then the pidfd is of it, and of nobody who got its pid since */
		if (child >= 0 && file_read_part(path, again, sizeof(again)) >= 0 &&
		    has_pid(again, pid) && !process_has_ended(pidfd))
			pidfd_send_signal(child, SIGKILL, NULL, 0);
	}
}

bool process_has_ended(int pidfd)
{
	return process_await_end(pidfd, 0);
}

bool process_await_end(int pidfd, int timeout_ms)
{
	struct pollfd wait = { pidfd, POLLIN, 0 };
	int n;

	do
		n = poll(&wait, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}
