/* SPDX-License-Identifier: Apache-2.0 */
/* Where the last lines of a log begin, found by reading backwards. Runs in: nsrun. */
#ifndef NSRUN_LIFE_LOG_TAIL_H
#define NSRUN_LIFE_LOG_TAIL_H

#include <stddef.h>
#include <stdint.h>

#define LOG_FILES_MAX 1000 /* --log-opt max-file */

/** struct log_place - @file: which of them, by number */
struct log_place {
	size_t file;
	uint64_t offset;
};

/**
 * log_tail_find() - The place from which on there are so many lines
 * @files: descriptors, newest first
 * @lines: UINT64_MAX: all
 *
 * A line that was written in parts counts once, and so does one that has no end yet.
 * Return: 0, or -1 with errno.
 */
int log_tail_find(const int *files, size_t n, uint64_t lines, struct log_place *ret);

#endif
