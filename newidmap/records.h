/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single lines of /etc/passwd and /etc/nsswitch.conf, understood. Pure. Runs in: id helper. Must
 * never take a line for something that the C library would not take it for.
 */
#ifndef NSRUN_NEWIDMAP_RECORDS_H
#define NSRUN_NEWIDMAP_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_NAME_MAX 255

/** struct account - What the helper needs of a line of passwd(5) */
struct account {
	char name[ACCOUNT_NAME_MAX + 1];
	uint32_t uid;
	uint32_t gid;
};

/**
 * record_parse_account() - Understand the first four fields of a line of /etc/passwd
 * @line: without its newline; may be cut behind the fourth field
 *
 * Return: false for comments, NIS lines (+, -) and whatever lacks a name, a uid or a gid.
 */
bool record_parse_account(const char *line, size_t length, struct account *ret_account);

/**
 * record_is_foreign_source() - Whether a line of nsswitch.conf(5) takes subid from elsewhere
 * @line: without its newline
 * @cut:  whether the line is longer than @length
 *
 * Return: true for a "subid:" line that says anything else than exactly "files".
 */
bool record_is_foreign_source(const char *line, size_t length, bool cut);

#endif
