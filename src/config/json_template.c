// SPDX-License-Identifier: Apache-2.0
/* The small part of Go's templates that people write behind --format. Pure. Runs in: nsrun. */
#include "config/json_template.h"

#include "base/arena.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/**
 * struct action - What stands between {{ and }}
 * @path:   "." or ".NAME.NAME"
 * @json:   it is to be printed as JSON
 */
struct action {
	const char *path;
	size_t length;
	bool json;
};

static int refuse(struct error *err, const char *text, size_t length)
{
	return error_set(err, "template", 0,
			 "--format understands {{.NAME}}, {{.NAME.NAME}} and {{json .NAME}} of Go's "
			 "templates, not '{{%.*s}}'",
			 (int)length, text);
}

static bool is_path(const char *text, size_t length)
{
	if (length == 0 || text[0] != '.')
		return false;
	for (size_t i = 1; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' && text[i] != '-' &&
		    (text[i] != '.' || text[i - 1] == '.'))
			return false;
	return length == 1 || text[length - 1] != '.';
}

static int parse_action(const char *text, size_t length, struct action *ret, struct error *err)
{
	const char *at = text, *end = text + length;

	while (at < end && *at == ' ')
		at++;
	while (end > at && end[-1] == ' ')
		end--;
	ret->json = end - at > 5 && memcmp(at, "json ", 5) == 0;
	if (ret->json)
		for (at += 5; at < end && *at == ' ';)
			at++;
	ret->path = at;
	ret->length = (size_t)(end - at);
	return is_path(at, ret->length) ? 0 : refuse(err, text, length);
}

/* --- values --- */

static const struct json_value *find_member(const struct json_value *map, const char *name,
					    size_t length)
{
	for (const struct json_value *at = map->first; at; at = at->next)
		if (strncmp(at->key, name, length) == 0 && !at->key[length])
			return at;
	for (const struct json_value *at = map->first; at; at = at->next)
		if (strncasecmp(at->key, name, length) == 0 && !at->key[length])
			return at;
	return NULL;
}

static const struct json_value *follow(const struct json_value *map, const struct action *action)
{
	const char *at = action->path + 1, *end = action->path + action->length;

	while (map && at < end) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		size_t length = dot ? (size_t)(dot - at) : (size_t)(end - at);

		map = json_is(map, JSON_MAP) ? find_member(map, at, length) : NULL;
		at += length + 1;
	}
	return map;
}

/* as Go prints it */
static void add_value(struct text *out, const struct json_value *value)
{
	const char *blank = "";

	switch (value->type) {
	case JSON_NULL:
		text_add(out, "<nil>");
		return;
	case JSON_BOOL:
		text_add(out, "%s", value->truth ? "true" : "false");
		return;
	case JSON_NUMBER:
	case JSON_STRING:
		text_add(out, "%s", value->text);
		return;
	default:
		break;
	}
	text_add(out, value->type == JSON_MAP ? "map[" : "[");
	for (const struct json_value *at = value->first; at; at = at->next, blank = " ") {
		text_add(out, "%s", blank);
		if (at->key)
			text_add(out, "%s:", at->key);
		add_value(out, at);
	}
	text_add(out, "]");
}

static void add_json(struct text *out, const struct json_value *value)
{
	struct json *json = json_begin_compact();

	json_value(json, NULL, value);
	text_add(out, "%s", json_end(json, out->arena));
}

/* --- the text --- */

/* what is done with each action; -1 with @err */
typedef int (*fill_function)(const struct action *action, const void *arg, struct text *out,
			     struct error *err);

static size_t add_literal(struct text *out, const char *text)
{
	if (text[0] == '\\' && (text[1] == 't' || text[1] == 'n')) {
		text_add(out, text[1] == 't' ? "\t" : "\n");
		return 2;
	}
	text_add(out, "%c", text[0]);
	return 1;
}

static int fill(const char *template, fill_function fill_action, const void *arg, struct text *out,
		struct error *err)
{
	while (*template) {
		const char *end;
		struct action action;

		if (strncmp(template, "{{", 2) != 0) {
			template += add_literal(out, template);
			continue;
		}
		template += 2;
		end = strstr(template, "}}");
		if (!end)
			return error_set(err, "template", 0, "--format: '{{%s' has no end", template);
		if (parse_action(template, (size_t)(end - template), &action, err) < 0 ||
		    fill_action(&action, arg, out, err) < 0)
			return -1;
		template = end + 2;
	}
	return 0;
}

static int fill_value(const struct action *action, const void *arg, struct text *out,
		      struct error *err)
{
	const struct json_value *value = follow(arg, action);

	if (!value)
		return error_set(err, "template", 0, "--format: there is no '%.*s'",
				 (int)action->length, action->path);
	if (action->json)
		add_json(out, value);
	else
		add_value(out, value);
	return 0;
}

static int fill_title(const struct action *action, const void *arg, struct text *out,
		      struct error *err)
{
	size_t start = action->length;

	(void)arg;
	(void)err;
	while (start > 0 && action->path[start - 1] != '.')
		start--;
	for (; start < action->length; start++)
		text_add(out, "%c", toupper((unsigned char)action->path[start]));
	return 0;
}

int json_template(struct arena *arena, const char *template, const struct json_value *map,
		  const char **ret, struct error *err)
{
	struct text out = { .arena = arena };

	if (fill(template, fill_value, map, &out, err) < 0)
		return -1;
	*ret = text_string(&out);
	return 0;
}

int json_template_titles(struct arena *arena, const char *template, const char **ret,
			 struct error *err)
{
	struct text out = { .arena = arena };

	if (fill(template, fill_title, NULL, &out, err) < 0)
		return -1;
	*ret = text_string(&out);
	return 0;
}
