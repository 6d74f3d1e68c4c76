/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of who is on a bridge, in the /etc/hosts of each. The files are bound into containers, so
 * they cannot be replaced: a line is added at the end, and becomes a comment by one byte, so that
 * nobody ever reads half a line. Whatever somebody in the container has added stays: then all lines are
 * written once more at the end, and those that were there become comments.
 */
#ifndef NSRUN_RUN_BRIDGE_HOSTS_H
#define NSRUN_RUN_BRIDGE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define BRIDGE_LINES_MAX ((size_t)256 << 10)

/** struct bridge_lines - What all files end in */
struct bridge_lines {
	size_t length;
	char text[BRIDGE_LINES_MAX];
};

/** struct bridge_entry - The lines of one member: @length 0: none */
struct bridge_entry {
	size_t start;
	size_t length;
};

/** struct bridge_file - One member's /etc/hosts: @head bytes of others, then @length of the lines */
struct bridge_file {
	int fd;
	off_t head;
	size_t length;
};

/** bridge_lines_add() - Append; false when there is no room left. */
bool bridge_lines_add(struct bridge_lines *lines, struct bridge_entry *entry, const char *text);

/** bridge_lines_drop() - Make an entry's lines comments. */
void bridge_lines_drop(struct bridge_lines *lines, const struct bridge_entry *entry);

/** bridge_file_write() - Write a part of the lines: of an entry, or all (NULL). */
void bridge_file_write(struct bridge_file *file, const struct bridge_lines *lines,
		       const struct bridge_entry *entry);

/** bridge_file_open() - Take a file as it is now. */
void bridge_file_open(struct bridge_file *file, int take_fd);

#endif
