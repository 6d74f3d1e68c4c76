// SPDX-License-Identifier: Apache-2.0
/* /etc/subuid by its contents: which lines grant what to whom, and which grant nothing. */
#include "sys/subid.h"

#include "tests/unit/check.h"

#include <fcntl.h>
#include <sys/mman.h>

struct seen {
	struct text text;
	unsigned stop_after;
};

static int note_range(const struct subid_range *range, void *arg)
{
	struct seen *seen = arg;

	text_add(&seen->text, "%s%u+%u", seen->text.n ? " " : "", range->start, range->count);
	return seen->stop_after && --seen->stop_after == 0 ? 7 : 0;
}

/* a file in memory, at its beginning */
static int make_file(const void *bytes, size_t length)
{
	int fd = memfd_create("subid", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) != 0) {
		puts("not ok: cannot make a file in memory");
		exit(1);
	}
	return fd;
}

static int scan_bytes(struct seen *seen, const void *bytes, size_t length,
		      const struct subid_owner *owner)
{
	int fd = make_file(bytes, length);
	int result = subid_scan(fd, owner, note_range, seen);

	close(fd);
	return result;
}

static const struct subid_owner alice = { "alice", 1001 };

struct row {
	const char *name;
	const char *content;
	const char *ranges;
};

/* the file rows of the helper's differential table, as far as they are the parser's */
static const struct row rows[] = {
	{ "plain", "alice:100000:65536\n", "100000+65536" },
	{ "F1 comment, blank lines", "# alice:1:2\n\n   \n\t\nalice:100000:65536\n",
	  "100000+65536" },
	{ "F2 no final newline", "alice:100000:65536", "100000+65536" },
	{ "F3 CRLF", "alice:100000:65536\r\n", "" },
	{ "F3 trailing blank", "alice:100000:65536 \n", "" },
	{ "F3 leading blank", " alice:100000:65536\n", "" },
	{ "F4 blanks in front of numbers", "alice: 100000: 65536\n", "" },
	{ "F5 by number", "1001:100000:65536\n", "100000+65536" },
	{ "F6 number with a zero in front", "01001:100000:65536\n", "" },
	{ "F7 shorter name", "alic:100000:65536\n", "" },
	{ "F7 longer name", "alice2:100000:65536\n", "" },
	{ "F7 star", "*:100000:65536\n", "" },
	{ "F7 plus", "+alice:100000:65536\n", "" },
	{ "F7 other case", "Alice:100000:65536\n", "" },
	{ "F8 two lines, name and number", "alice:100000:100\n1001:100100:100\n",
	  "100000+100 100100+100" },
	{ "F9 a gap", "alice:100000:100\nalice:100101:100\n", "100000+100 100101+100" },
	{ "F10 overlapping lines", "alice:100000:100\nalice:100050:100\n",
	  "100000+100 100050+100" },
	{ "F11 nothing at nothing", "alice:0:0\n", "" },
	{ "F11 nothing at something", "alice:100000:0\n", "" },
	{ "F12 too much", "alice:1:18446744073709551615\n", "" },
	{ "F13 too many", "alice:100000:4294967296\n", "" },
	{ "F13 past the last id", "alice:100000:4294867296\n", "" },
	{ "up to the last id", "alice:100000:4294867295\n", "100000+4294867295" },
	{ "the last id", "alice:4294967294:1\n", "4294967294+1" },
	{ "no id", "alice:4294967295:1\n", "" },
	{ "F14 negative start", "alice:-1:65536\n", "" },
	{ "F14 negative count", "alice:100000:-1\n", "" },
	{ "F14 start that wraps", "alice:4295067296:65536\n", "" },
	{ "F15 four fields", "alice:100000:65536:x\n", "" },
	{ "F15 a colon at the end", "alice:100000:65536:\n", "" },
	{ "F16 two fields", "alice:100000\n", "" },
	{ "F16 no colon", "alice\n", "" },
	{ "F16 nobody", ":100000:65536\n", "" },
	{ "F16 an empty number", "alice::65536\nalice:100000:\n", "" },
	{ "F16 empty file", "", "" },
	{ "F17 hex", "alice:0x186a0:65536\n", "" },
	{ "F17 octal", "alice:0303240:65536\n", "" },
	{ "F17 octal count", "alice:100000:0200000\n", "" },
	{ "signs", "alice:+100000:65536\nalice:100000:+65536\n", "" },
	{ "others between", "bob:1:1\nalice:5:5\ncarol:9:9\nalice:20:20\n1002:7:7\n", "5+5 20+20" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena arena = CHECK_ARENA;
		struct seen seen = { .text = { .arena = &arena } };

		CHECK_CASE(rows[i].name);
		CHECK_INT(scan_bytes(&seen, rows[i].content, strlen(rows[i].content), &alice), 0);
		CHECK_STR(text_string(&seen.text), rows[i].ranges);
		arena_free_all(&arena);
	}
}

static void test_owners(struct arena *arena)
{
	static const char file[] = "1002:100:10\nalice:200:10\n1001:300:10\n";
	static const struct {
		const char *name;
		struct subid_owner owner;
		const char *ranges;
	} owners[] = {
		{ "F24 a user who is called like a uid", { "1002", 1005 }, "" },
		{ "a uid without a name", { NULL, 1001 }, "300+10" },
		{ "name and uid", { "alice", 1001 }, "200+10 300+10" },
		{ "a name only", { "alice", UINT32_MAX }, "200+10" },
		{ "an empty name", { "", 5 }, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		struct seen seen = { .text = { .arena = arena } };

		CHECK_CASE(owners[i].name);
		CHECK_INT(scan_bytes(&seen, file, strlen(file), &owners[i].owner), 0);
		CHECK_STR(text_string(&seen.text), owners[i].ranges);
	}
	struct seen seen = { .text = { .arena = arena } };
	static const char none[] = "4294967295:100:10\n";

	CHECK_CASE("nobody's number is nobody's line");
	CHECK_INT(scan_bytes(&seen, none, strlen(none), &alice), 0);
	CHECK_STR(text_string(&seen.text), "");
}

/* F18: what such a file grants is anybody's guess, so it counts as unreadable */
static void test_nul(struct arena *arena)
{
	static const char inside[] = "ali\0ce:100000:65536\nbob:1:1\n";
	static const char behind[] = "alice:100000:65536\0\n";
	static const char other[] = "alice:100000:65536\nbob\0:1:1\n";
	struct seen seen = { .text = { .arena = arena } };

	CHECK_CASE("F18 NUL");
	errno = 0;
	CHECK_INT(scan_bytes(&seen, inside, sizeof(inside) - 1, &alice), -1);
	CHECK_INT(errno, EILSEQ);
	CHECK_INT(scan_bytes(&seen, behind, sizeof(behind) - 1, &alice), -1);
	CHECK_STR(text_string(&seen.text), "");
	errno = 0;
	CHECK_INT(scan_bytes(&seen, other, sizeof(other) - 1, &alice), -1);
	CHECK_INT(errno, EILSEQ);
}

/* F19: a line of @length bytes, then a good one */
static void check_long_line(struct arena *arena, size_t length, bool valid)
{
	struct seen seen = { .text = { .arena = arena } };
	static const char good[] = "\nalice:100000:65536\n";
	char *bytes = malloc(length + sizeof(good));

	if (!bytes)
		check_exhausted();
	memset(bytes, 'x', length);
	if (valid) /* "alice:200:10" with blanks of no meaning is not possible: a long comment is */
		bytes[0] = '#';
	memcpy(bytes + length, good, sizeof(good));
	CHECK_INT(scan_bytes(&seen, bytes, length + sizeof(good) - 1, &alice), 0);
	CHECK_STR(text_string(&seen.text), "100000+65536");
	free(bytes);
}

/* the tail of a line that is too long must not be taken for a line of its own */
static void check_hidden_line(struct arena *arena, size_t padding)
{
	static const char hidden[] = "alice:0:1\n";
	struct seen seen = { .text = { .arena = arena } };
	char *bytes = malloc(padding + sizeof(hidden));

	if (!bytes)
		check_exhausted();
	memset(bytes, 'x', padding);
	memcpy(bytes + padding, hidden, sizeof(hidden));
	CHECK_INT(scan_bytes(&seen, bytes, padding + sizeof(hidden) - 1, &alice), 0);
	CHECK_STR(text_string(&seen.text), "");
	free(bytes);
}

static void test_long_lines(struct arena *arena)
{
	static const size_t lengths[] = { 511, 512, 513, 2048, 4095, 4096, 4097, (size_t)8 << 20 };
	struct seen seen = { .text = { .arena = arena } };
	struct text many = { .arena = arena };

	CHECK_CASE("F19 long lines");
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		check_long_line(arena, lengths[i], i % 2 == 0);
		check_hidden_line(arena, lengths[i]);
	}
	CHECK_CASE("F19 many lines");
	for (int i = 0; i < 5000; i++)
		text_add(&many, "user%d:%d:10\n", i, 1000000 + i * 10);
	text_add(&many, "alice:100000:65536\n");
	CHECK_INT(scan_bytes(&seen, many.s, many.n, &alice), 0);
	CHECK_STR(text_string(&seen.text), "100000+65536");
}

/* the buffer's edge must be nobody's edge: one line at every offset around it */
static void test_edges(void)
{
	static const char line[] = "alice:100000:65536\n";
	char bytes[4200];

	CHECK_CASE("a line across two reads");
	for (size_t offset = 4096 - sizeof(line); offset < 4100; offset++) {
		struct arena arena = CHECK_ARENA;
		struct seen seen = { .text = { .arena = &arena } };

		memset(bytes, '\n', offset);
		memcpy(bytes + offset, line, sizeof(line) - 1);
		CHECK_INT(scan_bytes(&seen, bytes, offset + sizeof(line) - 1, &alice), 0);
		CHECK_STR(text_string(&seen.text), "100000+65536");
		arena_free_all(&arena);
	}
}

static void test_stop_and_failure(struct arena *arena)
{
	static const char file[] = "alice:1:1\nalice:2:1\nalice:3:1\n";
	struct seen seen = { .text = { .arena = arena }, .stop_after = 2 };
	int ends[2];

	CHECK_CASE("the visitor stops the scan");
	CHECK_INT(scan_bytes(&seen, file, strlen(file), &alice), 7);
	CHECK_STR(text_string(&seen.text), "1+1 2+1");
	CHECK_CASE("a descriptor that cannot be read");
	CHECK_INT(subid_scan(-1, &alice, note_range, &seen), -1);
	CHECK_INT(errno, EBADF);
	CHECK_CASE("a directory");
	int fd = open("/", O_RDONLY | O_CLOEXEC);
	CHECK_INT(subid_scan(fd, &alice, note_range, &seen), -1);
	CHECK_INT(errno, EISDIR);
	close(fd);
	CHECK_CASE("short reads");
	seen = (struct seen){ .text = { .arena = arena } };
	if (pipe(ends) == 0) {
		/* a pipe hands over what was written in one piece at most */
		CHECK_INT(write(ends[1], file, 13), 13);
		CHECK_INT(write(ends[1], file + 13, strlen(file) - 13), (int)strlen(file) - 13);
		close(ends[1]);
		CHECK_INT(subid_scan(ends[0], &alice, note_range, &seen), 0);
		CHECK_STR(text_string(&seen.text), "1+1 2+1 3+1");
		close(ends[0]);
	}
}

int main(void)
{
	struct arena arena = CHECK_ARENA;

	test_rows();
	test_owners(&arena);
	test_nul(&arena);
	test_long_lines(&arena);
	test_edges();
	test_stop_and_failure(&arena);
	arena_free_all(&arena);
	return check_end();
}
