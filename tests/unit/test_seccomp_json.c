// SPDX-License-Identifier: Apache-2.0
/* The reader of JSON: what it gives, and what it refuses. */
#include "base/arena.h"
#include "config/json.h"

#include "tests/unit/check.h"

static struct arena arena = CHECK_ARENA;

static const struct json_value *read_text(const char *text)
{
	const struct json_value *value = NULL;
	struct error err;

	CHECK_CASE(text);
	CHECK_OK(json_read(&arena, text, strlen(text), &value, &err), &err);
	return value;
}

static void test_values(void)
{
	const struct json_value *map = read_text("{\"a\": [1, true, null, \"x\\u00e9\"], \"b\": {},"
						 " \"n\": null, \"big\": 18446744073709551615}");
	const struct json_value *list = json_member(map, "a");
	uint64_t number = 0;

	CHECK(json_is(map, JSON_MAP));
	CHECK(json_is(list, JSON_LIST));
	CHECK_INT(json_to_u64(list->first, &number), 0);
	CHECK_UINT(number, 1);
	CHECK(json_is(list->first->next, JSON_BOOL) && list->first->next->truth);
	CHECK(json_is(list->first->next->next, JSON_NULL));
	CHECK_STR(list->first->next->next->next->text, "x\xc3\xa9");
	CHECK(!list->first->next->next->next->next);
	CHECK(json_is(json_member(map, "b"), JSON_MAP));
	CHECK(!json_member(map, "n"));
	CHECK(!json_member(map, "no"));
	CHECK_INT(json_to_u64(json_member(map, "big"), &number), 0);
	CHECK_UINT(number, UINT64_MAX);
}

static void test_no_numbers(void)
{
	static const char *const texts[] = { "-1",    "1.5",  "1e3", "18446744073709551616",
					     "\"1\"", "true", "[]" };
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		CHECK_INT(json_to_u64(read_text(texts[i]), &number), -1);
	CHECK_INT(json_to_u64(NULL, &number), -1);
}

static void test_refusals(void)
{
	static const struct {
		const char *text;
		size_t length; /* 0: that of the text */
	} wrong[] = {
		{ "", 0 },
		{ " ", 0 },
		{ "{", 0 },
		{ "[1", 0 },
		{ "{}x", 0 },
		{ "{} {}", 0 },
		{ "[1,]", 0 },
		{ "{\"a\":1,}", 0 },
		{ "{a:1}", 0 },
		{ "// comment\n{}", 0 },
		{ "nul", 0 },
		{ "01", 0 },
		{ "\"a\nb\"", 0 },
		{ "\"\xff\"", 0 },
		{ "{\"a\":1,\"a\":2}", 0 },
		{ "{\"a\":1,\"\\u0061\":2}", 0 },
		{ "[\"a\\u0000b\"]", 0 },
		{ "{\"a\\u0000\":1}", 0 },
		{ "{}\0", 3 },
		{ "[\"a\0b\"]", 7 },
	};
	const struct json_value *value;
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i].text);
		CHECK_FAILS(json_read(&arena, wrong[i].text,
				      wrong[i].length ? wrong[i].length : strlen(wrong[i].text),
				      &value, &err),
			    &err, "json");
	}
}

static void test_line(void)
{
	const struct json_value *value;
	struct error err;

	CHECK_CASE("the line of a mistake");
	CHECK_FAILS(json_read(&arena, "{\n\"a\": 1,\n\"a\": 2\n}", 19, &value, &err), &err, "json");
	CHECK(strstr(err.text, "line 3"));
}

static int read_nested(size_t depth)
{
	char text[2 * JSON_DEPTH_MAX + 4];
	const struct json_value *value;
	struct error err;

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return json_read(&arena, text, 2 * depth, &value, &err);
}

static int read_members(size_t n)
{
	struct text text = { .arena = &arena };
	const struct json_value *value;
	struct error err;

	text_add(&text, "{");
	for (size_t i = 0; i < n; i++)
		text_add(&text, "%s\"%zu\":0", i ? "," : "", i);
	text_add(&text, "}");
	return json_read(&arena, text.s, text.n, &value, &err);
}

static int read_size(size_t size)
{
	char *text = arena_alloc(&arena, size);
	const struct json_value *value;
	struct error err;

	memset(text, ' ', size);
	text[0] = '1';
	return json_read(&arena, text, size, &value, &err);
}

static void test_bounds(void)
{
	CHECK_CASE("bounds");
	CHECK_INT(read_nested(JSON_DEPTH_MAX), 0);
	CHECK_INT(read_nested(JSON_DEPTH_MAX + 1), -1);
	CHECK_INT(read_members(JSON_MEMBERS_MAX), 0);
	CHECK_INT(read_members(JSON_MEMBERS_MAX + 1), -1);
	CHECK_INT(read_size(JSON_BYTES_MAX), 0);
	CHECK_INT(read_size(JSON_BYTES_MAX + 1), -1);
}

int main(void)
{
	test_values();
	test_no_numbers();
	test_refusals();
	test_line();
	test_bounds();
	arena_free_all(&arena);
	return check_end();
}
