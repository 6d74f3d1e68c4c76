// SPDX-License-Identifier: Apache-2.0
/* What /proc tells of processes. Runs in: nsrun. */
#include "sys/process_facts.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define COMMAND_LINE_MAX 4096
#define STATUS_MAX	 ((size_t)1 << 20) /* nobody hides behind 65,536 supplementary groups */

/* fields of proc(5), counted from the one behind the name */
enum {
	FIELD_STATE = 3,
	FIELD_PARENT = 4,
	FIELD_TTY = 7,
	FIELD_USER_TICKS = 14,
	FIELD_SYSTEM_TICKS = 15,
	FIELD_DEAD_USER_TICKS = 16,
	FIELD_DEAD_SYSTEM_TICKS = 17,
	FIELD_START = 22,
	FIELD_RESIDENT = 24,
	FIELDS,
};

int process_parse_stat(const char *text, struct process_facts *ret)
{
	const char *open = strchr(text, '('), *cursor = strrchr(text, ')'), *field;
	uint64_t values[FIELDS] = { 0 };
	size_t length;
	int number = FIELD_STATE;

	if (!open || !cursor || cursor < open || cursor[1] != ' ')
		return -1;
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(cursor - open - 1), open + 1);
	cursor += 2;
	for (; number < FIELDS && (field = parse_next_field(&cursor, ' ', &length)); number++)
		/* the terminal's process group may be -1; it is not wanted */
		if (parse_decimal(field, length, UINT64_MAX, &values[number]) < 0)
			values[number] = 0;
	if (number < FIELDS)
		return -1;
	ret->parent = (pid_t)values[FIELD_PARENT];
	ret->tty = (uint32_t)values[FIELD_TTY];
	ret->cpu_ticks = values[FIELD_USER_TICKS] + values[FIELD_SYSTEM_TICKS];
	ret->dead_ticks = values[FIELD_DEAD_USER_TICKS] + values[FIELD_DEAD_SYSTEM_TICKS];
	ret->start_ticks = values[FIELD_START];
	ret->resident_pages = values[FIELD_RESIDENT];
	return 0;
}

/* the numbers behind "KEY:\t", separated by tabs; how many */
static size_t read_numbers(const char *text, const char *key, uint64_t *ret, size_t max)
{
	const char *line = text;
	size_t n = 0, length = strlen(key);

	while (line && strncmp(line, key, length) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	for (const char *at = line ? line + length : NULL; at && n < max && *at == '\t';) {
		size_t digits = strspn(++at, "0123456789");

		if (parse_decimal(at, digits, UINT32_MAX, &ret[n]) < 0)
			break;
		n++;
		at += digits;
	}
	return n;
}

int process_parse_status(const char *text, struct process_facts *ret)
{
	uint64_t numbers[PID_LEVELS_MAX];

	/* real, effective, saved, of the file system */
	if (read_numbers(text, "Uid:", numbers, 4) != 4)
		return -1;
	ret->uid = (uint32_t)numbers[1];
	ret->n_pids = read_numbers(text, "NSpid:", numbers, PID_LEVELS_MAX);
	for (size_t i = 0; i < ret->n_pids; i++)
		ret->pids[i] = (pid_t)numbers[i];
	return ret->n_pids > 0 ? 0 : -1;
}

int process_read(int dir, struct process_facts *ret)
{
	static char text[STATUS_MAX];

	*ret = (struct process_facts){ .n_pids = 0 };
	if (file_read(dir, "stat", text, sizeof(text)) <= 0)
		return -1;
	if (process_parse_stat(text, ret) < 0)
		return errno = EINVAL, -1;
	if (file_read(dir, "status", text, sizeof(text)) <= 0)
		return -1;
	return process_parse_status(text, ret) < 0 ? (errno = EINVAL, -1) : 0;
}

const char *process_command_line(struct arena *arena, int dir, const struct process_facts *facts)
{
	char text[COMMAND_LINE_MAX];
	auto_close int fd = openat(dir, "cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, text, sizeof(text));

	/* a program may have written over its arguments */
	while (n > 0 && (text[n - 1] == '\0' || text[n - 1] == ' '))
		n--;
	if (n <= 0)
		return arena_printf(arena, "[%s]", facts->name);
	for (ssize_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	return arena_strndup(arena, text, (size_t)n);
}

int process_list(struct arena *arena, process_pids *ret)
{
	int fd = openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	*ret = (process_pids){ .n = 0 };
	if (!stream) {
		fd_close(fd);
		return -1;
	}
	while ((entry = readdir(stream))) {
		int32_t pid;

		if (parse_i32(entry->d_name, &pid) == 0 && pid > 0)
			*array_push(arena, ret) = (pid_t)pid;
	}
	closedir(stream);
	return 0;
}

int process_directory(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

uint64_t process_uptime_ticks(void)
{
	struct timespec now;
	uint64_t rate = (uint64_t)sysconf(_SC_CLK_TCK);

	if (clock_gettime(CLOCK_BOOTTIME, &now) < 0)
		return 0;
	return (uint64_t)now.tv_sec * rate + (uint64_t)now.tv_nsec * rate / 1000000000;
}
