// SPDX-License-Identifier: Apache-2.0
/* Writing JSON. The only file that knows yajl. Runs in: supervisor. */
#include "config/json.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>
#include <yajl/yajl_gen.h>

/* struct json is yajl's handle under another name: its header stays in this file */
static yajl_gen handle(struct json *json)
{
	return (yajl_gen)json;
}

struct json *json_begin(void)
{
	yajl_gen gen = yajl_gen_alloc(NULL);

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
