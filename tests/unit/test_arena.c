// SPDX-License-Identifier: Apache-2.0
/* The arena, growing texts and lists, and struct error. */
#include "base/arena.h"

#include "tests/unit/check.h"

#include <setjmp.h>

static void test_memory(struct arena *arena)
{
	char *first = arena_alloc(arena, 1);
	char *big = arena_alloc(arena, 100000);
	bool zeroed = true;

	CHECK_CASE("arena_alloc");
	CHECK(((uintptr_t)first & 15) == 0 && ((uintptr_t)big & 15) == 0);
	for (size_t i = 0; i < 100000; i++)
		zeroed = zeroed && big[i] == 0;
	CHECK(zeroed);
	memset(big, 'x', 100000);
	CHECK(arena_alloc(arena, 0) != NULL);
	for (size_t size = 1; size < 5000; size++)
		memset(arena_alloc(arena, size), 0xff, size);
	CHECK(*first == 0);
	arena_free_all(arena);
	CHECK(arena->blocks == NULL);
	first = arena_alloc(arena, 64);
	zeroed = true;
	for (size_t i = 0; i < 64; i++)
		zeroed = zeroed && first[i] == 0;
	CHECK(zeroed);
}

static jmp_buf exhausted;

/* AddressSanitizer, whose name this is, ends what asks for too much, unless told not to */
const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void give_up(void)
{
	longjmp(exhausted, 1);
}

static void test_exhausted(void)
{
	struct arena arena = { .on_exhausted = give_up };

	CHECK_CASE("a lack of memory is told");
	if (setjmp(exhausted) == 0) {
		arena_alloc(&arena, (size_t)1 << 62);
		check_that(false, __FILE__, __LINE__, "arena_alloc() came back");
	} else {
		CHECK(arena.blocks == NULL);
	}
}

static void test_strings(struct arena *arena)
{
	CHECK_CASE("strings");
	CHECK_STR(arena_strdup(arena, "abc"), "abc");
	CHECK_STR(arena_strdup(arena, ""), "");
	CHECK_STR(arena_strndup(arena, "abcdef", 3), "abc");
	CHECK_STR(arena_strndup(arena, "abc", 0), "");
	CHECK_STR(arena_printf(arena, "%s-%d", "x", 42), "x-42");
	CHECK_STR(arena_printf(arena, "%s", ""), "");
	CHECK_UINT(strlen(arena_printf(arena, "%70000d", 1)), 70000);
}

/* wherever in a block a text ends up, or does not fit */
static void test_printf_at_ends(struct arena *arena)
{
	bool right = true;

	CHECK_CASE("arena_printf at the end of a block");
	for (int length = 1; length < 2000; length++) {
		char *before = arena_strdup(arena, "before");
		char *text = arena_printf(arena, "%*d", length, 7);
		char *zeroed = arena_alloc(arena, 24);

		right = right && strcmp(before, "before") == 0 && strlen(text) == (size_t)length &&
			text[length - 1] == '7' && memcmp(zeroed, (char[24]){ 0 }, 24) == 0;
	}
	CHECK(right);
}

static void test_array(struct arena *arena)
{
	NSRUN_ARRAY(uint32_t) numbers = { .n = 0 };
	bool right = true;

	CHECK_CASE("array_push");
	for (uint32_t i = 0; i < 10000; i++) {
		uint32_t *number = array_push(arena, &numbers);

		right = right && *number == 0;
		*number = i;
	}
	for (uint32_t i = 0; i < 10000; i++)
		right = right && numbers.v[i] == i;
	CHECK(right);
	CHECK_UINT(numbers.n, 10000);
	CHECK(numbers.cap >= numbers.n);
}

static void test_text(struct arena *arena)
{
	struct text text = { .arena = arena };
	size_t length = 0;

	CHECK_CASE("text_add");
	CHECK_STR(text_string(&text), "");
	text_add(&text, "%s", "");
	CHECK_STR(text_string(&text), "");
	for (int i = 0; i < 2000; i++) {
		text_add(&text, "%d,", i);
		length += (size_t)(i < 10 ? 2 : i < 100 ? 3 : i < 1000 ? 4 : 5);
	}
	CHECK_UINT(text.n, length);
	CHECK_UINT(strlen(text.s), length);
	CHECK(strncmp(text.s, "0,1,2,3,", 8) == 0);
	CHECK_STR(text.s + length - 10, "1998,1999,");
}

static void test_error(void)
{
	char long_text[1000];
	struct error err;

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	memset(&err, 0xff, sizeof(err));
	CHECK_CASE("error_set");
	CHECK_INT(error_set(&err, "some-id", EACCES, "cannot open '%s'", "/x"), -1);
	CHECK_STR(err.id, "some-id");
	CHECK_STR(err.text, "cannot open '/x'");
	CHECK_STR(err.arg, "");
	CHECK_INT(err.errnum, EACCES);
	CHECK_INT(err.status, NSRUN_EXIT_FAILED);
	CHECK_INT(error_set_arg(&err, "%d", 5), -1);
	CHECK_STR(err.arg, "5");
	CHECK_INT(error_set_status(&err, NSRUN_EXIT_NOT_FOUND), -1);
	CHECK_INT(err.status, 127);
	CHECK_STR(err.text, "cannot open '/x'");
	CHECK_CASE("too long is cut, and ends");
	error_set(&err, long_text, 0, "%s", long_text);
	error_set_arg(&err, "%s", long_text);
	CHECK_UINT(strlen(err.id), sizeof(err.id) - 1);
	CHECK_UINT(strlen(err.text), sizeof(err.text) - 1);
	CHECK_UINT(strlen(err.arg), sizeof(err.arg) - 1);
	CHECK_CASE("an old error leaves nothing behind");
	error_set(&err, "b", 0, "c");
	CHECK_STR(err.arg, "");
	CHECK(err.text[5] == '\0' && err.id[5] == '\0');
}

int main(void)
{
	struct arena arena = CHECK_ARENA;

	test_memory(&arena);
	test_exhausted();
	test_strings(&arena);
	test_printf_at_ends(&arena);
	test_array(&arena);
	test_text(&arena);
	test_error();
	arena_free_all(&arena);
	return check_end();
}
