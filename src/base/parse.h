/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict parsing of small things. Pure: no I/O, no allocation, no locale; used on both sides of
 * clone3 and by the id helper.
 */
#ifndef NSRUN_BASE_PARSE_H
#define NSRUN_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * parse_decimal() - Read an unsigned decimal number that fills its whole text
 * @text:      digits only, no sign, no blank, no base prefix; need not end in NUL
 * @length:    bytes of @text; 1 to 20 digits are accepted
 * @max:       largest value that is accepted
 * @ret_value: the value; untouched on failure
 *
 * Return: 0, or -1 when the text is no such number.
 */
int parse_decimal(const char *text, size_t length, uint64_t max, uint64_t *ret_value);

/** parse_u32() - parse_decimal() on a NUL-terminated string, up to 4294967295. */
int parse_u32(const char *text, uint32_t *ret_value);

/** parse_u64() - parse_decimal() on a NUL-terminated string. */
int parse_u64(const char *text, uint64_t *ret_value);

/** parse_i32() - Like parse_u32(), with an optional leading minus. */
int parse_i32(const char *text, int32_t *ret_value);

/** parse_bool() - "true", "1", "false" or "0"; -1 for anything else. */
int parse_bool(const char *text, bool *ret_value);

/** parse_octal() - A file mode such as "1777" or "0755"; -1 beyond 07777. */
int parse_octal(const char *text, uint32_t *ret_mode);

/** parse_size() - Bytes with an optional b, k, m, g or t (powers of 1024, either case). */
int parse_size(const char *text, uint64_t *ret_bytes);

/**
 * parse_next_field() - Walk over the fields of a separated text
 * @cursor:     in: where to start (NULL: nothing left); out: behind the separator, or NULL
 * @separator:  one character
 * @ret_length: length of the field that is returned
 *
 * Return: the field's first byte (it need not end in NUL), or NULL when there is none left.
 *         "a,,b" has three fields and "" has one, empty.
 */
const char *parse_next_field(const char **cursor, char separator, size_t *ret_length);

/** field_equals() - Whether a field of parse_next_field() is exactly this word. */
bool field_equals(const char *field, size_t length, const char *word);

#endif
