// SPDX-License-Identifier: Apache-2.0
/*
 * Reading /etc/subuid and /etc/subgid (subuid(5)) through one small buffer on the stack. Runs in:
 * supervisor (probe) and id helper, there with privilege, so: no heap, no stdio, no NSS, no locale.
 * Must never accept a line that shadow's reader would not (stricter is fine), nor keep state.
 */
#include "sys/subid.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

#define READ_BYTES     4096
#define LINE_BYTES_MAX 512
#define DIGITS_MAX     10
#define FIELDS	       3
#define END_OF_IDS     UINT32_MAX /* 4294967295 is "no id" in the kernel; no range may reach it */

/* What is kept between two reads of the file. */
struct line_buffer {
	char text[LINE_BYTES_MAX];
	size_t length;
	bool too_long;
	bool has_nul;
	bool file_has_nul; /* of any line so far */
};

/* Everything a line is judged by. */
struct scan {
	const struct subid_owner *owner;
	subid_visit visit;
	void *arg;
};

static bool is_digits(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return length > 0;
}

/* Shadow reads "010" as octal 8. A number that two readers understand differently is no number. */
static int parse_id(const char *text, size_t length, uint32_t *ret_id)
{
	uint64_t value;

	if (length > DIGITS_MAX || (length > 1 && text[0] == '0'))
		return -1;
	if (parse_decimal(text, length, UINT32_MAX, &value) < 0)
		return -1;
	*ret_id = (uint32_t)value;
	return 0;
}

/*
 * A numeric owner is a uid and nothing else: a user called "1002" must not get the ids of uid 1002.
 */
static bool owner_matches(const struct subid_owner *owner, const char *text, size_t length)
{
	uint32_t id;

	if (is_digits(text, length))
		return parse_id(text, length, &id) == 0 && id == owner->id;
	return length > 0 && owner->name && field_equals(text, length, owner->name);
}

/* Cut a line into exactly three fields; -1 for any other number of them. */
static int split_line(const char *line, size_t length, const char *field[FIELDS],
		      size_t field_length[FIELDS])
{
	size_t n = 0;

	field[0] = line;
	for (size_t i = 0; i < length; i++) {
		if (line[i] != ':')
			continue;
		field_length[n] = (size_t)(&line[i] - field[n]);
		if (++n == FIELDS)
			return -1;
		field[n] = &line[i + 1];
	}
	field_length[n] = (size_t)(&line[length] - field[n]);
	return n == FIELDS - 1 ? 0 : -1;
}

static int visit_line(const struct scan *scan, const char *line, size_t length)
{
	const char *field[FIELDS];
	size_t field_length[FIELDS];
	struct subid_range range;

	if (length == 0 || line[0] == '#')
		return 0;
	if (split_line(line, length, field, field_length) < 0)
		return 0;
	if (scan->owner && !owner_matches(scan->owner, field[0], field_length[0]))
		return 0;
	if (parse_id(field[1], field_length[1], &range.start) < 0 ||
	    parse_id(field[2], field_length[2], &range.count) < 0)
		return 0;
	if (range.count == 0 || range.count > END_OF_IDS - range.start)
		return 0;
	return scan->visit(&range, scan->arg);
}

/* The line is complete: judge it, and start the next one. */
static int end_line(const struct scan *scan, struct line_buffer *line)
{
	int ret = 0;

	if (!line->too_long && !line->has_nul)
		ret = visit_line(scan, line->text, line->length);
	line->length = 0;
	line->too_long = false;
	line->has_nul = false;
	return ret;
}

/* Add bytes of the current line; what does not fit makes it a line that is skipped. */
static void extend_line(struct line_buffer *line, const char *bytes, size_t length)
{
	if (memchr(bytes, '\0', length))
		line->has_nul = line->file_has_nul = true;
	if (length > sizeof(line->text) - line->length) {
		line->too_long = true;
		return;
	}
	memcpy(&line->text[line->length], bytes, length);
	line->length += length;
}

static int scan_bytes(const struct scan *scan, struct line_buffer *line, const char *bytes,
		      size_t length)
{
	while (length > 0) {
		const char *newline = memchr(bytes, '\n', length);
		size_t part = newline ? (size_t)(newline - bytes) : length;
		int ret;

		extend_line(line, bytes, part);
		if (!newline)
			break;
		ret = end_line(scan, line);
		if (ret != 0)
			return ret;
		bytes += part + 1;
		length -= part + 1;
	}
	return 0;
}

/*
 * A NUL makes shadow join its line with the next one, or refuse the file: what the other lines of
 * such a file grant is anybody's guess, so the whole file counts as unreadable (EILSEQ).
 */
static int end_file(const struct scan *scan, struct line_buffer *line)
{
	int ret = end_line(scan, line);

	if (ret == 0 && line->file_has_nul) {
		errno = EILSEQ;
		return -1;
	}
	return ret;
}

int subid_scan(int fd, const struct subid_owner *owner, subid_visit visit, void *arg)
{
	const struct scan scan = { .owner = owner, .visit = visit, .arg = arg };
	struct line_buffer line = { .length = 0 };
	char buffer[READ_BYTES];

	for (;;) {
		ssize_t got = read(fd, buffer, sizeof(buffer));
		int ret;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			return end_file(&scan, &line);
		ret = scan_bytes(&scan, &line, buffer, (size_t)got);
		if (ret != 0)
			return ret;
	}
}
