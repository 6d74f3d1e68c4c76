// SPDX-License-Identifier: Apache-2.0
/* Strict parsing of small things. Pure; runs in every process. */
#include "base/parse.h"

#include <string.h>

int parse_decimal(const char *text, size_t length, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (length < 1 || length > 20)
		return -1;
	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (digit > 9)
			return -1;
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return -1;
	}
	if (value > max)
		return -1;
	*ret_value = value;
	return 0;
}

int parse_u32(const char *text, uint32_t *ret_value)
{
	uint64_t value;

	if (parse_decimal(text, strlen(text), UINT32_MAX, &value) < 0)
		return -1;
	*ret_value = (uint32_t)value;
	return 0;
}

int parse_u64(const char *text, uint64_t *ret_value)
{
	return parse_decimal(text, strlen(text), UINT64_MAX, ret_value);
}

int parse_i32(const char *text, int32_t *ret_value)
{
	bool negative = text[0] == '-';
	uint64_t value;

	text += negative;
	if (parse_decimal(text, strlen(text), (uint64_t)INT32_MAX + negative, &value) < 0)
		return -1;
	*ret_value = (int32_t)(negative ? -(int64_t)value : (int64_t)value);
	return 0;
}

int parse_bool(const char *text, bool *ret_value)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		*ret_value = true;
	else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		*ret_value = false;
	else
		return -1;
	return 0;
}

int parse_octal(const char *text, uint32_t *ret_mode)
{
	uint32_t mode = 0;

	if (!*text || strlen(text) > 5)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '7')
			return -1;
		mode = mode * 8 + (uint32_t)(*text - '0');
	}
	if (mode > 07777)
		return -1;
	*ret_mode = mode;
	return 0;
}

int parse_size(const char *text, uint64_t *ret_bytes)
{
	static const char units[] = "bkmgt";
	size_t digits = strspn(text, "0123456789");
	unsigned shift = 0;
	uint64_t value;

	if (text[digits]) {
		const char *unit = strchr(units, text[digits] | 0x20);

		if (!unit || text[digits + 1])
			return -1;
		shift = 10 * (unsigned)(unit - units);
	}
	if (parse_decimal(text, digits, UINT64_MAX >> shift, &value) < 0)
		return -1;
	*ret_bytes = value << shift;
	return 0;
}

const char *parse_next_field(const char **cursor, char separator, size_t *ret_length)
{
	const char *field = *cursor;
	const char *end;

	if (!field)
		return NULL;
	end = strchr(field, separator);
	*ret_length = end ? (size_t)(end - field) : strlen(field);
	*cursor = end ? end + 1 : NULL;
	return field;
}

bool field_equals(const char *field, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(field, word, length) == 0;
}
