// SPDX-License-Identifier: Apache-2.0
/* All processes of a pid namespace: found in /proc, and signalled by pidfd. */
#include "sys/pid_namespace.h"

#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"
#include "sys/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>

#define ROUNDS_MAX	2000
#define ROUND_DELAY_NS	5000000
#define NAMESPACES_DEEP 33 /* pid_namespaces(7): at most 32 of them are nested */

static bool is_member(pid_t pid, uint64_t pid_ns)
{
	char path[32];
	struct stat st;
	auto_close int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < NAMESPACES_DEEP; i++) {
		int parent;

		if (fstat(fd, &st) == 0 && (uint64_t)st.st_ino == pid_ns)
			return true;
		parent = ioctl(fd, NS_GET_PARENT); /* fails at one's own */
		fd_close(fd);
		fd = parent;
	}
	return false;
}

/* the letter of /proc/PID/stat */
static char state_of(pid_t pid)
{
	char path[32], text[1024];
	const char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read_part(path, text, sizeof(text)) <= 0)
		return 'X';
	end = strrchr(text, ')');
	return (char)(end && end[1] == ' ' ? end[2] : 'X');
}

/* 1: it was running, and was sent the signal */
static int signal_one(pid_t pid, uint64_t pid_ns, int signal)
{
	auto_close int pidfd = -1;
	char state;

	if (!is_member(pid, pid_ns))
		return 0;
	pidfd = pidfd_open(pid, 0);
	/* looked at again: what was found may be somebody else by now */
	if (pidfd < 0 || !is_member(pid, pid_ns) || process_has_ended(pidfd))
		return 0;
	state = state_of(pid);
	if (signal == SIGSTOP && (state == 'T' || state == 't'))
		return 0;
	if (pidfd_send_signal(pidfd, signal, NULL, 0) < 0)
		return errno == ESRCH ? 0 : -1;
	/* a first thread that has ended may leave others, whose state it does not show */
	return state != 'Z' && state != 'X';
}

/* how many were running, or -1 */
static int signal_all(uint64_t pid_ns, int signal)
{
	DIR *stream = fdopendir(openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;
	int running = 0;

	if (!stream)
		return -1;
	while (running >= 0 && (entry = readdir(stream))) {
		int32_t pid;
		int one;

		if (parse_i32(entry->d_name, &pid) < 0)
			continue;
		one = signal_one(pid, pid_ns, signal);
		running = one < 0 ? -1 : running + one;
	}
	closedir(stream);
	return running;
}

int pid_namespace_stop(uint64_t pid_ns)
{
	const struct timespec delay = { .tv_nsec = ROUND_DELAY_NS };

	/* each round finds what was forked while the one before it went on */
	for (int i = 0; i < ROUNDS_MAX; i++) {
		int running = signal_all(pid_ns, SIGSTOP);

		if (running <= 0)
			return running;
		nanosleep(&delay, NULL);
	}
	return errno = ETIMEDOUT, -1;
}

int pid_namespace_continue(uint64_t pid_ns)
{
	return signal_all(pid_ns, SIGCONT) < 0 ? -1 : 0;
}
