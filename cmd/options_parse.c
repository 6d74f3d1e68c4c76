// SPDX-License-Identifier: Apache-2.0
/* From the words of a command line to the setters of the table of options. */
#include "options.h"

#include <string.h>

static const struct option *find_long(const char *name, size_t length, unsigned scope)
{
	for (const struct option *option = options_table(); option->name; option++)
		if (option->scope & scope && strlen(option->name) == length &&
		    memcmp(option->name, name, length) == 0)
			return option;
	return NULL;
}

static const struct option *find_letter(char letter, unsigned scope)
{
	for (const struct option *option = options_table(); option->name; option++)
		if (option->scope & scope && option->letter == letter)
			return option;
	return NULL;
}

static int unknown(struct error *err, const char *text)
{
	return error_set(err, "usage", 0, "there is no option '%s'", text);
}

static int set_switch(struct request *request, const struct option *option, const char *text,
		      struct error *err)
{
	if (!text || strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		return option->set(request, "true", err);
	if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		return option->set(request, "false", err);
	return error_set(err, "usage", 0, "--%s takes true or false, not '%s'", option->name, text);
}

/* @next is the following argument; returns how many were used, or -1 */
static int parse_long(struct request *request, unsigned scope, const char *text, const char *next,
		      struct error *err)
{
	const char *name = text + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] ? name + length + 1 : NULL;
	const struct option *option = find_long(name, length, scope);

	if (!option)
		return unknown(err, text);
	if (!option->argument)
		return set_switch(request, option, value, err) < 0 ? -1 : 1;
	if (!value && !next)
		return error_set(err, "usage", 0, "--%s needs an argument", option->name);
	if (option->set(request, value ? value : next, err) < 0)
		return -1;
	return value ? 1 : 2;
}

/* "-it", "-v/a:/b", "-v /a:/b" */
static int parse_letters(struct request *request, unsigned scope, const char *text,
			 const char *next, struct error *err)
{
	for (const char *at = text + 1; *at; at++) {
		const struct option *option = find_letter(*at, scope);

		if (!option)
			return unknown(err, text);
		if (!option->argument) {
			if (at[1] == '=')
				return set_switch(request, option, at + 2, err) < 0 ? -1 : 1;
			if (option->set(request, "true", err) < 0)
				return -1;
			continue;
		}
		if (!at[1] && !next)
			return error_set(err, "usage", 0, "-%c needs an argument", *at);
		if (option->set(request, at[1] ? at + 1 + (at[1] == '=') : next, err) < 0)
			return -1;
		return at[1] ? 1 : 2;
	}
	return 1;
}

int options_parse(struct request *request, enum option_scope scope, const char *const *argv,
		  size_t *ret_used, struct error *err)
{
	size_t used = 0;

	while (argv[used] && argv[used][0] == '-' && argv[used][1]) {
		const char *text = argv[used], *next = argv[used + 1];
		int taken;

		if (strcmp(text, "--") == 0) {
			used++;
			break;
		}
		taken = text[1] == '-' ? parse_long(request, scope, text, next, err) :
					 parse_letters(request, scope, text, next, err);
		if (taken < 0)
			return -1;
		used += (size_t)taken;
		if (request->help)
			break;
	}
	*ret_used = used;
	return 0;
}
