/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading /etc/subuid and /etc/subgid (subuid(5)). Streams with a small buffer on the stack: no
 * heap, no stdio, no NSS, so that nsrun and its id helper share it. Runs in: supervisor (probe)
 * and id helper.
 */
#ifndef NSRUN_SYS_SUBID_H
#define NSRUN_SYS_SUBID_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct subid_owner - Whose lines are wanted
 * @name: login name, or NULL when the uid has none; an all-digit name never matches as a name
 * @id:   uid (also for /etc/subgid, whose lines belong to users too)
 */
struct subid_owner {
	const char *name;
	uint32_t id;
};

/** struct subid_range - One line's range; start + count never passes 4294967295 */
struct subid_range {
	uint32_t start;
	uint32_t count;
};

/** subid_visit - Called for each range in file order; non-zero stops the scan with that value. */
typedef int (*subid_visit)(const struct subid_range *range, void *arg);

/**
 * subid_scan() - Visit an owner's ranges in an open subuid or subgid file
 * @fd:    the file, at offset 0 (borrowed)
 * @owner: whose lines; NULL: everybody's
 * @visit: called for each valid line of the owner
 *
 * Lines that are comments, longer than 512 bytes, malformed (other than three fields, not strict
 * decimals, NUL inside), have a count of 0 or pass 4294967295 are skipped.
 * Return: 0 at end of file, what @visit returned if not 0, or -1 with errno: a read error, or EILSEQ
 *         at end of file when a line held a NUL, since shadow does not take such a file either.
 */
int subid_scan(int fd, const struct subid_owner *owner, subid_visit visit, void *arg);

#endif
