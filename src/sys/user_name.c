// SPDX-License-Identifier: Apache-2.0
/* The caller's login name, on the host. Runs in: supervisor. */
#include "sys/user_name.h"

#include "base/fd.h"
#include "sys/account.h"
#include "sys/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int copy_name(const char *name, char *ret_name, size_t size)
{
	return snprintf(ret_name, size, "%s", name) < (int)size ? 0 : -1;
}

static int ask_getent(uint32_t uid, char *ret_name, size_t size)
{
	char path[256], number[16], line[512];
	const char *const argv[] = { path, "passwd", number, NULL };
	auto_close int output = -1;
	ssize_t n;
	pid_t pid;

	snprintf(number, sizeof(number), "%u", uid);
	if (program_find("getent", path, sizeof(path)) < 0)
		return -1;
	pid = program_start(argv, 1, &output);
	if (pid < 0)
		return -1;
	n = fd_read_full(output, line, sizeof(line) - 1);
	if (program_wait(pid) != 0 || n <= 0)
		return -1;
	line[n] = '\0';
	line[strcspn(line, ":\n")] = '\0';
	return *line ? copy_name(line, ret_name, size) : -1;
}

int user_name_of(uint32_t uid, char *ret_name, size_t size)
{
	auto_close int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct account account;

	if (fd >= 0 && account_find_user(fd, NULL, uid, &account) > 0)
		return copy_name(account.name, ret_name, size);
	return ask_getent(uid, ret_name, size);
}
