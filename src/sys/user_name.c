// SPDX-License-Identifier: Apache-2.0
/* What the host calls a user and a group. Runs in: supervisor. */
#include "sys/user_name.h"

#include "base/fd.h"
#include "sys/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 4096

static int copy_name(const char *name, char *ret_name, size_t size)
{
	return snprintf(ret_name, size, "%s", name) < (int)size ? 0 : -1;
}

/* the line that getent(1) has for a number in a database */
static int ask_getent(const char *database, uint32_t id, char line[LINE_SIZE])
{
	char path[256], number[16];
	const char *const argv[] = { path, database, number, NULL };
	auto_close int output = -1;
	ssize_t n;
	pid_t pid;

	snprintf(number, sizeof(number), "%u", id);
	if (program_find("getent", path, sizeof(path)) < 0)
		return -1;
	pid = program_start(argv, 1, &output);
	if (pid < 0)
		return -1;
	/* a group's line may be longer; what counts is at its beginning */
	n = fd_read_full(output, line, LINE_SIZE - 1);
	fd_close(take_fd(&output));
	if ((program_wait(pid) != 0 && n < LINE_SIZE - 1) || n <= 0)
		return -1;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return *line ? 0 : -1;
}

int user_account_of(uint32_t uid, struct account *ret_account)
{
	auto_close int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char line[LINE_SIZE];

	if (fd >= 0 && account_find_user(fd, NULL, uid, ret_account) > 0)
		return 0;
	return ask_getent("passwd", uid, line) == 0 && account_read_line(line, ret_account) ? 0 :
											      -1;
}

int user_name_of(uint32_t uid, char *ret_name, size_t size)
{
	struct account account;

	return user_account_of(uid, &account) < 0 ? -1 : copy_name(account.name, ret_name, size);
}

int group_name_of(uint32_t gid, char *ret_name, size_t size)
{
	auto_close int fd = open("/etc/group", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char line[LINE_SIZE];

	if (fd >= 0 && account_name_group(fd, gid, ret_name, size) > 0)
		return 0;
	if (ask_getent("group", gid, line) < 0)
		return -1;
	line[strcspn(line, ":")] = '\0';
	return *line ? copy_name(line, ret_name, size) : -1;
}
