// SPDX-License-Identifier: Apache-2.0
/*
 * rows.c - who takes part in the benchmark
 *
 * A command is split at blanks and has no quoting: whoever writes the rows uses paths without any.
 */
#include "bench.h"

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (isspace((unsigned char)*text))
		text++;
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

/* Takes the next `|`-separated field out of *@rest. */
static char *next_field(char **rest, const char *path, size_t line)
{
	char *field = strsep(rest, "|");

	if (!field || !*rest)
		errx(2, "%s:%zu: wanted name | bases | note | before | after | command", path,
		     line);
	return trim(field);
}

static void split_words(const char *name, char *text, char **ret_words)
{
	size_t count = 0;
	char *word;

	if (!strcmp(text, "-"))
		return;
	while ((word = strsep(&text, " \t"))) {
		if (!*word)
			continue;
		if (count == BENCH_MAX_WORDS - 1)
			errx(2, "\"%s\": more than %zu words", name, count);
		ret_words[count++] = word;
	}
}

/* "crun" or "crun <= 0.35" */
static void read_base(struct comparison *comparison, char *text)
{
	char *limit = strstr(text, "<=");

	if (limit) {
		*limit = '\0';
		comparison->limit = strtod(limit + strlen("<="), NULL);
		if (!(comparison->limit > 0))
			errx(2, "\"%s\": no limit after <=", text);
	}
	comparison->base_name = trim(text);
}

static void split_bases(struct contestant *contestant, char *text)
{
	char *name;

	if (!strcmp(text, "-"))
		return;
	while ((name = strsep(&text, ","))) {
		if (contestant->comparison_count == BENCH_MAX_BASES)
			errx(2, "\"%s\": more than %d bases", contestant->name, BENCH_MAX_BASES);
		read_base(&contestant->comparisons[contestant->comparison_count++], name);
	}
}

static const struct contestant *find_contestant(const struct field *field, const char *name)
{
	for (size_t i = 0; i < field->count; i++)
		if (!strcmp(field->contestants[i].name, name))
			return &field->contestants[i];
	errx(2, "no contestant is called \"%s\"", name);
}

static void find_bases(struct field *field)
{
	for (size_t i = 0; i < field->count; i++) {
		struct contestant *contestant = &field->contestants[i];

		for (size_t j = 0; j < contestant->comparison_count; j++)
			contestant->comparisons[j].base =
				find_contestant(field, contestant->comparisons[j].base_name);
	}
}

void rows_read(const char *path, struct field *ret_field)
{
	FILE *file = fopen(path, "re");
	size_t line_number = 0;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		err(2, "%s", path);
	while (getline(&line, &size, file) >= 0) {
		struct contestant *contestant = &ret_field->contestants[ret_field->count];
		char *rest;

		line_number++;
		rest = trim(line);
		if (!*rest || *rest == '#')
			continue;
		if (ret_field->count == BENCH_MAX_CONTESTANTS)
			errx(2, "%s: more than %d rows", path, BENCH_MAX_CONTESTANTS);
		rest = strdup(rest); /* the contestant's strings point into it; never freed */
		if (!rest)
			err(2, "strdup");
		contestant->name = next_field(&rest, path, line_number);
		split_bases(contestant, next_field(&rest, path, line_number));
		contestant->note = next_field(&rest, path, line_number);
		split_words(contestant->name, next_field(&rest, path, line_number),
			    contestant->before);
		split_words(contestant->name, next_field(&rest, path, line_number),
			    contestant->after);
		split_words(contestant->name, rest, contestant->argv);
		if (!contestant->argv[0])
			errx(2, "\"%s\": no command", contestant->name);
		ret_field->count++;
	}
	free(line);
	fclose(file);
	find_bases(ret_field);
}
