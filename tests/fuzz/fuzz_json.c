// SPDX-License-Identifier: Apache-2.0
/*
 * JSON of a stranger's: what is accepted is within the bounds, and says the same once more when it is
 * written and read again.
 */
#include "config/json.h"
#include "tests/fuzz/fuzz.h"

/* numbers keep their text, which the writer does not have: as strings, on both sides */
static void write_value(struct json *json, const struct json_value *value, int depth)
{
	REQUIRE(depth <= JSON_DEPTH_MAX);
	switch (value->type) {
	case JSON_NULL:
		json_string(json, value->key, NULL);
		break;
	case JSON_BOOL:
		json_bool(json, value->key, value->truth);
		break;
	case JSON_NUMBER:
	case JSON_STRING:
		REQUIRE(value->text);
		json_string(json, value->key, value->text);
		break;
	case JSON_LIST:
	case JSON_MAP:
		if (value->type == JSON_MAP)
			json_map(json, value->key);
		else
			json_list(json, value->key);
		for (const struct json_value *at = value->first; at; at = at->next) {
			REQUIRE(!at->key == (value->type == JSON_LIST));
			write_value(json, at, depth + 1);
		}
		if (value->type == JSON_MAP)
			json_map_end(json);
		else
			json_list_end(json);
		break;
	}
}

static const char *write_all(struct arena *arena, const struct json_value *value)
{
	struct json *json = json_begin();

	write_value(json, value, 0);
	return json_end(json, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = FUZZ_ARENA;
	const struct json_value *value, *again;
	struct error err;

	memset(&err, 0, sizeof(err));
	if (json_read(&arena, (const char *)data, size, &value, &err) < 0) {
		REQUIRE(*err.id && *err.text);
	} else {
		const char *text = write_all(&arena, value);

		REQUIRE(json_read(&arena, text, strlen(text), &again, &err) == 0);
		REQUIRE(strcmp(write_all(&arena, again), text) == 0);
	}
	arena_free_all(&arena);
	return 0;
}
