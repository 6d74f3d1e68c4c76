// SPDX-License-Identifier: Apache-2.0
/* What --filter KEY=VALUE selects of the containers. */
#include "filter.h"

#include "nsrun/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static bool has_status(const struct container *container, const char *value)
{
	return strcmp(container_status_name(container), value) == 0;
}

static bool has_name(const struct container *container, const char *value)
{
	return strstr(container->name, value) != NULL;
}

static bool has_id(const struct container *container, const char *value)
{
	return strncmp(container->id, value, strlen(value)) == 0;
}

static bool has_label(const struct container *container, const char *wanted)
{
	size_t length = strlen(wanted);

	for (size_t i = 0; i < container->labels.n; i++) {
		const char *label = container->labels.v[i];

		if (strcmp(label, wanted) == 0 ||
		    (!strchr(wanted, '=') && strncmp(label, wanted, length) == 0 &&
		     label[length] == '='))
			return true;
	}
	return false;
}

static bool lacks_label(const struct container *container, const char *wanted)
{
	return !has_label(container, wanted);
}

static bool has_exited(const struct container *container, const char *value)
{
	char code[16];

	snprintf(code, sizeof(code), "%d", container->exit_code);
	return container->status == CONTAINER_EXITED && strcmp(code, value) == 0;
}

static int parse_until(const char *value, uint64_t *ret_ns)
{
	return when_parse(value, (uint64_t)time(NULL) * 1000000000, ret_ns);
}

static bool is_older(const struct container *container, const char *value)
{
	uint64_t until_ns = 0;

	return parse_until(value, &until_ns) == 0 && container->created_ns < until_ns;
}

static const struct filter {
	const char *key;
	bool (*matches)(const struct container *container, const char *value);
} filters[] = {
	{ "status=", has_status }, { "name=", has_name },      { "id=", has_id },
	{ "label=", has_label },   { "label!=", lacks_label }, { "exited=", has_exited },
	{ "until=", is_older },
};

static const struct filter *find_filter(const char *text)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (strncmp(text, filters[i].key, strlen(filters[i].key)) == 0)
			return &filters[i];
	return NULL;
}

int filter_check(const struct verb *verb, struct error *err)
{
	for (size_t i = 0; i < verb->n_filters; i++) {
		const char *text = verb->filters[i];
		const struct filter *filter = find_filter(text);
		uint64_t unused;

		if (!filter)
			return error_set(
				err, "usage", 0,
				"--filter knows status, name, id, label, exited and until, "
				"not '%s'",
				text);
		if (filter->matches == is_older && parse_until(strchr(text, '=') + 1, &unused) < 0)
			return error_set(
				err, "usage", 0,
				"--filter until takes a time such as 2026-11-22T18:00:00Z, "
				"or how long ago, such as 24h, not '%s'",
				strchr(text, '=') + 1);
	}
	return 0;
}

bool filter_matches(const struct container *container, const struct verb *verb)
{
	for (size_t i = 0; i < verb->n_filters; i++) {
		const char *text = verb->filters[i];
		const struct filter *filter = find_filter(text);

		if (!filter || !filter->matches(container, text + strlen(filter->key)))
			return false;
	}
	return true;
}

bool filter_has(const struct verb *verb, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < verb->n_filters; i++)
		if (strncmp(verb->filters[i], key, length) == 0 && verb->filters[i][length] == '=')
			return true;
	return false;
}
