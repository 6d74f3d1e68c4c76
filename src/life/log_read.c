// SPDX-License-Identifier: Apache-2.0
/*
 * Reading a container's log: all of its files in order, the last lines of it, and what is still
 * being written. Its memory is fixed, however large a log is. Runs in: nsrun.
 */
#include "base/fd.h"
#include "life/clock.h"
#include "life/life.h"
#include "life/log_entry.h"
#include "life/log_tail.h"
#include "life/monitor_lock.h"
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#define BUFFER_SIZE ((size_t)64 * 1024)
#define NAME_SIZE   32

/**
 * struct log_reader - A reading
 * @files:    newest first; descriptors, so that a rotation takes none away
 * @unended:  of descriptors 1 and 2: the last entry was a part of a line
 * @shown:    the last entry with a time was within the wanted time
 * @too_long: within a line that does not fit into @buffer
 */
struct log_reader {
	const struct container *container;
	const struct log_options *options;
	const struct log_sink *sink;
	int files[LOG_FILES_MAX];
	size_t n_files;
	int inotify;
	int monitor;
	bool unended[3];
	bool shown;
	bool too_long;
	size_t have;
	char buffer[BUFFER_SIZE];
};

static struct log_reader the_reader; /* large, and one of a kind */

static int failed(const struct log_reader *reader, struct error *err)
{
	return error_set(err, "log", errno, "cannot read the log of the container '%s'",
			 reader->container->name);
}

/* --- entries --- */

static int give(struct log_reader *reader, const struct log_line *line, struct error *err)
{
	const struct log_options *options = reader->options;
	const struct log_entry entry = { .fd = line->fd,
					 .stamp = line->stamp,
					 .stamp_length = line->stamp_length,
					 .text = line->text,
					 .length = line->length,
					 .begins = !reader->unended[line->fd],
					 .ends = !line->partial };

	if (line->stamp)
		reader->shown = line->when_ns >= options->since_ns &&
				line->when_ns < options->until_ns;
	if (!reader->shown)
		return 0;
	reader->unended[line->fd] = line->partial;
	return reader->sink->entry(&entry, reader->sink->arg, err);
}

/* @whole: its newline was there, too */
static int take_line(struct log_reader *reader, const char *text, size_t length, bool whole,
		     struct error *err)
{
	struct log_line line;

	if (reader->too_long || log_line_parse(text, length, &line) < 0)
		line = (struct log_line){ .fd = 1, .text = text, .length = length };
	if (!whole)
		line.partial = true;
	reader->too_long = !whole && length == BUFFER_SIZE;
	return give(reader, &line, err);
}

static int take_lines(struct log_reader *reader, struct error *err)
{
	const char *at = reader->buffer, *newline;
	size_t left = reader->have;

	while ((newline = memchr(at, '\n', left))) {
		size_t length = (size_t)(newline - at);

		if (take_line(reader, at, length, true, err) < 0)
			return -1;
		at = newline + 1;
		left -= length + 1;
	}
	if (left == BUFFER_SIZE) {
		if (take_line(reader, at, left, false, err) < 0)
			return -1;
		left = 0;
	}
	memmove(reader->buffer, at, left);
	reader->have = left;
	return 0;
}

/* at most @max bytes, or to the end; an entry that is half there stays in the buffer */
static int read_on(struct log_reader *reader, int fd, uint64_t max, struct error *err)
{
	while (max > 0) {
		size_t room = BUFFER_SIZE - reader->have;
		ssize_t n = read(fd, reader->buffer + reader->have, room < max ? room : max);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(reader, err);
		if (n == 0)
			return 0;
		max -= (uint64_t)n;
		reader->have += (size_t)n;
		if (take_lines(reader, err) < 0)
			return -1;
	}
	return 0;
}

/* nothing more comes in this file */
static int finish_file(struct log_reader *reader, struct error *err)
{
	size_t length = reader->have;

	reader->have = 0;
	reader->too_long = false;
	return length > 0 ? take_line(reader, reader->buffer, length, false, err) : 0;
}

/* --- files --- */

static void name_file(char name[NAME_SIZE], size_t i)
{
	if (i > 0)
		snprintf(name, NAME_SIZE, LIFE_LOG ".%zu", i);
	else
		snprintf(name, NAME_SIZE, LIFE_LOG);
}

static int open_file(const struct log_reader *reader, size_t i)
{
	char name[NAME_SIZE];

	name_file(name, i);
	return openat(reader->container->dir, name,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool is_same(int fd, const struct stat *other)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == other->st_dev &&
	       st.st_ino == other->st_ino;
}

/*
 * Newest first: a rotation meanwhile makes one appear twice, and none be missed. While it goes on,
 * one name is missing; where two are, there are no more.
 */
static int open_files(struct log_reader *reader, struct error *err)
{
	size_t missing = 0;

	for (size_t i = 0; missing < 2 && reader->n_files < LOG_FILES_MAX; i++) {
		int fd = open_file(reader, i);
		struct stat st;

		if (fd < 0 && errno != ENOENT)
			return failed(reader, err);
		missing = fd < 0 ? missing + 1 : 0;
		if (fd < 0)
			continue;
		if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		    (reader->n_files > 0 && is_same(reader->files[reader->n_files - 1], &st)))
			fd_close(fd);
		else
			reader->files[reader->n_files++] = fd;
	}
	return 0;
}

static void close_all(struct log_reader *reader)
{
	for (size_t i = 0; i < reader->n_files; i++)
		fd_close(reader->files[i]);
	fd_close(reader->inotify);
	fd_close(reader->monitor);
}

/* the file that is written to at the moment, or was */
static int *current(struct log_reader *reader)
{
	return &reader->files[0];
}

static int read_files(struct log_reader *reader, struct error *err)
{
	struct log_place start;
	struct stat st;

	if (log_tail_find(reader->files, reader->n_files, reader->options->tail, &start) < 0)
		return failed(reader, err);
	for (size_t i = reader->n_files > 0 ? start.file + 1 : 0; i-- > 0;) {
		uint64_t from = i == start.file ? start.offset : 0, max = UINT64_MAX;

		if (lseek(reader->files[i], (off_t)from, SEEK_SET) < 0 ||
		    fstat(reader->files[i], &st) < 0)
			return failed(reader, err);
		/* what is written faster than it is read would have no end */
		if (!reader->options->follow)
			max = (uint64_t)st.st_size > from ? (uint64_t)st.st_size - from : 0;
		if (read_on(reader, reader->files[i], max, err) < 0)
			return -1;
		if ((i > 0 || !reader->options->follow) && finish_file(reader, err) < 0)
			return -1;
	}
	return 0;
}

/* --- following --- */

/* the name of the current file is another file's by now; while there is none, it is not yet */
static bool is_rotated(const struct log_reader *reader)
{
	struct stat st;

	return fstatat(reader->container->dir, LIFE_LOG, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       !is_same(reader->files[0], &st);
}

/* under which number the current file is now; LOG_FILES_MAX: it is gone */
static size_t find_current(const struct log_reader *reader, size_t *ret_oldest)
{
	char name[NAME_SIZE];
	struct stat st;
	size_t missing = 0;

	*ret_oldest = 0;
	for (size_t i = 0; missing < 2 && i < LOG_FILES_MAX; i++) {
		name_file(name, i);
		if (fstatat(reader->container->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			missing++;
			continue;
		}
		missing = 0;
		if (is_same(reader->files[0], &st))
			return i;
		*ret_oldest = i;
	}
	return LOG_FILES_MAX;
}

/* the file after the current one; -1 with errno, EAGAIN: it has changed meanwhile */
static int open_next(const struct log_reader *reader)
{
	size_t oldest, now, number = find_current(reader, &oldest);
	int fd;

	if (number == 0)
		return errno = EAGAIN, -1;
	/* rotated away unread: what is left begins with the oldest */
	fd = open_file(reader, number < LOG_FILES_MAX ? number - 1 : oldest);
	now = find_current(reader, &oldest);
	if (fd >= 0 && now == number)
		return fd;
	if (fd < 0 && errno != ENOENT)
		return -1;
	fd_close(fd);
	return errno = EAGAIN, -1;
}

static int catch_up(struct log_reader *reader, struct error *err)
{
	for (;;) {
		/* asked first: what is read afterwards is all there will be in that file */
		bool rotated = is_rotated(reader);
		int next;

		if (reader->n_files > 0 && read_on(reader, *current(reader), UINT64_MAX, err) < 0)
			return -1;
		if (!rotated)
			return 0;
		next = open_next(reader);
		if (next < 0 && errno == EAGAIN)
			continue;
		if (next < 0)
			return failed(reader, err);
		if (finish_file(reader, err) < 0) {
			fd_close(next);
			return -1;
		}
		if (reader->n_files > 0)
			fd_close(*current(reader));
		else
			reader->n_files = 1;
		*current(reader) = next;
	}
}

static int milliseconds_until(uint64_t until_ns)
{
	uint64_t now = clock_now_ns(), left_ms;

	if (until_ns == UINT64_MAX)
		return -1;
	if (until_ns <= now)
		return 0;
	left_ms = (until_ns - now) / 1000000 + 1;
	return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

/* for more, or for the end; whether anybody reads it still, and it is not too late */
static bool wait_for_more(struct log_reader *reader)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	/* no events: only that the reader of a pipe, or a terminal, is gone */
	struct pollfd waits[] = { { reader->inotify, POLLIN, 0 },
				  { reader->monitor, POLLIN, 0 },
				  { STDOUT_FILENO, 0, 0 },
				  { STDERR_FILENO, 0, 0 } };
	int n;

	do
		n = poll(waits, 4, milliseconds_until(reader->options->until_ns));
	while (n < 0 && errno == EINTR);
	while (read(reader->inotify, events, sizeof(events)) > 0)
		;
	return n > 0 && !waits[2].revents && !waits[3].revents;
}

static int open_watch(struct log_reader *reader, struct error *err)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", reader->container->dir);
	reader->monitor = monitor_lock_open_holder(reader->container->dir);
	reader->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (reader->inotify < 0 ||
	    inotify_add_watch(reader->inotify, path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
		return error_set(err, "log-watch", errno,
				 "cannot watch the log of the container '%s'",
				 reader->container->name);
	return 0;
}

static int follow(struct log_reader *reader, struct error *err)
{
	for (;;) {
		/* asked first: what is read afterwards is all there will be */
		bool ended = reader->monitor < 0 || process_has_ended(reader->monitor);

		if (catch_up(reader, err) < 0)
			return -1;
		if (ended && finish_file(reader, err) < 0)
			return -1;
		if (reader->sink->flush(reader->sink->arg, err) < 0)
			return -1;
		if (ended || !wait_for_more(reader))
			return 0;
	}
}

static int read_log(struct log_reader *reader, struct error *err)
{
	if (reader->options->follow && open_watch(reader, err) < 0)
		return -1;
	if (open_files(reader, err) < 0 || read_files(reader, err) < 0)
		return -1;
	return reader->options->follow ? follow(reader, err) :
					 reader->sink->flush(reader->sink->arg, err);
}

int container_logs(const struct container *container, const struct log_options *options,
		   const struct log_sink *sink, struct error *err)
{
	struct log_reader *reader = &the_reader;
	int result;

	if (container->life.log_driver == LOG_NONE)
		return error_set(err, "log-none", 0,
				 "the container '%s' keeps no log: it was made with --log-driver=none",
				 container->name);
	if (container->dir < 0)
		return error_set(err, "log", 0, "the container '%s' is damaged: %s",
				 container->name, container->damage.text);
	*reader = (struct log_reader){ .container = container,
				       .options = options,
				       .sink = sink,
				       .files = { -1 },
				       .inotify = -1,
				       .monitor = -1,
				       .shown = options->since_ns == 0 };
	result = read_log(reader, err);
	close_all(reader);
	return result;
}
