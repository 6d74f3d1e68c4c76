// SPDX-License-Identifier: Apache-2.0
/*
 * The id helper's argument vector: whatever is accepted has one spelling, so writing down what was
 * understood must give the very arguments again. The input is the role and the arguments, each
 * ended by NUL. Built with libFuzzer, or with tests/newidmap/replay.c. Pure.
 */
#include "newidmap/arguments.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 2100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void require_next(char *const argv[], int argc, int *at, const char *wanted)
{
	require(*at < argc && strcmp(argv[*at], wanted) == 0, "what was understood was said");
	(*at)++;
}

static void require_map(char *const argv[], int argc, int *at, const struct id_map *map)
{
	char text[16];

	for (size_t i = 0; i < map->count; i++) {
		const uint32_t numbers[] = { map->triple[i].inside, map->triple[i].outside,
					     map->triple[i].count };

		for (size_t j = 0; j < 3; j++) {
			snprintf(text, sizeof(text), "%" PRIu32, numbers[j]);
			require_next(argv, argc, at, text);
		}
	}
}

static void require_same(enum role role, char *const argv[], int argc,
			 const struct arguments *arguments)
{
	static const char *const prefix[] = { "", "fd:", "pidfd:" };
	char text[32];
	int at = 1;

	if (arguments->report_fd != NO_FD) {
		snprintf(text, sizeof(text), "--report-fd=%d", arguments->report_fd);
		require_next(argv, argc, &at, text);
	}
	snprintf(text, sizeof(text), "%s%d", prefix[arguments->target.form],
		 arguments->target.number);
	require_next(argv, argc, &at, text);
	if (role == ROLE_BOTH)
		require_next(argv, argc, &at, "-u");
	require_map(argv, argc, &at, &arguments->map[ID_UID]);
	if (role == ROLE_BOTH)
		require_next(argv, argc, &at, "-g");
	require_map(argv, argc, &at, &arguments->map[ID_GID]);
	require(at == argc, "nothing was left over");
	require((arguments->map[ID_UID].count > 0) == (role != ROLE_GID) &&
			(arguments->map[ID_GID].count > 0) == (role != ROLE_UID),
		"the role's maps, and no other");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arguments arguments;
	static char *argv[ARGUMENTS_MAX + 1];
	static char name[] = "x";
	enum role role;
	char *text;
	char *next;
	int argc = 1;

	if (size < 1)
		return 0;
	role = (enum role)(data[0] % 3);
	text = malloc(size);
	require(text != NULL, "malloc");
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	argv[0] = name;
	for (next = text; next < text + size - 1 && argc < ARGUMENTS_MAX; next += strlen(next) + 1)
		argv[argc++] = next;
	argv[argc] = NULL;
	if (arguments_parse(role, argc, argv, &arguments).refusal == REFUSAL_NONE)
		require_same(role, argv, argc, &arguments);
	free(text);
	return 0;
}
