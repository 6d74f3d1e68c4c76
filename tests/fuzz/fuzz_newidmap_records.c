// SPDX-License-Identifier: Apache-2.0
/*
 * Lines of /etc/passwd and nsswitch.conf as the id helper reads them, against readers made of the
 * C library's functions. Built with libFuzzer, or with tests/newidmap/replay.c. Pure.
 */
#include "newidmap/records.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* Who is accepted has a name without a colon, and its numbers stand in the line. */
static void check_account(const char *line, size_t length)
{
	struct account account = { .uid = 0 };
	char copy[2048];
	char *cursor = copy;
	const char *name;
	const char *uid;
	const char *gid;

	if (length >= sizeof(copy) || !record_parse_account(line, length, &account))
		return;
	memcpy(copy, line, length);
	copy[length] = '\0';
	require(strlen(copy) == length, "a line with a NUL is nobody's");
	name = strsep(&cursor, ":");
	strsep(&cursor, ":");
	uid = strsep(&cursor, ":");
	gid = strsep(&cursor, ":");
	require(uid && gid, "four fields");
	require(*name && strcmp(name, account.name) == 0 && !strchr("#+-", *name), "the name");
	require(*uid && uid[strspn(uid, "0123456789")] == '\0' &&
			strtoull(uid, NULL, 10) == account.uid,
		"the uid");
	require(*gid && gid[strspn(gid, "0123456789")] == '\0' &&
			strtoull(gid, NULL, 10) == account.gid,
		"the gid");
	require(account.uid != UINT32_MAX && account.gid != UINT32_MAX, "no id is nobody's");
}

/* What shadow would take for a line about subid, we take for one, too. */
static void check_source(const char *line, size_t length)
{
	char copy[2048];
	const char *value;
	bool foreign;

	if (length >= sizeof(copy))
		return;
	memcpy(copy, line, length);
	copy[length] = '\0';
	foreign = record_is_foreign_source(line, length, false);
	if (strlen(copy) != length)
		return;
	if (strncasecmp(copy, "subid:", 6) == 0) {
		value = copy + 6 + strspn(copy + 6, " \t\n\v\f\r");
		require(strncmp(value, "files", 5) == 0 || foreign, "another source is refused");
		require(record_is_foreign_source(line, length, true), "a cut line is refused");
	} else if (!strcasestr(copy, "subid")) {
		require(!foreign, "a line without the word is no matter");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_account((const char *)data, size);
	check_source((const char *)data, size);
	return 0;
}
