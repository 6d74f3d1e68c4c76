// SPDX-License-Identifier: Apache-2.0
/*
 * Lines of /etc/passwd and /etc/nsswitch.conf. Runs in: id helper, with its privilege asleep.
 * Pure; must never depend on a locale.
 */
#include "newidmap/records.h"

#include <string.h>

#include "base/parse.h"

#define ACCOUNT_FIELDS 4 /* name, password, uid, gid: the rest is not looked at */

/* Find the start and length of the first four fields; a missing one fails. */
static bool split_fields(const char *line, size_t length, const char *field[ACCOUNT_FIELDS],
			 size_t field_length[ACCOUNT_FIELDS])
{
	const char *end = line + length;

	for (size_t i = 0; i < ACCOUNT_FIELDS; i++) {
		const char *colon;

		if (!line)
			return false;
		colon = memchr(line, ':', (size_t)(end - line));
		field[i] = line;
		field_length[i] = (size_t)((colon ? colon : end) - line);
		line = colon ? colon + 1 : NULL;
	}
	return true;
}

static bool parse_id(const char *text, size_t length, uint32_t *ret_id)
{
	uint64_t value;

	/* 4294967295 is no id; a process never has it */
	if (parse_decimal(text, length, UINT32_MAX - 1, &value) < 0)
		return false;
	*ret_id = (uint32_t)value;
	return true;
}

bool record_parse_account(const char *line, size_t length, struct account *ret_account)
{
	const char *field[ACCOUNT_FIELDS];
	size_t field_length[ACCOUNT_FIELDS];

	/* three characters, of which NUL is none */
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	if (length == 0 || memchr("#+-", line[0], 3) || memchr(line, '\0', length))
		return false;
	if (!split_fields(line, length, field, field_length))
		return false;
	if (field_length[0] < 1 || field_length[0] > ACCOUNT_NAME_MAX)
		return false;
	if (!parse_id(field[2], field_length[2], &ret_account->uid) ||
	    !parse_id(field[3], field_length[3], &ret_account->gid))
		return false;
	memcpy(ret_account->name, field[0], field_length[0]);
	ret_account->name[field_length[0]] = '\0';
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t skip_blanks(const char *line, size_t length, size_t at)
{
	while (at < length && is_blank(line[at]))
		at++;
	return at;
}

/* Whether @word (lower case letters) stands at @at, in whatever case. */
static bool has_word(const char *line, size_t length, size_t at, const char *word)
{
	for (; *word; word++, at++)
		if (at >= length || (line[at] | 0x20) != *word)
			return false;
	return true;
}

bool record_is_foreign_source(const char *line, size_t length, bool cut)
{
	static const char database[] = "subid";
	static const char source[] = "files";
	size_t at = skip_blanks(line, length, 0);

	if (!has_word(line, length, at, database))
		return false;
	at = skip_blanks(line, length, at + strlen(database));
	if (at >= length || line[at] != ':')
		return false;
	at = skip_blanks(line, length, at + 1);
	if (length - at < strlen(source) || memcmp(&line[at], source, strlen(source)) != 0)
		return true;
	return cut || skip_blanks(line, length, at + strlen(source)) != length;
}
