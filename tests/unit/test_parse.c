// SPDX-License-Identifier: Apache-2.0
/* Small numbers, switches, sizes and fields: what is accepted, and what is not. */
#include "base/decimal.h"
#include "base/parse.h"

#include "tests/unit/check.h"

static void test_decimal(void)
{
	static const struct {
		const char *text;
		uint64_t max;
		int result;
		uint64_t value;
	} rows[] = {
		{ "0", 10, 0, 0 },
		{ "10", 10, 0, 10 },
		{ "11", 10, -1, 0 },
		{ "0007", 10, 0, 7 },
		{ "", 10, -1, 0 },
		{ "-1", UINT64_MAX, -1, 0 },
		{ "+1", UINT64_MAX, -1, 0 },
		{ " 1", UINT64_MAX, -1, 0 },
		{ "1 ", UINT64_MAX, -1, 0 },
		{ "1\n", UINT64_MAX, -1, 0 },
		{ "0x10", UINT64_MAX, -1, 0 },
		{ "1e3", UINT64_MAX, -1, 0 },
		{ "1.0", UINT64_MAX, -1, 0 },
		{ "\xd9\xa1", UINT64_MAX, -1, 0 }, /* an Arabic digit one */
		{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, -1, 0 },
		{ "99999999999999999999", UINT64_MAX, -1, 0 },
		{ "00000000000000000001", UINT64_MAX, 0, 1 },
		{ "000000000000000000001", UINT64_MAX, -1, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t value = 4711;

		CHECK_CASE(rows[i].text);
		CHECK_INT(parse_decimal(rows[i].text, strlen(rows[i].text), rows[i].max, &value),
			  rows[i].result);
		CHECK_UINT(value, rows[i].result == 0 ? rows[i].value : 4711);
	}
	CHECK_CASE("a length decides, not a NUL");
	uint64_t value = 0;
	CHECK_INT(parse_decimal("12345", 2, 100, &value), 0);
	CHECK_UINT(value, 12);
	CHECK_INT(parse_decimal("1\0002", 3, 100, &value), -1);
}

static void test_32_bit(void)
{
	uint32_t u = 7;
	int32_t i = 7;
	uint64_t l = 7;

	CHECK_CASE("parse_u32");
	CHECK(parse_u32("4294967295", &u) == 0 && u == UINT32_MAX);
	CHECK(parse_u32("4294967296", &u) == -1 && u == UINT32_MAX);
	CHECK(parse_u32("-1", &u) == -1 && parse_u32("", &u) == -1);
	CHECK_CASE("parse_u64");
	CHECK(parse_u64("18446744073709551615", &l) == 0 && l == UINT64_MAX);
	CHECK(parse_u64("18446744073709551616", &l) == -1);
	CHECK_CASE("parse_i32");
	CHECK(parse_i32("2147483647", &i) == 0 && i == INT32_MAX);
	CHECK(parse_i32("2147483648", &i) == -1 && i == INT32_MAX);
	CHECK(parse_i32("-2147483648", &i) == 0 && i == INT32_MIN);
	CHECK(parse_i32("-2147483649", &i) == -1);
	CHECK(parse_i32("-0", &i) == 0 && i == 0);
	CHECK(parse_i32("-", &i) == -1 && parse_i32("", &i) == -1 && parse_i32("--1", &i) == -1);
}

static void test_bool(void)
{
	static const char *const wrong[] = { "",  "yes", "no", "TRUE",	"True", "t",
					     "2", "00",	 " 1", "true ", "on" };
	bool value = false;

	CHECK_CASE("parse_bool");
	CHECK(parse_bool("true", &value) == 0 && value);
	CHECK(parse_bool("false", &value) == 0 && !value);
	CHECK(parse_bool("1", &value) == 0 && value);
	CHECK(parse_bool("0", &value) == 0 && !value);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_INT(parse_bool(wrong[i], &value), -1);
	}
}

static void test_octal(void)
{
	static const char *const wrong[] = { "",   "8",	  "0o7",     "10000", "000001",
					     "-1", "07 ", "7777777", "0x1" };
	uint32_t mode = 0;

	CHECK_CASE("parse_octal");
	CHECK(parse_octal("0", &mode) == 0 && mode == 0);
	CHECK(parse_octal("1777", &mode) == 0 && mode == 01777);
	CHECK(parse_octal("0022", &mode) == 0 && mode == 022);
	CHECK(parse_octal("07777", &mode) == 0 && mode == 07777);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_INT(parse_octal(wrong[i], &mode), -1);
	}
	CHECK_UINT(mode, 07777);
}

static void test_size(void)
{
	static const struct {
		const char *text;
		int result;
		uint64_t value;
	} rows[] = {
		{ "0", 0, 0 },
		{ "64m", 0, (uint64_t)64 << 20 },
		{ "64M", 0, (uint64_t)64 << 20 },
		{ "1b", 0, 1 },
		{ "1B", 0, 1 },
		{ "3k", 0, 3072 },
		{ "2g", 0, (uint64_t)2 << 30 },
		{ "1T", 0, (uint64_t)1 << 40 },
		{ "16777215t", 0, (uint64_t)16777215 << 40 },
		{ "16777216t", -1, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551615k", -1, 0 },
		{ "", -1, 0 },
		{ "m", -1, 0 },
		{ "1mm", -1, 0 },
		{ "1 m", -1, 0 },
		{ "-1m", -1, 0 },
		{ "1.5m", -1, 0 },
		{ "1x", -1, 0 },
		{ "1\x0b", -1, 0 }, /* 'k' without its letter bits */
		{ "1\xed", -1, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t value = 4711;

		CHECK_CASE(rows[i].text);
		CHECK_INT(parse_size(rows[i].text, &value), rows[i].result);
		CHECK_UINT(value, rows[i].result == 0 ? rows[i].value : 4711);
	}
}

static void check_fields(const char *text, const char *joined)
{
	const char *cursor = text, *field;
	char seen[64] = "";
	size_t length, n = 0;

	CHECK_CASE(text);
	while ((field = parse_next_field(&cursor, ',', &length)) && n < sizeof(seen))
		n += (size_t)snprintf(seen + n, sizeof(seen) - n, "%.*s|", (int)length, field);
	CHECK_STR(seen, joined);
	CHECK(parse_next_field(&cursor, ',', &length) == NULL);
}

static void test_fields(void)
{
	check_fields("a,,b", "a||b|");
	check_fields("", "|");
	check_fields("a", "a|");
	check_fields("a,", "a||");
	check_fields(",", "||");
	CHECK_CASE("field_equals");
	CHECK(field_equals("rox", 2, "ro"));
	CHECK(!field_equals("rox", 3, "ro"));
	CHECK(!field_equals("r", 1, "ro"));
	CHECK(field_equals("", 0, ""));
}

static void test_digits(void)
{
	static const uint32_t values[] = { 0, 1, 9, 10, 99, 100, 65536, 999999999, 1000000000, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char text[DECIMAL_U32_SIZE + 1], expected[DECIMAL_U32_SIZE];
		char *end;

		memset(text, '#', sizeof(text));
		snprintf(expected, sizeof(expected), "%u", values[i]);
		end = decimal_u32(text, values[i]);
		CHECK_STR(text, expected);
		CHECK_UINT((uint64_t)(end - text), strlen(expected));
		CHECK_INT(text[strlen(expected) + 1], '#');
	}
}

int main(void)
{
	test_decimal();
	test_digits();
	test_32_bit();
	test_bool();
	test_octal();
	test_size();
	test_fields();
	return check_end();
}
