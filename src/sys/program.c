// SPDX-License-Identifier: Apache-2.0
/* Running another program on the host. Runs in: supervisor. */
#include "sys/program.h"

#include "base/fd.h"
#include "base/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static int spawn(const char *const argv[], int output, int pipe_fd, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int failed;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	for (int fd = 1; fd <= 2; fd++)
		if (output & fd)
			posix_spawn_file_actions_adddup2(&actions, pipe_fd, fd);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed = posix_spawn(ret_pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

pid_t program_start(const char *const argv[], int output, int *ret_output)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	errno = spawn(argv, output, ends[1], &pid);
	fd_close(ends[1]);
	if (errno) {
		fd_close(ends[0]);
		return -1;
	}
	*ret_output = ends[0];
	return pid;
}

int program_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_find(const char *name, char *ret_path, size_t size)
{
	static const char usual[] = "/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin";
	const char *path = getenv("PATH");
	const char *lists[] = { path ? path : "", usual };

	for (size_t i = 0; i < 2; i++) {
		const char *cursor = lists[i], *directory;
		size_t length;

		while ((directory = parse_next_field(&cursor, ':', &length))) {
			if (length == 0 || directory[0] != '/')
				continue; /* never a program of the current directory */
			if ((size_t)snprintf(ret_path, size, "%.*s/%s", (int)length, directory,
					     name) < size &&
			    access(ret_path, X_OK) == 0)
				return 0;
		}
	}
	return -1;
}

#define SELF_VARIABLE "_NSRUN_SELF"

int program_self(char *ret_path, size_t size)
{
	const char *remembered = getenv(SELF_VARIABLE);
	ssize_t n;

	if (remembered)
		return snprintf(ret_path, size, "%s", remembered) < (int)size ? 0 : -1;
	n = readlink("/proc/self/exe", ret_path, size - 1);
	ret_path[n > 0 ? n : 0] = '\0';
	return n > 0 ? 0 : -1;
}

int program_remember_self(void)
{
	char path[1024];

	return program_self(path, sizeof(path)) < 0 ? -1 : setenv(SELF_VARIABLE, path, 1);
}
