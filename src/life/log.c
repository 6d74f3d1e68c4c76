// SPDX-License-Identifier: Apache-2.0
/* Writing a container's log. Runs in: the monitor; allocates nothing. */
#include "life/log.h"

#include "base/fd.h"
#include "base/placement.h"
#include "life/life.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#define STAMP_SIZE 48
#define NAME_SIZE  32

static int open_file(int dir, int flags)
{
	return openat(dir, LIFE_LOG, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | flags,
		      0600);
}

int log_open(struct log *log, int dir, uint64_t max_bytes, uint32_t max_files, struct error *err)
{
	struct stat st;

	*log = (struct log){
		.dir = dir, .fd = open_file(dir, 0), .max_bytes = max_bytes, .max_files = max_files
	};
	if (log->fd < 0 || fstat(log->fd, &st) < 0)
		return error_set(err, "log", errno, "cannot open the container's log");
	log->size = (uint64_t)st.st_size;
	return 0;
}

void log_close(struct log *log)
{
	fd_close(take_fd(&log->fd));
}

/* log.2 becomes log.3, log.1 log.2, log log.1: a reader that has one open reads on in it */
static void rotate(struct log *log)
{
	char from[NAME_SIZE], to[NAME_SIZE];
	int fresh;

	for (uint32_t i = log->max_files - 1; i > 0; i--) {
		snprintf(to, sizeof(to), LIFE_LOG ".%u", i);
		if (i > 1)
			snprintf(from, sizeof(from), LIFE_LOG ".%u", i - 1);
		else
			snprintf(from, sizeof(from), LIFE_LOG);
		renameat(log->dir, from, log->dir, to);
	}
	if (log->max_files <= 1)
		unlinkat(log->dir, LIFE_LOG, 0);
	fresh = open_file(log->dir, O_EXCL);
	if (fresh < 0)
		return; /* on with the old one: too large is better than lost */
	fd_close(log->fd);
	log->fd = fresh;
	log->size = 0;
}

IDLE_LOOP static int make_stamp(char stamp[STAMP_SIZE], int fd, bool full)
{
	struct timespec now;
	struct tm tm;
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	length = strftime(stamp, STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	return (int)length + snprintf(stamp + length, STAMP_SIZE - length, ".%09ldZ %s %c ",
				      now.tv_nsec, fd == 2 ? "stderr" : "stdout", full ? 'F' : 'P');
}

/* one entry with one writev(2), so that a reader never sees half a stamp; -1: not written whole */
IDLE_LOOP static int write_entry(struct log *log, int fd, const char *line, size_t length,
				 bool full)
{
	static char newline = '\n';
	char stamp[STAMP_SIZE];
	struct iovec parts[] = {
		{ stamp, (size_t)make_stamp(stamp, fd, full) },
		{ (char *)line, length },
		{ &newline, 1 },
	};
	size_t whole = parts[0].iov_len + length + 1;
	ssize_t n;

	if (log->max_bytes > 0 && log->size > 0 && log->size + whole > log->max_bytes)
		rotate(log);
	do
		n = writev(log->fd, parts, 3);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)whole) {
		log->size += whole;
		return 0;
	}
	/* a part of an entry would spoil the next one */
	if (n > 0 && ftruncate(log->fd, (off_t)log->size) < 0)
		log->size += (uint64_t)n;
	return -1;
}

static void tell_lost(struct log *log)
{
	char text[96];
	int length =
		snprintf(text, sizeof(text), "[nsrun: %llu bytes of output could not be logged]",
			 (unsigned long long)log->lost);

	if (write_entry(log, 2, text, (size_t)length, true) == 0)
		log->lost = 0;
}

IDLE_LOOP void log_write(struct log *log, int fd, const char *bytes, size_t length)
{
	if (log->fd < 0)
		return;
	while (length > 0) {
		const char *newline = memchr(bytes, '\n', length);
		size_t line = newline ? (size_t)(newline - bytes) : length;
		size_t taken = line + (newline ? 1 : 0);

		if (log->lost > 0)
			tell_lost(log);
		if (log->lost > 0 || write_entry(log, fd, bytes, line, newline) < 0)
			log->lost += taken;
		bytes += taken;
		length -= taken;
	}
}
