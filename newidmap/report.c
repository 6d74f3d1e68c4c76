// SPDX-License-Identifier: Apache-2.0
/*
 * Fixed sentences and small numbers, written with write(2). Runs in: id helper, last thing before
 * it exits. Must never use stdio (locale, buffers, format strings).
 */
#include "newidmap/report.h"

#include <string.h>
#include <unistd.h>

#define LINE_BYTES 256

struct reason {
	const char *identifier;
	const char *sentence;
};

#define REASON(name, identifier, sentence) [REFUSAL_##name] = { identifier, sentence },
static const struct reason reasons[REFUSAL_COUNT] = { REFUSALS(REASON) };
#undef REASON

static const char *const program_name[] = {
	[ROLE_BOTH] = "nsrun-newidmap",
	[ROLE_UID] = "newuidmap",
	[ROLE_GID] = "newgidmap",
};

#define NUMBERS "INSIDE OUTSIDE COUNT..."
static const char *const usage[] = {
	[ROLE_BOTH] = ("usage: nsrun-newidmap [--report-fd=N] TARGET -u " NUMBERS " -g " NUMBERS),
	[ROLE_UID] = ("usage: newuidmap TARGET " NUMBERS),
	[ROLE_GID] = ("usage: newgidmap TARGET " NUMBERS),
};

struct line {
	char text[LINE_BYTES];
	size_t length;
};

static void append(struct line *line, const char *text)
{
	size_t length = strlen(text);

	if (length > sizeof(line->text) - line->length)
		length = sizeof(line->text) - line->length;
	memcpy(&line->text[line->length], text, length);
	line->length += length;
}

/* @triple is below ID_MAP_TRIPLES_MAX: three digits */
static void append_triple(struct line *line, int triple)
{
	char digits[4] = "";
	size_t at = sizeof(digits) - 1;

	do {
		digits[--at] = (char)('0' + triple % 10);
		triple /= 10;
	} while (triple > 0 && at > 0);
	append(line, &digits[at]);
}

static void write_line(int fd, const struct line *line)
{
	ssize_t ignored = write(fd, line->text, line->length);

	(void)ignored;
}

static void write_sentence(enum role role, const struct verdict *verdict)
{
	struct line line = { .length = 0 };

	append(&line, program_name[role]);
	append(&line, ": ");
	if (verdict->refusal == REFUSAL_USAGE)
		append(&line, usage[role]);
	else
		append(&line, reasons[verdict->refusal].sentence);
	if (verdict->triple != NO_TRIPLE) {
		append(&line, " (range ");
		append_triple(&line, verdict->triple);
		append(&line, ", counted from 0)");
	}
	append(&line, "\n");
	write_line(STDERR_FILENO, &line);
}

void report_refusal(enum role role, const struct verdict *verdict, int report_fd)
{
	struct line line = { .length = 0 };

	write_sentence(role, verdict);
	if (report_fd == NO_FD)
		return;
	append(&line, reasons[verdict->refusal].identifier);
	if (verdict->triple != NO_TRIPLE) {
		append(&line, " ");
		append_triple(&line, verdict->triple);
	}
	append(&line, "\n");
	write_line(report_fd, &line);
}
