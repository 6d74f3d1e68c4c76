// SPDX-License-Identifier: Apache-2.0
/* Characters of UTF-8 (RFC 3629). Pure. */
#include "nsrun/text.h"

/* what may follow a first byte: how many bytes, and the bounds of the first of them */
struct lead {
	unsigned char first;
	unsigned char last;
	unsigned char length;
	unsigned char low;
	unsigned char high;
};

/* the bounds keep out overlong forms, surrogates, and what is beyond U+10FFFF */
static const struct lead leads[] = {
	{ 0x00, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static size_t check(const struct lead *lead, const unsigned char *bytes, size_t length)
{
	if (length < lead->length)
		return 0;
	if (lead->length > 1 && (bytes[1] < lead->low || bytes[1] > lead->high))
		return 0;
	for (size_t i = 2; i < lead->length; i++)
		if (bytes[i] < 0x80 || bytes[i] > 0xbf)
			return 0;
	return lead->length;
}

size_t utf8_sequence(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;

	for (size_t i = 0; length > 0 && i < sizeof(leads) / sizeof(leads[0]); i++)
		if (bytes[0] >= leads[i].first && bytes[0] <= leads[i].last)
			return check(&leads[i], bytes, length);
	return 0;
}
