// SPDX-License-Identifier: Apache-2.0
/* Writing and reading JSON. The only file that knows yajl. Runs in: supervisor. */
#include "config/json.h"

#include "base/arena.h"
#include "base/parse.h"
#include "nsrun/text.h"

#include <stdio.h>
#include <string.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

/* struct json is yajl's handle under another name: its header stays in this file */
static yajl_gen handle(struct json *json)
{
	return (yajl_gen)json;
}

struct json *json_begin_compact(void)
{
	return (struct json *)yajl_gen_alloc(NULL);
}

struct json *json_begin(void)
{
	yajl_gen gen = handle(json_begin_compact());

	yajl_gen_config(gen, yajl_gen_beautify, 1);
	yajl_gen_config(gen, yajl_gen_indent_string, "  ");
	return (struct json *)gen;
}

const char *json_end(struct json *json, struct arena *arena)
{
	const unsigned char *text = NULL;
	size_t length = 0;
	const char *copy;

	yajl_gen_get_buf(handle(json), &text, &length);
	copy = arena_strndup(arena, (const char *)text, length);
	yajl_gen_free(handle(json));
	return copy;
}

static void write_text(struct json *json, const char *text)
{
	yajl_gen_string(handle(json), (const unsigned char *)text, strlen(text));
}

static void write_key(struct json *json, const char *key)
{
	if (key)
		write_text(json, key);
}

void json_string(struct json *json, const char *key, const char *value)
{
	write_key(json, key);
	if (value)
		write_text(json, value);
	else
		yajl_gen_null(handle(json));
}

void json_number(struct json *json, const char *key, int64_t value)
{
	write_key(json, key);
	yajl_gen_integer(handle(json), value);
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

	write_key(json, key);
	yajl_gen_number(handle(json), text, (size_t)length);
}

void json_hundredths(struct json *json, const char *key, uint64_t hundredths)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%llu.%02u", (unsigned long long)hundredths / 100,
			      (unsigned)(hundredths % 100));

	write_key(json, key);
	yajl_gen_number(handle(json), text, (size_t)length);
}

static const char *clean(struct arena *arena, const char *value)
{
	struct text clean = { .arena = arena };
	size_t left = strlen(value), n;

	for (;;) {
		size_t run = 0;

		while ((n = utf8_sequence(value + run, left - run)) > 0)
			run += n;
		text_add(&clean, "%.*s", (int)run, value);
		if (run == left)
			return text_string(&clean);
		text_add(&clean, "\xef\xbf\xbd");
		value += run + 1;
		left -= run + 1;
	}
}

void json_text(struct json *json, struct arena *arena, const char *key, const char *value)
{
	json_string(json, key ? clean(arena, key) : NULL, clean(arena, value));
}

void json_bool(struct json *json, const char *key, bool value)
{
	write_key(json, key);
	yajl_gen_bool(handle(json), value);
}

void json_map(struct json *json, const char *key)
{
	write_key(json, key);
	yajl_gen_map_open(handle(json));
}

void json_map_end(struct json *json)
{
	yajl_gen_map_close(handle(json));
}

void json_list(struct json *json, const char *key)
{
	write_key(json, key);
	yajl_gen_array_open(handle(json));
}

void json_list_end(struct json *json)
{
	yajl_gen_array_close(handle(json));
}

void json_strings(struct json *json, const char *key, const char *const *values)
{
	json_list(json, key);
	for (; values && *values; values++)
		json_string(json, NULL, *values);
	json_list_end(json);
}

/**
 * struct reader - A text that is being read
 * @open:    the lists and maps around the current place, outermost first
 * @last:    the last element of each of them, to which the next one is linked
 * @members: how many elements each has
 * @key:     the name that the next value gets
 * @problem: why the reader itself stopped, or NULL when yajl knows
 */
struct reader {
	struct arena *arena;
	struct json_value *open[JSON_DEPTH_MAX];
	struct json_value *last[JSON_DEPTH_MAX];
	size_t members[JSON_DEPTH_MAX];
	size_t depth;
	struct json_value *top;
	const char *key;
	const char *problem;
};

static int stop(struct reader *reader, const char *problem)
{
	reader->problem = problem;
	return 0; /* what yajl takes for "go no further" */
}

static bool has_key(const struct json_value *map, const char *key)
{
	for (const struct json_value *value = map->first; value; value = value->next)
		if (strcmp(value->key, key) == 0)
			return true;
	return false;
}

/* A new value at the current place, or NULL when there may be none. */
static struct json_value *add(struct reader *reader, enum json_type type)
{
	struct json_value *value = arena_alloc(reader->arena, sizeof(*value));
	size_t at = reader->depth - 1;

	value->type = type;
	if (!reader->depth) {
		reader->top = value;
		return value;
	}
	if (reader->open[at]->type == JSON_MAP) {
		if (++reader->members[at] > JSON_MEMBERS_MAX) {
			stop(reader, "a map has too many members");
			return NULL;
		}
		value->key = reader->key;
		reader->key = NULL;
	}
	if (reader->last[at])
		reader->last[at]->next = value;
	else
		reader->open[at]->first = value;
	reader->last[at] = value;
	return value;
}

/* The text without a NUL inside, which would hide what comes behind it; or NULL. */
static const char *copy_text(struct reader *reader, const unsigned char *text, size_t length)
{
	if (memchr(text, '\0', length)) {
		stop(reader, "a string contains a NUL");
		return NULL;
	}
	return arena_strndup(reader->arena, (const char *)text, length);
}

static int read_null(void *arg)
{
	return add(arg, JSON_NULL) != NULL;
}

static int read_bool(void *arg, int truth)
{
	struct json_value *value = add(arg, JSON_BOOL);

	if (value)
		value->truth = truth != 0;
	return value != NULL;
}

static int read_number(void *arg, const char *text, size_t length)
{
	struct reader *reader = arg;
	struct json_value *value = add(reader, JSON_NUMBER);

	if (value)
		value->text = arena_strndup(reader->arena, text, length);
	return value != NULL;
}

static int read_string(void *arg, const unsigned char *text, size_t length)
{
	struct json_value *value = add(arg, JSON_STRING);

	if (value)
		value->text = copy_text(arg, text, length);
	return value && value->text;
}

static int read_open(struct reader *reader, enum json_type type)
{
	struct json_value *value;

	if (reader->depth == JSON_DEPTH_MAX)
		return stop(reader, "it is nested too deeply");
	value = add(reader, type);
	if (!value)
		return 0;
	reader->open[reader->depth] = value;
	reader->last[reader->depth] = NULL;
	reader->members[reader->depth++] = 0;
	return 1;
}

static int read_close(void *arg)
{
	struct reader *reader = arg;

	reader->depth--;
	return 1;
}

static int read_map(void *arg)
{
	return read_open(arg, JSON_MAP);
}

static int read_list(void *arg)
{
	return read_open(arg, JSON_LIST);
}

static int read_key(void *arg, const unsigned char *text, size_t length)
{
	struct reader *reader = arg;

	reader->key = copy_text(reader, text, length);
	if (!reader->key)
		return 0;
	if (has_key(reader->open[reader->depth - 1], reader->key))
		return stop(reader, "a map has the same key twice");
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = read_null,
	.yajl_boolean = read_bool,
	.yajl_number = read_number,
	.yajl_string = read_string,
	.yajl_start_map = read_map,
	.yajl_map_key = read_key,
	.yajl_end_map = read_close,
	.yajl_start_array = read_list,
	.yajl_end_array = read_close,
};

static size_t line_of(const char *text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static int parse(struct reader *reader, yajl_handle yajl, const char *text, size_t length,
		 struct error *err)
{
	yajl_status status = yajl_parse(yajl, (const unsigned char *)text, length);
	size_t line = line_of(text, yajl_get_bytes_consumed(yajl));
	unsigned char *why;

	if (status == yajl_status_ok)
		status = yajl_complete_parse(yajl);
	if (status == yajl_status_ok && reader->top)
		return 0;
	if (reader->problem)
		return error_set(err, "json", 0, "line %zu: %s", line, reader->problem);
	why = yajl_get_error(yajl, 0, NULL, 0);
	/* yajl ends its sentence with a newline */
	error_set(err, "json", 0, "line %zu: %.*s", line, why ? (int)strcspn((char *)why, "\n") : 9,
		  why ? (char *)why : "not JSON");
	if (why)
		yajl_free_error(yajl, why);
	return -1;
}

static int read_text(struct arena *arena, const char *text, size_t length, bool any_bytes,
		     const struct json_value **ret, struct error *err)
{
	struct reader reader = { .arena = arena };
	yajl_handle yajl;
	int result;

	yajl = yajl_alloc(&callbacks, NULL, &reader);
	if (!yajl)
		return error_set(err, "json", 0, "memory is short");
	yajl_config(yajl, yajl_dont_validate_strings, any_bytes);
	result = parse(&reader, yajl, text, length, err);
	yajl_free(yajl);
	*ret = reader.top;
	return result;
}

int json_read(struct arena *arena, const char *text, size_t length, const struct json_value **ret,
	      struct error *err)
{
	if (length > JSON_BYTES_MAX)
		return error_set(err, "json", 0, "it is larger than %zu bytes", JSON_BYTES_MAX);
	return read_text(arena, text, length, false, ret, err);
}

int json_read_own(struct arena *arena, const char *text, size_t length,
		  const struct json_value **ret, struct error *err)
{
	return read_text(arena, text, length, true, ret, err);
}

const struct json_value *json_member(const struct json_value *map, const char *key)
{
	for (const struct json_value *value = map->first; value; value = value->next)
		if (value->key[0] == key[0] && strcmp(value->key, key) == 0)
			return value->type == JSON_NULL ? NULL : value;
	return NULL;
}

bool json_is(const struct json_value *value, enum json_type type)
{
	return value && value->type == type;
}

int json_to_u64(const struct json_value *value, uint64_t *ret)
{
	return json_is(value, JSON_NUMBER) ? parse_u64(value->text, ret) : -1;
}

void json_value(struct json *json, const char *key, const struct json_value *value)
{
	switch (value->type) {
	case JSON_NULL:
		json_string(json, key, NULL);
		return;
	case JSON_BOOL:
		json_bool(json, key, value->truth);
		return;
	case JSON_NUMBER:
		write_key(json, key);
		yajl_gen_number(handle(json), value->text, strlen(value->text));
		return;
	case JSON_STRING:
		json_string(json, key, value->text);
		return;
	default:
		break;
	}
	if (value->type == JSON_MAP)
		json_map(json, key);
	else
		json_list(json, key);
	for (const struct json_value *at = value->first; at; at = at->next)
		json_value(json, at->key, at); /* no deeper than JSON_DEPTH_MAX */
	if (value->type == JSON_MAP)
		json_map_end(json);
	else
		json_list_end(json);
}
