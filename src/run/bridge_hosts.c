// SPDX-License-Identifier: Apache-2.0
/* Names of neighbours. Runs in: holder; allocates nothing. */
#include "run/bridge_hosts.h"

#include "base/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define LOOKED_AT_MAX 4096 /* lines: the file is the container's, and may be made to take long */
#define LINE_SIZE     1024 /* an address, a tab and BRIDGE_NAMES_MAX */

bool bridge_lines_add(struct bridge_lines *lines, struct bridge_entry *entry, const char *text)
{
	size_t length = strlen(text);

	if (lines->length + length > sizeof(lines->text))
		return false;
	memcpy(lines->text + lines->length, text, length);
	*entry = (struct bridge_entry){ .start = lines->length, .length = length };
	lines->length += length;
	return true;
}

void bridge_lines_drop(struct bridge_lines *lines, const struct bridge_entry *entry)
{
	bool first = true;

	for (size_t i = entry->start; i < entry->start + entry->length; i++) {
		if (first)
			lines->text[i] = '#';
		first = lines->text[i] == '\n';
	}
}

/* --- one file --- */

/* at its very end, wherever that is by now */
static bool append(int fd, const char *bytes, size_t length)
{
	const struct iovec part = { (char *)bytes, length };
	ssize_t n;

	do
		n = pwritev2(fd, &part, 1, 0, RWF_APPEND);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)length;
}

static bool overwrite(int fd, const char *bytes, size_t length, off_t at)
{
	ssize_t n;

	do
		n = pwrite(fd, bytes, length, at);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)length;
}

static off_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_size : -1;
}

/* whether it is one of the lines, all of which end in a newline; a comment or not */
static bool has_line(const struct bridge_lines *lines, const char *line, size_t length)
{
	const char *text = lines->text, *end = text + lines->length;

	for (;; text++) {
		text = memmem(text, (size_t)(end - text), line + 1, length - 1);
		if (!text || text == lines->text + 1 || (text > lines->text + 1 && text[-2] == '\n'))
			return text;
	}
}

/* those of the lines that are before @end, wherever they are */
static void comment_out(int fd, const struct bridge_lines *lines, off_t end)
{
	char line[LINE_SIZE];
	int looked_at = 0;
	ssize_t n;

	for (off_t at = 0; at < end && looked_at++ < LOOKED_AT_MAX &&
			   (n = pread(fd, line, sizeof(line), at)) > 0;) {
		const char *newline = memchr(line, '\n', (size_t)n);
		size_t length = newline ? (size_t)(newline - line) + 1 : (size_t)n;

		if (newline && length > 2 && *line != '#' && has_line(lines, line, length))
			overwrite(fd, "#", 1, at);
		at += (off_t)length;
	}
}

/* somebody else has written to it: what he wrote stays, and what we wrote may be anywhere */
static void write_anew(struct bridge_file *file, const struct bridge_lines *lines)
{
	off_t end = size_of(file->fd);
	char last = '\n';

	if (end < 0 || (end > 0 && pread(file->fd, &last, 1, end - 1) != 1) ||
	    (last != '\n' && !append(file->fd, "\n", 1)))
		return;
	end += last != '\n';
	if (!append(file->fd, lines->text, lines->length))
		return;
	comment_out(file->fd, lines, end);
	file->head = end;
	file->length = lines->length;
}

static void rewrite(struct bridge_file *file, const struct bridge_lines *lines)
{
	if (!overwrite(file->fd, lines->text, lines->length, file->head) ||
	    ftruncate(file->fd, file->head + (off_t)lines->length) < 0)
		return;
	file->length = lines->length;
}

void bridge_file_write(struct bridge_file *file, const struct bridge_lines *lines,
		       const struct bridge_entry *entry)
{
	if (file->fd < 0)
		return;
	/* a container that has filled its own tmpfs up does not learn names: nobody else's matter */
	if (size_of(file->fd) != file->head + (off_t)file->length)
		write_anew(file, lines);
	else if (!entry || file->length > lines->length)
		rewrite(file, lines);
	else if (entry->start + entry->length <= file->length)
		overwrite(file->fd, lines->text + entry->start, entry->length,
			  file->head + (off_t)entry->start);
	else if (append(file->fd, lines->text + file->length, lines->length - file->length))
		file->length = lines->length;
}

void bridge_file_open(struct bridge_file *file, int take_fd)
{
	off_t size = size_of(take_fd);

	*file = (struct bridge_file){ .fd = take_fd, .head = size > 0 ? size : 0 };
}
