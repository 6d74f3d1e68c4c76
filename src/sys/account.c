// SPDX-License-Identifier: Apache-2.0
/* Reading passwd(5) and group(5), bounded. Runs in: supervisor and init. */
#include "sys/account.h"

#include "base/fd.h"
#include "base/parse.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_SIZE_MAX ((off_t)1 << 20)
#define LINE_SIZE_MAX ((size_t)16 << 10)

int account_open(int dirfd, const char *path)
{
	/* O_NONBLOCK: a FIFO must not stop us (podman CVE-2024-9676) */
	auto_close int fd = sys_open_in_root(dirfd, path,
					     O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_SIZE_MAX) {
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return -1;
	}
	return take_fd(&fd);
}

/* struct lines - A file read line by line through one buffer */
struct lines {
	int fd;
	size_t have;
	size_t next;
	bool ended;
	bool skipping; /* the rest of a line that was too long */
	char buffer[LINE_SIZE_MAX];
};

static bool fill(struct lines *lines)
{
	ssize_t n;

	if (lines->next > 0) {
		lines->have -= lines->next;
		memmove(lines->buffer, lines->buffer + lines->next, lines->have);
		lines->next = 0;
	}
	if (lines->have == sizeof(lines->buffer)) {
		lines->have = 0;
		lines->skipping = true;
	}
	n = fd_read_full(lines->fd, lines->buffer + lines->have,
			 sizeof(lines->buffer) - lines->have);
	if (n < 0)
		return false;
	lines->ended = lines->have + (size_t)n < sizeof(lines->buffer);
	lines->have += (size_t)n;
	return true;
}

/* the next line, NUL-terminated, in @ret_line; 1, 0 at the end, -1 with errno */
static int next_line(struct lines *lines, char **ret_line)
{
	for (;;) {
		char *line = lines->buffer + lines->next;
		size_t left = lines->have - lines->next;
		char *end = left ? memchr(line, '\n', left) : NULL;

		if (!end && lines->ended && left > 0 && lines->have < sizeof(lines->buffer))
			end = line + left; /* no final newline */
		if (end) {
			*end = '\0';
			lines->next = (size_t)(end - lines->buffer) + 1;
			if (lines->next > lines->have)
				lines->next = lines->have;
			if (lines->skipping) {
				lines->skipping = false;
				continue;
			}
			*ret_line = line;
			return 1;
		}
		if (lines->ended)
			return 0;
		if (!fill(lines))
			return -1;
	}
}

static int lines_start(struct lines *lines, int fd)
{
	lines->fd = fd;
	lines->have = lines->next = 0;
	lines->ended = lines->skipping = false;
	return lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* cut a line at its colons; the number of fields, at most @max, the rest stays in the last */
static size_t split_fields(char *line, char *fields[], size_t max)
{
	size_t n = 0;

	while (n < max) {
		fields[n++] = line;
		line = strchr(line, ':');
		if (!line || n == max)
			break;
		*line++ = '\0';
	}
	return n;
}

bool account_read_line(char *line, struct account *ret_account)
{
	char *fields[7];

	if (split_fields(line, fields, 7) != 7 || !*fields[0] ||
	    strlen(fields[0]) >= sizeof(ret_account->name) ||
	    strlen(fields[5]) >= sizeof(ret_account->home) ||
	    parse_u32(fields[2], &ret_account->uid) < 0 ||
	    parse_u32(fields[3], &ret_account->gid) < 0 || ret_account->uid == UINT32_MAX ||
	    ret_account->gid == UINT32_MAX)
		return false;
	memcpy(ret_account->name, fields[0], strlen(fields[0]) + 1);
	memcpy(ret_account->home, fields[5], strlen(fields[5]) + 1);
	if (strlen(fields[6]) < sizeof(ret_account->shell))
		memcpy(ret_account->shell, fields[6], strlen(fields[6]) + 1);
	else
		ret_account->shell[0] = '\0';
	return true;
}

int account_find_user(int fd, const char *name, uint32_t uid, struct account *ret_account)
{
	static struct lines lines; /* not on the stack: one is 16 KiB */
	char *line;
	int found;

	if (lines_start(&lines, fd) < 0)
		return -1;
	while ((found = next_line(&lines, &line)) > 0)
		if (account_read_line(line, ret_account) &&
		    (name ? strcmp(ret_account->name, name) == 0 : ret_account->uid == uid))
			return 1;
	return found;
}

/* name:password:gid:members */
static bool read_group(char *line, char *fields[4], uint32_t *ret_gid)
{
	return split_fields(line, fields, 4) == 4 && *fields[0] &&
	       parse_u32(fields[2], ret_gid) == 0 && *ret_gid != UINT32_MAX;
}

int account_find_group(int fd, const char *name, uint32_t *ret_gid)
{
	static struct lines lines;
	char *line, *fields[4];
	int found;

	if (lines_start(&lines, fd) < 0)
		return -1;
	while ((found = next_line(&lines, &line)) > 0)
		if (read_group(line, fields, ret_gid) && strcmp(fields[0], name) == 0)
			return 1;
	return found;
}

int account_name_group(int fd, uint32_t gid, char *ret_name, size_t size)
{
	static struct lines lines;
	char *line, *fields[4];
	uint32_t other;
	int found;

	if (lines_start(&lines, fd) < 0)
		return -1;
	while ((found = next_line(&lines, &line)) > 0) {
		if (!read_group(line, fields, &other) || other != gid || strlen(fields[0]) >= size)
			continue;
		memcpy(ret_name, fields[0], strlen(fields[0]) + 1);
		return 1;
	}
	return found;
}

void account_add_gid(uint32_t gid, gid_t *gids, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (gids[i] == gid)
			return;
	if (*n < ACCOUNT_GROUPS_MAX)
		gids[(*n)++] = gid;
}

static bool has_member(const char *members, const char *user)
{
	const char *cursor = members, *member;
	size_t length;

	while ((member = parse_next_field(&cursor, ',', &length)))
		if (field_equals(member, length, user))
			return true;
	return false;
}

int account_add_groups(int fd, const char *user, gid_t *gids, size_t *n)
{
	static struct lines lines;
	char *line, *fields[4];
	uint32_t gid;
	int found;

	if (lines_start(&lines, fd) < 0)
		return -1;
	while ((found = next_line(&lines, &line)) > 0)
		if (read_group(line, fields, &gid) && has_member(fields[3], user))
			account_add_gid(gid, gids, n);
	return found;
}
