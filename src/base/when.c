// SPDX-License-Identifier: Apache-2.0
/* Points in time as texts. Pure, but for the time zone. */
#include "nsrun/text.h"

#include "base/parse.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S    ((uint64_t)1000000000)
#define SECONDS_MAX ((uint64_t)9999999999) /* the year 2286; in nanoseconds it fits in 64 bits */

/* struct cursor - What is left of a text */
struct cursor {
	const char *at;
	size_t left;
};

static bool take_byte(struct cursor *cursor, char byte)
{
	if (cursor->left == 0 || *cursor->at != byte)
		return false;
	cursor->at++;
	cursor->left--;
	return true;
}

static size_t count_digits(const struct cursor *cursor)
{
	size_t n = 0;

	while (n < cursor->left && cursor->at[n] >= '0' && cursor->at[n] <= '9')
		n++;
	return n;
}

/* exactly @digits of them; -1 if not */
static int take_digits(struct cursor *cursor, size_t digits, uint64_t max, uint64_t *ret)
{
	if (cursor->left < digits || parse_decimal(cursor->at, digits, max, ret) < 0)
		return -1;
	cursor->at += digits;
	cursor->left -= digits;
	return 0;
}

/* ".123" as parts of @unit_ns; nothing is 0; more digits than nine are dropped */
static int take_fraction(struct cursor *cursor, uint64_t unit_ns, uint64_t *ret_ns)
{
	uint64_t place = unit_ns;
	size_t n;

	*ret_ns = 0;
	if (!take_byte(cursor, '.'))
		return 0;
	n = count_digits(cursor);
	for (size_t i = 0; i < n; i++) {
		place /= 10;
		*ret_ns += place * (uint64_t)(cursor->at[i] - '0');
	}
	cursor->at += n;
	cursor->left -= n;
	return n > 0 ? 0 : -1;
}

static int take_number(struct cursor *cursor, uint64_t *ret)
{
	size_t n = count_digits(cursor);

	return n > 0 && n <= 19 ? take_digits(cursor, n, SECONDS_MAX * NS_PER_S, ret) : -1;
}

/* --- dates --- */

static int take_date(struct cursor *cursor, struct tm *tm)
{
	uint64_t year, month, day;

	if (take_digits(cursor, 4, 2285, &year) < 0 || year < 1970 || !take_byte(cursor, '-') ||
	    take_digits(cursor, 2, 12, &month) < 0 || month == 0 || !take_byte(cursor, '-') ||
	    take_digits(cursor, 2, 31, &day) < 0 || day == 0)
		return -1;
	*tm = (struct tm){ .tm_year = (int)year - 1900,
			   .tm_mon = (int)month - 1,
			   .tm_mday = (int)day,
			   .tm_isdst = -1 };
	return 0;
}

static int take_time(struct cursor *cursor, struct tm *tm, uint64_t *ret_fraction_ns)
{
	uint64_t hour, minute, second = 0;

	*ret_fraction_ns = 0;
	if (take_digits(cursor, 2, 23, &hour) < 0 || !take_byte(cursor, ':') ||
	    take_digits(cursor, 2, 59, &minute) < 0)
		return -1;
	if (take_byte(cursor, ':') && (take_digits(cursor, 2, 60, &second) < 0 ||
				       take_fraction(cursor, NS_PER_S, ret_fraction_ns) < 0))
		return -1;
	tm->tm_hour = (int)hour;
	tm->tm_min = (int)minute;
	tm->tm_sec = (int)second;
	return 0;
}

/* "Z", "+01:00"; @ret_known: there is one */
static int take_zone(struct cursor *cursor, int64_t *ret_offset_s, bool *ret_known)
{
	bool west;
	uint64_t hours, minutes;

	*ret_offset_s = 0;
	*ret_known = true;
	if (take_byte(cursor, 'Z') || take_byte(cursor, 'z'))
		return 0;
	west = take_byte(cursor, '-');
	if (!west && !take_byte(cursor, '+')) {
		*ret_known = false;
		return 0;
	}
	if (take_digits(cursor, 2, 23, &hours) < 0 || !take_byte(cursor, ':') ||
	    take_digits(cursor, 2, 59, &minutes) < 0)
		return -1;
	*ret_offset_s = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return 0;
}

static int parse_date(struct cursor cursor, bool zone_needed, uint64_t *ret_ns)
{
	uint64_t fraction_ns = 0;
	int64_t offset_s = 0, seconds;
	bool zone = false;
	struct tm tm;

	if (take_date(&cursor, &tm) < 0)
		return -1;
	if (cursor.left > 0 &&
	    ((!take_byte(&cursor, 'T') && !take_byte(&cursor, ' ')) ||
	     take_time(&cursor, &tm, &fraction_ns) < 0 || take_zone(&cursor, &offset_s, &zone) < 0))
		return -1;
	if (cursor.left > 0 || (zone_needed && !zone))
		return -1;
	seconds = (zone ? timegm(&tm) : mktime(&tm)) - offset_s;
	if (seconds < 0)
		return -1;
	*ret_ns = (uint64_t)seconds * NS_PER_S + fraction_ns;
	return 0;
}

/* --- numbers, and how long ago --- */

static int parse_seconds(struct cursor cursor, uint64_t *ret_ns)
{
	uint64_t seconds, fraction_ns;

	if (take_number(&cursor, &seconds) < 0 || seconds > SECONDS_MAX ||
	    take_fraction(&cursor, NS_PER_S, &fraction_ns) < 0 || cursor.left > 0)
		return -1;
	*ret_ns = seconds * NS_PER_S + fraction_ns;
	return 0;
}

static int take_unit(struct cursor *cursor, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ms", 1000000 },      { "us", 1000 },		{ "ns", 1 },
		      { "h", 3600 * NS_PER_S }, { "m", 60 * NS_PER_S }, { "s", NS_PER_S } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i].name);

		if (cursor->left < length || memcmp(cursor->at, units[i].name, length) != 0)
			continue;
		cursor->at += length;
		cursor->left -= length;
		*ret_ns = units[i].ns;
		return 0;
	}
	return -1;
}

/* "1h30m", "1.5h" */
static int parse_duration(struct cursor cursor, uint64_t *ret_ns)
{
	uint64_t sum = 0;

	do {
		struct cursor unit_at;
		uint64_t number, unit_ns, fraction_ns;

		if (take_number(&cursor, &number) < 0)
			return -1;
		unit_at = cursor; /* the unit is behind the fraction, which is a part of it */
		if (take_byte(&unit_at, '.')) {
			size_t digits = count_digits(&unit_at);

			unit_at.at += digits;
			unit_at.left -= digits;
		}
		if (take_unit(&unit_at, &unit_ns) < 0 ||
		    take_fraction(&cursor, unit_ns, &fraction_ns) < 0 ||
		    number > (SECONDS_MAX * NS_PER_S - sum) / unit_ns)
			return -1;
		cursor = unit_at;
		sum += number * unit_ns + fraction_ns;
	} while (cursor.left > 0);
	*ret_ns = sum;
	return 0;
}

int when_parse(const char *text, uint64_t now_ns, uint64_t *ret_ns)
{
	const struct cursor cursor = { text, strlen(text) };
	uint64_t ago_ns;

	if (parse_seconds(cursor, ret_ns) == 0 || parse_date(cursor, false, ret_ns) == 0)
		return 0;
	if (parse_duration(cursor, &ago_ns) < 0)
		return -1;
	*ret_ns = ago_ns < now_ns ? now_ns - ago_ns : 0;
	return 0;
}

int when_parse_stamp(const char *text, size_t length, uint64_t *ret_ns)
{
	return parse_date((struct cursor){ text, length }, true, ret_ns);
}

void when_format(uint64_t ns, char ret_text[WHEN_TEXT_SIZE])
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm tm;
	size_t length;

	gmtime_r(&seconds, &tm);
	length = strftime(ret_text, WHEN_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(ret_text + length, WHEN_TEXT_SIZE - length, ".%09uZ", (unsigned)(ns % NS_PER_S));
}
