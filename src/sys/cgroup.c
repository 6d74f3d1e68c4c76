// SPDX-License-Identifier: Apache-2.0
/* Control groups, version 2. */
#include "sys/cgroup.h"

#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define FREEZE_TIMEOUT_MS 10000
#define REMOVE_TRIES	  100
#define REMOVE_DELAY_NS	  10000000

/* the line of version 2 is "0::PATH" */
static int own_group(const char *groups, char ret[PATH_MAX])
{
	const char *line = strncmp(groups, "0::", 3) == 0 ? groups : strstr(groups, "\n0::");
	size_t length;

	if (!line)
		return -1;
	line = strchr(line, '/');
	length = line ? strcspn(line, "\n") : 0;
	if (length == 0 || length >= PATH_MAX)
		return -1;
	snprintf(ret, PATH_MAX, "%.*s", (int)length, line);
	return 0;
}

/* mountinfo writes blanks and backslashes as three octal digits */
static void unescape(const char *text, size_t length, char ret[PATH_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < length && n < PATH_MAX - 1; i++) {
		if (text[i] == '\\' && i + 3 < length) {
			ret[n++] = (char)((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
					  (text[i + 3] - '0'));
			i += 3;
		} else {
			ret[n++] = text[i];
		}
	}
	ret[n] = '\0';
}

/* "36 35 98:0 ROOT PLACE OPTIONS ... - cgroup2 SOURCE OPTIONS"; false: not of cgroup2 */
static bool parse_mount(const char *line, size_t length, char root[PATH_MAX], char place[PATH_MAX])
{
	const char *cursor = line, *field;
	size_t width, number = 0;
	bool behind = false;

	while (cursor && (field = parse_next_field(&cursor, ' ', &width)) && field < line + length) {
		if (++number == 4)
			unescape(field, width, root);
		else if (number == 5)
			unescape(field, width, place);
		else if (behind)
			return field_equals(field, width, "cgroup2");
		else if (number > 6 && field_equals(field, width, "-"))
			behind = true;
	}
	return false;
}

int cgroup_locate(const char *mountinfo, const char *groups, char ret_path[PATH_MAX])
{
	char own[PATH_MAX], root[PATH_MAX], place[PATH_MAX];
	const char *cursor = mountinfo, *line;
	size_t length, shown;
	int found = -1;

	if (own_group(groups, own) < 0)
		return -1;
	while ((line = parse_next_field(&cursor, '\n', &length))) {
		if (!parse_mount(line, length, root, place))
			continue;
		shown = strcmp(root, "/") == 0 ? 0 : strlen(root);
		if (strncmp(own, root, shown) != 0 || (own[shown] != '/' && own[shown] != '\0'))
			continue;
		if (snprintf(ret_path, PATH_MAX, "%s%s", place,
			     strcmp(own + shown, "/") == 0 ? "" : own + shown) < PATH_MAX)
			found = 0;
	}
	return found;
}

static int find_own(char ret_path[PATH_MAX])
{
	size_t size = (size_t)1 << 20;
	char groups[PATH_MAX + 1024];
	char *mounts = malloc(size);
	int result = -1;

	if (mounts && file_read(AT_FDCWD, "/proc/self/mountinfo", mounts, size) > 0 &&
	    file_read(AT_FDCWD, "/proc/self/cgroup", groups, sizeof(groups)) > 0)
		result = cgroup_locate(mounts, groups, ret_path);
	free(mounts);
	if (result < 0)
		errno = ENOENT;
	return result;
}

int cgroup_open(const char *path)
{
	auto_close int fd =
		openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return errno = ENOENT, -1;
	return take_fd(&fd);
}

int cgroup_make_child(const char *name, char ret_path[PATH_MAX])
{
	char own[PATH_MAX];
	auto_close int parent = -1;
	auto_close int child = -1;
	size_t length;

	if (find_own(own) < 0)
		return -1;
	length = strlen(own);
	if (length + 1 + strlen(name) >= PATH_MAX)
		return errno = ENAMETOOLONG, -1;
	memcpy(ret_path, own, length);
	snprintf(ret_path + length, PATH_MAX - length, "/%s", name);
	parent = cgroup_open(own);
	/* who may not write here may not move a process from here to the child either */
	if (parent < 0 || faccessat(parent, "cgroup.procs", W_OK, AT_EACCESS) < 0 ||
	    (mkdirat(parent, name, 0755) < 0 && errno != EEXIST))
		return -1;
	child = cgroup_open(ret_path);
	if (child < 0 || faccessat(child, "cgroup.freeze", W_OK, AT_EACCESS) < 0 ||
	    file_write_once(child, "cgroup.freeze", "0", 1) < 0) {
		unlinkat(parent, name, AT_REMOVEDIR);
		return -1;
	}
	return take_fd(&child);
}

int cgroup_enter(int cgroup)
{
	return file_write_once(cgroup, "cgroup.procs", "0", 1);
}

int cgroup_freeze(int cgroup, bool freeze)
{
	const char *wanted = freeze ? "frozen 1" : "frozen 0";
	auto_close int events = openat(cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd wait = { events, POLLPRI, 0 };
	char text[256];
	ssize_t n;

	if (events < 0 || file_write_once(cgroup, "cgroup.freeze", freeze ? "1" : "0", 1) < 0)
		return -1;
	for (;;) {
		n = pread(events, text, sizeof(text) - 1, 0);
		if (n < 0)
			return -1;
		text[n] = '\0';
		if (strstr(text, wanted))
			return 0;
		if (poll(&wait, 1, FREEZE_TIMEOUT_MS) == 0)
			return errno = ETIMEDOUT, -1;
	}
}

void cgroup_remove(const char *path)
{
	const struct timespec delay = { .tv_nsec = REMOVE_DELAY_NS };
	auto_close int cgroup = cgroup_open(path);

	if (cgroup < 0)
		return;
	file_write_once(cgroup, "cgroup.kill", "1", 1); /* Linux 5.14 */
	for (int i = 0; i < REMOVE_TRIES; i++) {
		if (unlinkat(AT_FDCWD, path, AT_REMOVEDIR) == 0 || errno != EBUSY)
			return;
		nanosleep(&delay, NULL);
	}
}
