// SPDX-License-Identifier: Apache-2.0
/* The keys that leave a container's terminal. Pure. */
#include "base/detach_keys.h"

#include <string.h>

static int parse_key(const char *text, size_t length)
{
	static const char control[] = "@abcdefghijklmnopqrstuvwxyz[\\]^_";
	const char *at;

	if (length == 1)
		return (unsigned char)text[0];
	if (length != 6 || strncmp(text, "ctrl-", 5) != 0)
		return -1;
	at = memchr(control, text[5], sizeof(control) - 1);
	return at ? (int)(at - control) : -1;
}

int detach_keys_parse(const char *text, unsigned char keys[DETACH_KEYS_MAX])
{
	int n = 0;

	if (!*text)
		return 0;
	for (;;) {
		/* a comma alone is a key, too */
		size_t length = text[0] == ',' ? 1 : strcspn(text, ",");
		int key = parse_key(text, length);

		if (key < 0 || n == DETACH_KEYS_MAX)
			return -1;
		keys[n++] = (unsigned char)key;
		text += length;
		if (!*text)
			return n;
		text++;
	}
}

/* the longest beginning of the sequence that the held bytes and @byte end in */
static size_t next_match(const struct detach_keys *keys, unsigned char byte)
{
	for (size_t length = keys->matched + 1; length > 0; length--) {
		/* held bytes are keys[0..matched); their last length-1 must begin the sequence */
		if (keys->keys[length - 1] == byte &&
		    memcmp(keys->keys, keys->keys + keys->matched + 1 - length, length - 1) == 0)
			return length;
	}
	return 0;
}

bool detach_keys_filter(struct detach_keys *keys, const unsigned char *in, size_t length,
			unsigned char *out, size_t *ret_out)
{
	*ret_out = 0;
	for (size_t i = 0; i < length; i++) {
		size_t match = keys->n > 0 ? next_match(keys, in[i]) : 0;
		size_t released = keys->matched + 1 - match;

		/* held bytes that no longer can belong to the sequence go on, then this one */
		for (size_t held = 0; held < released; held++)
			out[(*ret_out)++] = held < keys->matched ? keys->keys[held] : in[i];
		keys->matched = match;
		if (match == keys->n && match > 0) {
			keys->matched = 0;
			return true;
		}
	}
	return false;
}
