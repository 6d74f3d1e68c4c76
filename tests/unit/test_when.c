// SPDX-License-Identifier: Apache-2.0
/* Points in time, characters, and lines of a log: what is accepted, and what is not. */
#include "life/log_entry.h"
#include "nsrun/text.h"

#include "tests/unit/check.h"

#define S   ((uint64_t)1000000000)
#define NOW (1000000 * S)

static void test_when(void)
{
	static const struct {
		const char *text;
		uint64_t ns; /* UINT64_MAX: refused */
	} rows[] = {
		{ "0", 0 },
		{ "1136073600", 1136073600 * S },
		{ "1136073600.5", 1136073600 * S + 500000000 },
		{ "1.000000001", S + 1 },
		{ "1.0000000019", S + 1 },
		{ "1.", UINT64_MAX },
		{ "99999999999", UINT64_MAX },
		{ "10m", NOW - 600 * S },
		{ "1h30m", NOW - 5400 * S },
		{ "1.5h", NOW - 5400 * S },
		{ "1.5s200ms", NOW - 1700000000 },
		{ "3us", NOW - 3000 },
		{ "9ns", NOW - 9 },
		{ "9999h", 0 }, /* before 1970 */
		{ "9999999999h", UINT64_MAX },
		{ "10", 10 * S },
		{ "10x", UINT64_MAX },
		{ "m", UINT64_MAX },
		{ "1h30", UINT64_MAX },
		{ "-10m", UINT64_MAX },
		{ "1970-01-01", 0 },
		{ "1970-01-02T00:00:00Z", 86400 * S },
		{ "1970-01-02T00:00:01.25Z", 86401 * S + 250000000 },
		{ "1970-01-02 00:01", 86460 * S },
		{ "1970-01-02T01:00:00+01:00", 86400 * S },
		{ "1970-01-01T23:00:00-01:00", 86400 * S },
		{ "1970-01-02T00:00:00", 86400 * S }, /* TZ is UTC here */
		{ "1969-12-31T23:59:59Z", UINT64_MAX },
		{ "1970-01-01T00:00:00+01:00", UINT64_MAX },
		{ "1970-13-01", UINT64_MAX },
		{ "1970-1-1", UINT64_MAX },
		{ "1970-01-01T", UINT64_MAX },
		{ "1970-01-01T24:00:00Z", UINT64_MAX },
		{ "1970-01-01T00:00:00Zx", UINT64_MAX },
		{ "1970-01-01Z", UINT64_MAX },
		{ "", UINT64_MAX },
		{ "yesterday", UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ns = 0;
		int result = when_parse(rows[i].text, NOW, &ns);

		CHECK_CASE(rows[i].text);
		CHECK_INT(result, rows[i].ns == UINT64_MAX ? -1 : 0);
		if (result == 0)
			CHECK_UINT(ns, rows[i].ns);
	}
}

static void test_format(void)
{
	char text[WHEN_TEXT_SIZE];
	uint64_t ns = 0;

	CHECK_CASE("when_format");
	when_format(1136073600 * S + 42, text);
	CHECK_STR(text, "2006-01-01T00:00:00.000000042Z");
	CHECK_INT(when_parse_stamp(text, strlen(text), &ns), 0);
	CHECK_UINT(ns, 1136073600 * S + 42);
	CHECK_INT(when_parse_stamp("2006-01-01T00:00:00", 19, &ns), -1);
}

static void test_utf8(void)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
		{ "a", 1 },
		{ "\xc3\xa4", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 },
		{ "", 0 },
		{ "\x80", 0 },
		{ "\xc3", 0 },
		{ "\xc3(", 0 },
		{ "\xc0\x80", 0 },	   /* overlong */
		{ "\xe0\x9f\xbf", 0 },	   /* overlong */
		{ "\xed\xa0\x80", 0 },	   /* a surrogate */
		{ "\xf4\x90\x80\x80", 0 }, /* beyond the last one */
		{ "\xf0\x9f\x98", 0 },
		{ "\xff", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_CASE(rows[i].text);
		CHECK_UINT(utf8_sequence(rows[i].text, strlen(rows[i].text)), rows[i].length);
	}
	CHECK_CASE("a NUL");
	CHECK_UINT(utf8_sequence("", 1), 1);
}

static void test_log_line(void)
{
	static const char good[] = "2026-11-22T18:00:00.123456789Z stderr P a b";
	static const char *const wrong[] = {
		"",
		"text",
		"2026-11-22T18:00:00.123456789Z",
		"2026-11-22T18:00:00.123456789Z ",
		"2026-11-22T18:00:00.123456789Z stdout",
		"2026-11-22T18:00:00.123456789Z stdout F",
		"2026-11-22T18:00:00.123456789Z stdout X text",
		"2026-11-22T18:00:00.123456789Z stdin  F text",
		"2026-11-22T18:00:00.123456789 stdout F text",
		"26-11-22T18:00:00.123456789Z stdout F text",
		" stdout F text",
	};
	struct log_line line;

	CHECK_CASE(good);
	CHECK_INT(log_line_parse(good, strlen(good), &line), 0);
	CHECK_INT(line.fd, 2);
	CHECK(line.partial);
	CHECK_UINT(line.when_ns, 1795370400 * S + 123456789);
	CHECK_UINT(line.stamp_length, 30);
	CHECK_STR(line.text, "a b");
	CHECK_UINT(line.length, 3);
	CHECK_CASE("an empty line");
	CHECK_INT(log_line_parse("2026-11-22T18:00:00Z stdout F ", 30, &line), 0);
	CHECK_UINT(line.length, 0);
	CHECK(!line.partial && line.fd == 1);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_INT(log_line_parse(wrong[i], strlen(wrong[i]), &line), -1);
	}
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	test_when();
	test_format();
	test_utf8();
	test_log_line();
	return check_end();
}
