/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that leave a container's terminal. Pure. */
#ifndef NSRUN_BASE_DETACH_KEYS_H
#define NSRUN_BASE_DETACH_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#define DETACH_KEYS_MAX	    16
#define DETACH_KEYS_DEFAULT "ctrl-p,ctrl-q"

/**
 * detach_keys_parse() - "ctrl-p,ctrl-q" to bytes
 *
 * A key is one character, or ctrl- and one of a-z @ [ \ ] ^ _.
 * Return: how many, 0 for "" (no keys), or -1.
 */
int detach_keys_parse(const char *text, unsigned char ret_keys[DETACH_KEYS_MAX]);

/** struct detach_keys - What was typed of them so far; a sequence may be split over reads */
struct detach_keys {
	unsigned char keys[DETACH_KEYS_MAX];
	size_t n;
	size_t matched;
};

/**
 * detach_keys_filter() - Take the keys out of what is typed
 * @in, @length: what was read
 * @out:         receives what is to be passed on; room for @length + DETACH_KEYS_MAX bytes
 * @ret_out:     how much that is
 *
 * The beginning of the sequence is held back until it is clear what it is.
 * Return: whether the whole sequence was typed; what follows it is dropped.
 */
bool detach_keys_filter(struct detach_keys *keys, const unsigned char *in, size_t length,
			unsigned char *out, size_t *ret_out);

#endif
