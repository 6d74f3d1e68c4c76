/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a container's log, as log.h describes it. Pure. */
#ifndef NSRUN_LIFE_LOG_ENTRY_H
#define NSRUN_LIFE_LOG_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct log_line - What a line says
 * @stamp:   the time as it is written
 * @text:    what the container wrote
 * @fd:      1 or 2
 * @partial: more of the same line follows in a later entry
 */
struct log_line {
	const char *stamp;
	size_t stamp_length;
	uint64_t when_ns;
	int fd;
	bool partial;
	const char *text;
	size_t length;
};

/** log_line_parse() - Read a line without its newline; -1: it is none that nsrun wrote. */
int log_line_parse(const char *text, size_t length, struct log_line *ret);

#endif
