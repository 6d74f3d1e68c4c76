// SPDX-License-Identifier: Apache-2.0
/* What /proc says of processes, whatever their names are; published ports; harmless bytes. */
#include "cmd/escape.h"
#include "life/published.h"
#include "sys/process_facts.h"

#include "tests/unit/check.h"

#define TAIL                                                                                       \
	" S 7 8 9 34816 -1 4194304 1 2 3 4 50 6 70 8 20 0 1 0 12345 1000 42 18446744073709551615"

static void test_stat(void)
{
	static const char *const names[] = { "sh", "a b", ") R 1 (", "x\ny", "" };
	static const char *const wrong[] = { "", "1", "1 (sh", "1 (sh)", "1 sh) S 1", "1 (sh) S 1 2 3" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct process_facts facts = { .n_pids = 0 };
		char text[256];

		CHECK_CASE(names[i]);
		snprintf(text, sizeof(text), "42 (%s)" TAIL "\n", names[i]);
		CHECK_INT(process_parse_stat(text, &facts), 0);
		CHECK_STR(facts.name, names[i]);
		CHECK_INT(facts.parent, 7);
		CHECK_UINT(facts.tty, 34816);
		CHECK_UINT(facts.cpu_ticks, 56);
		CHECK_UINT(facts.dead_ticks, 78);
		CHECK_UINT(facts.start_ticks, 12345);
		CHECK_UINT(facts.resident_pages, 42);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct process_facts facts;

		CHECK_CASE(wrong[i]);
		CHECK_INT(process_parse_stat(wrong[i], &facts), -1);
	}
}

static void test_status(void)
{
	struct process_facts facts = { .n_pids = 0 };

	CHECK_CASE("status");
	CHECK_INT(process_parse_status("Name:\tUid:\nUid:\t1\t1001\t3\t4\nNSpid:\t500\t12\t1\n",
				       &facts),
		  0);
	CHECK_UINT(facts.uid, 1001);
	CHECK_UINT(facts.n_pids, 3);
	CHECK_INT(facts.pids[0], 500);
	CHECK_INT(facts.pids[2], 1);
	CHECK_INT(process_parse_status("Uid:\t1\t2\t3\nNSpid:\t1\n", &facts), -1);
	CHECK_INT(process_parse_status("Uid:\t1\t2\t3\t4\n", &facts), -1);
	CHECK_INT(process_parse_status("NSpid:\t1\n", &facts), -1);
	CHECK_INT(process_parse_status("", &facts), -1);
}

static void test_published(void)
{
	static const struct {
		const char *text;
		const char *address; /* NULL: refused */
		unsigned host;
		unsigned inside;
		unsigned count;
		const char *protocol;
	} rows[] = {
		{ "80", "0.0.0.0", 0, 80, 1, "tcp" },
		{ "8080:80", "0.0.0.0", 8080, 80, 1, "tcp" },
		{ "8080:80/udp", "0.0.0.0", 8080, 80, 1, "udp" },
		{ "127.0.0.1:8080:80", "127.0.0.1", 8080, 80, 1, "tcp" },
		{ "127.0.0.1::80", "127.0.0.1", 0, 80, 1, "tcp" },
		{ ":8080:80", "0.0.0.0", 8080, 80, 1, "tcp" },
		{ "[::1]:8080:80/tcp", "::1", 8080, 80, 1, "tcp" },
		{ "8000-8002:80-82", "0.0.0.0", 8000, 80, 3, "tcp" },
		{ "1-65535:1-65535", "0.0.0.0", 1, 1, 65535, "tcp" },
		{ "8000-8001:80-82", NULL, 0, 0, 0, NULL },
		{ "8000:80-82", NULL, 0, 0, 0, NULL },
		{ "80/sctp", NULL, 0, 0, 0, NULL },
		{ "0", NULL, 0, 0, 0, NULL },
		{ "65536", NULL, 0, 0, 0, NULL },
		{ "82-80:82-80", NULL, 0, 0, 0, NULL },
		{ "", NULL, 0, 0, 0, NULL },
		{ ":", NULL, 0, 0, 0, NULL },
		{ "http", NULL, 0, 0, 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct published_range range;
		int result = published_parse(rows[i].text, &range);

		CHECK_CASE(rows[i].text);
		CHECK_INT(result, rows[i].address ? 0 : -1);
		if (result < 0 || !rows[i].address)
			continue;
		CHECK_STR(range.address, rows[i].address);
		CHECK_UINT(range.host, rows[i].host);
		CHECK_UINT(range.inside, rows[i].inside);
		CHECK_UINT(range.count, rows[i].count);
		CHECK_STR(range.protocol, rows[i].protocol);
	}
}

static void test_harmless(void)
{
	static const struct {
		const char *text;
		size_t plain;
		size_t utf8;
	} rows[] = {
		{ "abc", 3, 3 },
		{ "a\x1b[m", 1, 1 },
		{ "a\tb", 1, 1 },
		{ "a\rb", 1, 1 },
		{ "a\x7f", 1, 1 },
		{ "a\x9b", 1, 1 },
		{ "a\xc2\x9b", 2, 1 }, /* U+009B */
		{ "a\xc2\xa0", 3, 3 },
		{ "\xe2\x80\x9c.", 1, 4 }, /* a quotation mark, whose bytes steer other terminals */
		{ "\xc3\xa4", 2, 2 },
		{ "\xe4", 1, 0 },
		{ "", 0, 0 },
	};
	char escaped[ESCAPE_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_CASE(rows[i].text);
		CHECK_UINT(escape_harmless(rows[i].text, strlen(rows[i].text), false),
			   rows[i].plain);
		CHECK_UINT(escape_harmless(rows[i].text, strlen(rows[i].text), true), rows[i].utf8);
	}
	escape_byte('\x9b', escaped);
	CHECK_STR(escaped, "\\x9b");
	setenv("LC_ALL", "", 1);
	setenv("LC_CTYPE", "de_DE.utf8", 1);
	setenv("LANG", "C", 1);
	CHECK(escape_locale_is_utf8());
	setenv("LC_ALL", "C", 1);
	CHECK(!escape_locale_is_utf8());
	setenv("LC_ALL", "C.UTF-8", 1);
	CHECK(escape_locale_is_utf8());
}

int main(void)
{
	test_stat();
	test_status();
	test_published();
	test_harmless();
	return check_end();
}
