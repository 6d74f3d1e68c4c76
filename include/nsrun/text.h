/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that a user writes and reads: points in time, and characters that do no harm. */
#ifndef NSRUN_TEXT_H
#define NSRUN_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define WHEN_TEXT_SIZE 40

/**
 * when_parse() - A point in time, as --since and --until take it
 * @text:   RFC 3339 ("2026-11-22T18:00:00Z"; without a zone: local time; a day alone: its
 *          beginning), seconds since 1970 with or without a fraction, or how long ago ("1h30m")
 * @now_ns: what "ago" counts from
 *
 * Pure, but for the time zone. Return: 0 with nanoseconds since 1970, or -1.
 */
int when_parse(const char *text, uint64_t now_ns, uint64_t *ret_ns);

/** when_parse_stamp() - RFC 3339 with its zone, of @length bytes; 0 or -1. Pure. */
int when_parse_stamp(const char *text, size_t length, uint64_t *ret_ns);

/** when_format() - RFC 3339 in UTC, with nanoseconds. */
void when_format(uint64_t ns, char ret_text[WHEN_TEXT_SIZE]);

/**
 * utf8_sequence() - How long the UTF-8 character is with which a text begins
 *
 * Return: 1 to 4, or 0 where the bytes are no valid character (@length 0 included).
 */
size_t utf8_sequence(const char *text, size_t length);

#endif
