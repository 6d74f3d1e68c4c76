// SPDX-License-Identifier: Apache-2.0
/* Which bytes of a stranger's can be shown on a terminal. */
#include "escape.h"

#include "nsrun/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t harmless_character(const char *text, size_t length, bool utf8)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t n;

	if (bytes[0] < 0x20 || bytes[0] == 0x7f)
		return 0;
	if (bytes[0] < 0x80)
		return 1;
	if (!utf8)
		return bytes[0] >= 0xa0;
	n = utf8_sequence(text, length);
	return n == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0 ? 0 : n;
}

size_t escape_harmless(const char *text, size_t length, bool utf8)
{
	size_t at = 0, n;

	while (at < length && (n = harmless_character(text + at, length - at, utf8)) > 0)
		at += n;
	return at;
}

void escape_byte(char byte, char ret_text[ESCAPE_SIZE])
{
	snprintf(ret_text, ESCAPE_SIZE, "\\x%02x", (unsigned char)byte);
}

void escape_print(FILE *stream, const char *text, size_t length, const char *keep, bool utf8)
{
	while (length > 0) {
		size_t n = escape_harmless(text, length, utf8);
		char escaped[ESCAPE_SIZE];

		if (n == 0 && *text && strchr(keep, *text))
			n = 1;
		fwrite(text, 1, n, stream);
		text += n;
		length -= n;
		if (n > 0)
			continue;
		escape_byte(*text++, escaped);
		fputs(escaped, stream);
		length--;
	}
}

bool escape_locale_is_utf8(void)
{
	/* the first that is set decides, as in setlocale(3) */
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (!value || !*value)
			continue;
		for (; *value; value++)
			if (strncasecmp(value, "utf-8", 5) == 0 ||
			    strncasecmp(value, "utf8", 4) == 0)
				return true;
		return false;
	}
	return false;
}
