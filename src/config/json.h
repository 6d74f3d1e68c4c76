/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON. The only module that knows yajl. Runs in: supervisor. */
#ifndef NSRUN_CONFIG_JSON_H
#define NSRUN_CONFIG_JSON_H

#include "nsrun/types.h"

struct json;

/** json_begin() - A writer of indented JSON; ends with json_end(). */
struct json *json_begin(void);

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

/** json_strings() - A list of strings, NULL-terminated. */
void json_strings(struct json *json, const char *key, const char *const *values);

#endif
