// SPDX-License-Identifier: Apache-2.0
/*
 * Understands the id helper's argument vector. Runs in: id helper, with its privilege asleep.
 * Pure; must never look at argv[0] or at the environment, nor repeat what it read.
 */
#include "newidmap/arguments.h"

#include <limits.h>
#include <string.h>

#include "base/parse.h"

#define DIGITS_MAX	 10
#define REPORT_OPTION	 "--report-fd="
#define NUMBERS_A_TRIPLE 3

/*
 * Shadow takes base 0, so "010" is 8 there, and blanks, signs and hexadecimal are numbers. Here a
 * number has one spelling.
 */
static int parse_number(const char *text, uint32_t max, uint32_t *ret_number)
{
	size_t length = strnlen(text, DIGITS_MAX + 1);
	uint64_t value;

	if (length > DIGITS_MAX || (text[0] == '0' && length > 1))
		return -1;
	if (parse_decimal(text, length, max, &value) < 0)
		return -1;
	*ret_number = (uint32_t)value;
	return 0;
}

static int parse_fd(const char *text, int *ret_fd)
{
	uint32_t number;

	if (parse_number(text, INT_MAX, &number) < 0)
		return -1;
	*ret_fd = (int)number;
	return 0;
}

static int parse_target(const char *text, struct target_name *ret_target)
{
	static const char fd_prefix[] = "fd:";
	static const char pidfd_prefix[] = "pidfd:";

	if (strncmp(text, fd_prefix, strlen(fd_prefix)) == 0) {
		ret_target->form = TARGET_FD;
		return parse_fd(text + strlen(fd_prefix), &ret_target->number);
	}
	if (strncmp(text, pidfd_prefix, strlen(pidfd_prefix)) == 0) {
		ret_target->form = TARGET_PIDFD;
		return parse_fd(text + strlen(pidfd_prefix), &ret_target->number);
	}
	ret_target->form = TARGET_PID;
	if (parse_fd(text, &ret_target->number) < 0 || ret_target->number == 0)
		return -1;
	return 0;
}

/* Read @argc numbers as triples of one map. */
static struct verdict parse_map(enum id_kind kind, int argc, char *const argv[], struct id_map *map)
{
	if (argc < NUMBERS_A_TRIPLE || argc % NUMBERS_A_TRIPLE != 0)
		return verdict_no(REFUSAL_USAGE);
	if (argc / NUMBERS_A_TRIPLE > ID_MAP_TRIPLES_MAX)
		return verdict_no_triple(REFUSAL_UID_TOO_MANY, kind, NO_TRIPLE);
	for (int i = 0; i < argc / NUMBERS_A_TRIPLE; i++) {
		char *const *number = &argv[(ptrdiff_t)i * NUMBERS_A_TRIPLE];
		struct id_triple *triple = &map->triple[i];

		if (parse_number(number[0], UINT32_MAX, &triple->inside) < 0 ||
		    parse_number(number[1], UINT32_MAX, &triple->outside) < 0 ||
		    parse_number(number[2], UINT32_MAX, &triple->count) < 0)
			return verdict_no_triple(REFUSAL_UID_NUMBER, kind, i);
		map->count++;
	}
	return VERDICT_YES;
}

/* "-u" numbers "-g" numbers, in this order: one grammar, nothing to combine. */
static struct verdict parse_both_maps(int argc, char *const argv[], struct id_map map[ID_KINDS])
{
	struct verdict verdict;
	int gid_at = 1;

	if (argc < 1 || strcmp(argv[0], "-u") != 0)
		return verdict_no(REFUSAL_USAGE);
	while (gid_at < argc && strcmp(argv[gid_at], "-g") != 0)
		gid_at++;
	if (gid_at == argc)
		return verdict_no(REFUSAL_USAGE);
	verdict = parse_map(ID_UID, gid_at - 1, &argv[1], &map[ID_UID]);
	if (verdict.refusal != REFUSAL_NONE)
		return verdict;
	return parse_map(ID_GID, argc - gid_at - 1, &argv[gid_at + 1], &map[ID_GID]);
}

struct verdict arguments_parse(enum role role, int argc, char *const argv[],
			       struct arguments *ret_arguments)
{
	int at = 1;

	ret_arguments->report_fd = NO_FD;
	ret_arguments->map[ID_UID].count = 0;
	ret_arguments->map[ID_GID].count = 0;

	/* the option is nsrun's own; newuidmap and newgidmap have shadow's grammar and no more */
	if (role == ROLE_BOTH && at < argc &&
	    strncmp(argv[at], REPORT_OPTION, strlen(REPORT_OPTION)) == 0) {
		if (parse_fd(argv[at] + strlen(REPORT_OPTION), &ret_arguments->report_fd) < 0)
			return verdict_no(REFUSAL_REPORT_FD);
		at++;
	}
	if (at >= argc)
		return verdict_no(REFUSAL_USAGE);
	if (parse_target(argv[at], &ret_arguments->target) < 0)
		return verdict_no(REFUSAL_TARGET_SYNTAX);
	at++;
	if (role == ROLE_BOTH)
		return parse_both_maps(argc - at, &argv[at], ret_arguments->map);
	if (role == ROLE_UID)
		return parse_map(ID_UID, argc - at, &argv[at], &ret_arguments->map[ID_UID]);
	return parse_map(ID_GID, argc - at, &argv[at], &ret_arguments->map[ID_GID]);
}
