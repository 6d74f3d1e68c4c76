/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing and reading JSON. The only module that knows yajl. Runs in: supervisor. What is read is
 * a stranger's: it is bounded in size, depth and members, and whatever two readers could
 * understand differently (a key twice, a NUL in a string, text behind the end) is an error.
 */
#ifndef NSRUN_CONFIG_JSON_H
#define NSRUN_CONFIG_JSON_H

#include "nsrun/error.h"
#include "nsrun/types.h"

struct json;

/** json_begin() - A writer of indented JSON; ends with json_end(). */
struct json *json_begin(void);

/** json_begin_compact() - A writer of JSON in one line. */
struct json *json_begin_compact(void);

/** json_end() - What was written, copied into @arena; releases the writer. */
const char *json_end(struct json *json, struct arena *arena);

/* A value. @key is NULL in a list and at the top. A NULL string is written as null. */
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, int64_t value);
void json_unsigned(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_map(struct json *json, const char *key);
void json_map_end(struct json *json);
void json_list(struct json *json, const char *key);
void json_list_end(struct json *json);

/** json_hundredths() - A number with two digits behind the point. */
void json_hundredths(struct json *json, const char *key, uint64_t hundredths);

/** json_text() - A stranger's key and string: what is not UTF-8 becomes U+FFFD. */
void json_text(struct json *json, struct arena *arena, const char *key, const char *value);

/** json_strings() - A list of strings, NULL-terminated. */
void json_strings(struct json *json, const char *key, const char *const *values);

/* What json_read() takes at most. */
#define JSON_BYTES_MAX	 ((size_t)1024 * 1024)
#define JSON_DEPTH_MAX	 32
#define JSON_MEMBERS_MAX 1024 /* of one map: each is compared with all before it */

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_LIST,
	JSON_MAP,
};

/**
 * struct json_value - A value that was read
 * @key:   its name in a map, or NULL
 * @text:  STRING: the text; NUMBER: as it is written; else NULL
 * @truth: BOOL: which
 * @first: LIST, MAP: the first element, or NULL
 * @next:  the element after this one, or NULL
 */
struct json_value {
	enum json_type type;
	const char *key;
	const char *text;
	bool truth;
	const struct json_value *first;
	const struct json_value *next;
};

/**
 * json_read() - Read a whole text
 * @text: need not end in NUL
 * @ret:  the value, in @arena; independent of @text
 *
 * Return: 0, or -1 with @err (id "json"), which names the line.
 */
int json_read(struct arena *arena, const char *text, size_t length, const struct json_value **ret,
	      struct error *err);

/**
 * json_read_own() - The same for what nsrun wrote: names and arguments may be of any bytes, and as
 * long as execve(2) takes them
 */
int json_read_own(struct arena *arena, const char *text, size_t length,
		  const struct json_value **ret, struct error *err);

/** json_member() - A member of a map; NULL when it is missing, or null, which is the same. */
const struct json_value *json_member(const struct json_value *map, const char *key);

/** json_is() - Whether there is a value and it has this type. */
bool json_is(const struct json_value *value, enum json_type type);

/** json_value() - Write what was read. */
void json_value(struct json *json, const char *key, const struct json_value *value);

/** json_to_u64() - A whole number from 0 to 2^64-1; -1 for anything else. */
int json_to_u64(const struct json_value *value, uint64_t *ret);

#endif
