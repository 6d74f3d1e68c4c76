// SPDX-License-Identifier: Apache-2.0
/*
 * The table of arguments and the table of files, run against shadow's programs and against ours in
 * both privilege modes. Runs as root; prints TAP. A row says what ours must do, and whether it may
 * be stricter than shadow: looser is a failure everywhere.
 *
 * usage: rows PROGRAMS-DIRECTORY [--no-limits]
 *   --no-limits  for programs with a sanitizer, which needs memory, descriptors and more
 */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARGUMENTS_MAX 2200
#define TEXT_BYTES    65536

enum comparison {
	SAME,	  /* the exit status and the maps are shadow's */
	STRICTER, /* ours refuses, whatever this version of shadow does */
	FIXED,	  /* ours refuses as newer versions of shadow do; older ones grant it */
};

/*
 * One row. @arguments are separated by "|"; "{P}" stands for the target's pid. They follow the
 * program's name, for newuidmap and newgidmap alike.
 */
struct row {
	const char *name;
	const char *arguments;
	int status;
	enum comparison comparison;
};

/* An argument vector and the text that it points into. */
struct vector {
	char text[TEXT_BYTES];
	size_t used;
	int count;
	char *argument[ARGUMENTS_MAX + 1];
};

static void vector_add(struct vector *vector, const char *text, size_t length)
{
	if (vector->used + length + 1 > TEXT_BYTES || vector->count == ARGUMENTS_MAX) {
		errno = E2BIG;
		die("vector");
	}
	vector->argument[vector->count++] = memcpy(&vector->text[vector->used], text, length);
	vector->text[vector->used + length] = '\0';
	vector->used += length + 1;
	vector->argument[vector->count] = NULL;
}

/* Add one argument, with {P} replaced. */
static void vector_add_template(struct vector *vector, const char *text, size_t length, pid_t pid)
{
	char made[256];
	const char *mark = memmem(text, length, "{P}", 3);

	if (!mark) {
		vector_add(vector, text, length);
		return;
	}
	snprintf(made, sizeof(made), "%.*s%d%.*s", (int)(mark - text), text, pid,
		 (int)(text + length - mark - 3), mark + 3);
	vector_add(vector, made, strlen(made));
}

static void vector_add_arguments(struct vector *vector, const char *arguments, pid_t pid)
{
	while (arguments) {
		const char *end = strchr(arguments, '|');
		size_t length = end ? (size_t)(end - arguments) : strlen(arguments);

		vector_add_template(vector, arguments, length, pid);
		arguments = end ? end + 1 : NULL;
	}
}

static const struct row argument_rows[] = {
	{ "1 own id", "{P}|0|1001|1", 0, SAME },
	{ "2 own id and all subordinate ids", "{P}|0|1001|1|1|100000|65536", 0, SAME },
	{ "3 part of a range", "{P}|0|100010|10", 0, SAME },
	{ "4 last id of the range", "{P}|0|165535|1", 0, SAME },
	{ "5 first id of bob", "{P}|0|165536|1", 1, SAME },
	{ "6 across the end of the range", "{P}|0|165535|2", 1, SAME },
	{ "7 across its start", "{P}|0|99999|2", 1, SAME },
	{ "8 host root", "{P}|0|0|1", 1, SAME },
	{ "9 bob's own id", "{P}|0|1002|1", 1, SAME },
	{ "10 own id, count 2", "{P}|0|1001|2", 1, SAME },
	{ "11 count 0", "{P}|0|100000|0", 1, SAME },
	{ "12 no triple", "{P}", 1, STRICTER },
	{ "14 half a triple", "{P}|0|1001", 1, SAME },
	{ "15 a triple and a number", "{P}|0|1001|1|5", 1, SAME },
	{ "16 hexadecimal", "{P}|0|0x186a0|1", 1, STRICTER },
	{ "17 octal", "{P}|0|0303240|1", 1, STRICTER },
	{ "18 leading zeros", "{P}|0|000100000|1", 1, SAME },
	{ "18b leading zeros of an octal that is owned", "{P}|0|00303240|1", 1, STRICTER },
	{ "19 plus signs", "{P}|+0|+100000|+1", 1, STRICTER },
	{ "20 leading blanks", "{P}| 0| 100000| 1", 1, STRICTER },
	{ "21 trailing blank", "{P}|0|100000 |1", 1, SAME },
	{ "21b trailing newline", "{P}|0|100000\n|1", 1, SAME },
	{ "22 minus one", "{P}|0|-1|1", 1, SAME },
	{ "23 minus that wraps to 100000", "{P}|0|-18446744073709451616|1", 1, FIXED },
	{ "24 2^32 + 100000", "{P}|0|4295067296|1", 1, SAME },
	{ "25 inside is no id", "{P}|4294967295|100000|1", 1, SAME },
	{ "26 inside is the last id", "{P}|4294967294|100000|1", 0, SAME },
	{ "27 inside passes the last id", "{P}|4294967290|100000|10", 1, SAME },
	{ "28 count 2^32", "{P}|0|100000|4294967296", 1, SAME },
	{ "29 2^64 - 1", "{P}|0|18446744073709551615|1", 1, SAME },
	{ "29b 2^64", "{P}|0|18446744073709551616|1", 1, SAME },
	{ "30 empty number", "{P}||100000|1", 1, SAME },
	{ "30b a word", "{P}|0|abc|1", 1, SAME },
	{ "30c an exponent", "{P}|0|1e5|1", 1, SAME },
	{ "31 overlap inside", "{P}|0|100000|10|5|100020|10", 1, SAME },
	{ "32 overlap outside", "{P}|0|100000|10|20|100005|10", 1, SAME },
	{ "33 the same triple twice", "{P}|0|100000|1|0|100000|1", 1, SAME },
	{ "33b own id twice", "{P}|0|1001|1|1|1001|1", 1, SAME },
	{ "33c neighbours on both sides", "{P}|0|100000|10|10|100010|10", 0, SAME },
	{ "44 pid 0", "0|0|1001|1", 1, SAME },
	{ "44b pid -1", "-1|0|1001|1", 1, SAME },
	{ "44c no such pid", "99999999|0|1001|1", 1, SAME },
	{ "44d pid 2^32 + 1", "4294967297|0|1001|1", 1, SAME },
	{ "44e pid self", "self|0|1001|1", 1, SAME },
	{ "44f pid with a slash", "{P}/|0|1001|1", 1, SAME },
	{ "44g pid as a path", "../proc/{P}|0|1001|1", 1, SAME },
	{ "44h empty pid", "|0|1001|1", 1, SAME },
	{ "45 pid with a leading blank", " {P}|0|1001|1", 1, STRICTER },
	{ "45b pid with a leading zero", "0{P}|0|1001|1", 1, STRICTER },
	{ "47 descriptor that is not open", "fd:77|0|1001|1", 1, SAME },
	{ "47b descriptor -1", "fd:-1|0|1001|1", 1, SAME },
	{ "47c no descriptor", "fd:|0|1001|1", 1, SAME },
	{ "47d descriptor with a letter", "fd:3x|0|1001|1", 1, SAME },
	{ "47e descriptor 2^32", "fd:4294967296|0|1001|1", 1, SAME },
	{ "47f pidfd that is not open", "pidfd:77|0|1001|1", 1, SAME },
	{ "47g a pidfd that is none", "pidfd:1|0|1001|1", 1, SAME },
	{ "47h a descriptor that is no directory", "fd:1|0|1001|1", 1, SAME },
};

/* One program, one target: what happened. */
struct result {
	struct outcome outcome;
	struct maps maps;
	bool ran;
};

static const struct target_options usual_target = { .uid = ALICE, .gid = ALICE };
static const struct run_options usual_run = { .uid = ALICE, .gid = ALICE };

typedef void (*fill_vector)(struct vector *vector, const void *arg, enum program program,
			    pid_t pid);

/* A case: how to make the argument vector, who runs it, on what kind of target. */
struct test_case {
	const char *name;
	fill_vector fill;
	const void *arg;
	const struct target_options *target;
	const struct run_options *run;
	int status;
	enum comparison comparison;
};

static void run_on_target(const struct test_case *test, enum mode mode, enum program program,
			  pid_t pid, struct outcome *ret_outcome)
{
	static struct vector vector;

	vector.used = 0;
	vector.count = 0;
	vector_add(&vector, program_name[program], strlen(program_name[program]));
	test->fill(&vector, test->arg, program, pid);
	program_run(program_path(mode, program), vector.argument, test->run, ret_outcome);
}

static void run_fresh(const struct test_case *test, enum mode mode, enum program program,
		      struct result *ret_result)
{
	struct target target;

	target_start(test->target, &target);
	ret_result->ran = program_path(mode, program) != NULL;
	if (ret_result->ran) {
		run_on_target(test, mode, program, target.pid, &ret_result->outcome);
	} else {
		/* shadow's way to do both: the gid map first, as nsrun-newidmap does it */
		run_on_target(test, mode, NEWGIDMAP, target.pid, &ret_result->outcome);
		if (ret_result->outcome.status == 0)
			run_on_target(test, mode, NEWUIDMAP, target.pid, &ret_result->outcome);
	}
	maps_read(target.pid, &ret_result->maps);
	target_stop(&target);
}

static bool is_good(const struct test_case *test, const struct result *shadow,
		    const struct result *ours)
{
	bool deny = test->target->deny_setgroups;

	if (ours->outcome.status != test->status)
		return false;
	if (test->comparison == SAME && (shadow->outcome.status == 0) != (test->status == 0))
		return false;
	if (test->status == 0)
		return maps_equal(&shadow->maps, &ours->maps);
	/* a refusal leaves everything as it was, and says why */
	return maps_empty(&ours->maps) && ours->outcome.said[0] != '\0' &&
	       strcmp(ours->maps.setgroups, deny ? "deny\n" : "allow\n") == 0;
}

static void run_case(const struct test_case *test, enum program program)
{
	static struct result shadow;
	static struct result ours;

	run_fresh(test, MODE_SHADOW, program, &shadow);
	for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
		bool good;

		run_fresh(test, mode, program, &ours);
		good = is_good(test, &shadow, &ours);
		check(good, "%s: %s, %s (shadow %d, ours %d)", test->name, program_name[program],
		      mode_name[mode], shadow.outcome.status, ours.outcome.status);
		if (!good)
			printf("# ours said: %s# shadow said: %s# maps %s%s%s\n", ours.outcome.said,
			       shadow.outcome.said, ours.maps.uid_map, ours.maps.gid_map,
			       ours.maps.setgroups);
	}
}

/* A row's arguments as they are, for newuidmap and newgidmap. */
static void fill_row(struct vector *vector, const void *arg, enum program program, pid_t pid)
{
	const struct row *row = arg;

	(void)program;
	vector_add_arguments(vector, row->arguments, pid);
}

/* A row's triples for both maps. */
static void fill_row_twice(struct vector *vector, const void *arg, enum program program, pid_t pid)
{
	const struct row *row = arg;
	const char *triples = strchr(row->arguments, '|');
	size_t target = triples ? (size_t)(triples - row->arguments) : strlen(row->arguments);

	if (program != NSRUN_NEWIDMAP) {
		fill_row(vector, arg, program, pid);
		return;
	}
	vector_add_template(vector, row->arguments, target, pid);
	vector_add(vector, "-u", 2);
	if (triples)
		vector_add_arguments(vector, triples + 1, pid);
	vector_add(vector, "-g", 2);
	if (triples)
		vector_add_arguments(vector, triples + 1, pid);
}

static void run_row(const struct row *row)
{
	struct test_case test = { .name = row->name,
				  .fill = fill_row,
				  .arg = row,
				  .target = &usual_target,
				  .run = &usual_run,
				  .status = row->status,
				  .comparison = row->comparison };

	run_case(&test, NEWUIDMAP);
	run_case(&test, NEWGIDMAP);
	test.fill = fill_row_twice;
	run_case(&test, NSRUN_NEWIDMAP);
}

/* The same triples for every program; @arg is the list as "|0|1001|1..." */
static void fill_triples(struct vector *vector, const void *arg, enum program program, pid_t pid)
{
	const char *triples = arg;

	vector_add_template(vector, "{P}", 3, pid);
	if (program == NSRUN_NEWIDMAP)
		vector_add(vector, "-u", 2);
	vector_add_arguments(vector, triples, pid);
	if (program == NSRUN_NEWIDMAP) {
		vector_add(vector, "-g", 2);
		vector_add_arguments(vector, triples, pid);
	}
}

static void run_triples(const char *name, const char *triples, int status,
			enum comparison comparison, const struct target_options *target,
			const struct run_options *run)
{
	const struct test_case test = { .name = name,
					.fill = fill_triples,
					.arg = triples,
					.target = target,
					.run = run,
					.status = status,
					.comparison = comparison };

	for (enum program program = 0; program < PROGRAMS; program++)
		run_case(&test, program);
}

/* Many extents: @lines of @inside_digits-digit inside ids, then one whose length completes it. */
static const char *make_extents(int lines, unsigned first_inside, int last_digits)
{
	static char text[TEXT_BYTES];
	size_t length = 0;

	for (int i = 0; i < lines; i++)
		length +=
			(size_t)snprintf(text + length, sizeof(text) - length, "%s%u|%d|1",
					 i ? "|" : "", first_inside + (unsigned)i, 100000 + 2 * i);
	if (last_digits)
		snprintf(text + length, sizeof(text) - length, "|%.*s|160000|1", last_digits,
			 "123456789");
	return text;
}

static void test_many_extents(void)
{
	run_triples("34 315 extents", make_extents(315, 0, 0), 0, SAME, &usual_target, &usual_run);
	/* 204 lines of 20 bytes and one of 15 or 16 */
	run_triples("35 4095 bytes", make_extents(204, 1000000000, 5), 0, SAME, &usual_target,
		    &usual_run);
	run_triples("36 4096 bytes", make_extents(204, 1000000000, 6), 1, SAME, &usual_target,
		    &usual_run);
	run_triples("37 341 extents", make_extents(341, 0, 0), 1, SAME, &usual_target, &usual_run);
}

static void test_targets(void)
{
	const struct target_options bobs = { .uid = BOB, .gid = BOB };
	const struct target_options roots = { .uid = 0, .gid = 0 };
	const struct target_options same = { .uid = ALICE, .gid = ALICE, .same_namespace = true };
	const struct target_options hidden = { .uid = ALICE, .gid = ALICE, .undumpable = true };
	const struct target_options group = { .uid = ALICE, .gid = ALICE, .egid = BOB };
	const struct target_options denied = { .uid = ALICE, .gid = ALICE, .deny_setgroups = true };
	const struct run_options root = { .uid = 0, .gid = 0 };

	run_triples("39 target of bob", "0|1001|1", 1, SAME, &bobs, &usual_run);
	run_triples("39b target of root", "0|1001|1", 1, SAME, &roots, &usual_run);
	run_triples("42 target with another effective group", "0|1001|1", 1, SAME, &group,
		    &usual_run);
	run_triples("41 target that is not dumpable", "0|100000|1", 1, STRICTER, &hidden,
		    &usual_run);
	run_triples("49 root maps root", "0|0|1", 0, SAME, &roots, &root);
	run_triples("50 root on alice's target", "0|0|1", 1, SAME, &usual_target, &root);
	run_triples("59c setgroups denied before", "0|100000|65536", 0, SAME, &denied, &usual_run);
	run_triples("58b setgroups denied before, own id", "0|1001|1", 0, SAME, &denied,
		    &usual_run);

	/* every namespace has its maps when it is the first: nothing to compare the maps with */
	for (enum program program = 0; program < PROGRAMS; program++) {
		for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
			const struct test_case test = { .fill = fill_triples,
							.arg = "0|100000|1",
							.target = &same,
							.run = &usual_run };
			static struct result result;

			run_fresh(&test, mode, program, &result);
			check(result.outcome.status == 1,
			      "40 target in our own namespace: %s, %s (ours %d)",
			      program_name[program], mode_name[mode], result.outcome.status);
		}
	}
}

/* 38: a second map is refused, and the first one stays. */
static void test_mapped_target(void)
{
	for (enum program program = 0; program < PROGRAMS; program++) {
		for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
			struct test_case test = { .fill = fill_triples,
						  .arg = "0|1001|1",
						  .run = &usual_run };
			struct target target;
			struct outcome first;
			struct outcome second;
			static struct maps before;
			static struct maps after;

			target_start(&usual_target, &target);
			run_on_target(&test, mode, program, target.pid, &first);
			maps_read(target.pid, &before);
			test.arg = "0|100000|65536";
			run_on_target(&test, mode, program, target.pid, &second);
			maps_read(target.pid, &after);
			check(first.status == 0 && second.status == 1 &&
				      maps_equal(&before, &after),
			      "38 a map that is there stays: %s, %s (then %d)",
			      program_name[program], mode_name[mode], second.status);
			target_stop(&target);
		}
	}
}

static void test_callers(void)
{
	static const gid_t supplementary[] = { BOB, 42 };
	const struct run_options bound = { .uid = ALICE, .gid = ALICE, .no_new_privs = true };
	const struct run_options stranger = { .uid = 4242, .gid = 4242 };
	const struct run_options other_group = { .uid = ALICE, .gid = BOB };
	const struct run_options grouped = {
		.uid = ALICE, .gid = ALICE, .groups = supplementary, .n_groups = 2
	};
	const struct target_options strangers = { .uid = 4242, .gid = 4242 };
	const struct target_options other = { .uid = ALICE, .gid = BOB };

	run_triples("48 caller without an account", "0|4242|1", 1, SAME, &strangers, &stranger);
	run_triples("43 caller with another real group", "0|100000|1", 1, SAME, &other,
		    &other_group);
	run_triples("56 caller under no_new_privs", "0|100000|10", 1, SAME, &usual_target, &bound);
	run_triples("58 own id alone denies setgroups", "0|1001|1", 0, SAME, &usual_target,
		    &usual_run);
	run_triples("59 own id and a range leave setgroups", "0|1001|1|1|100000|65536", 0, SAME,
		    &usual_target, &usual_run);
	run_triples("59b a range leaves setgroups", "0|100000|65536", 0, SAME, &usual_target,
		    &usual_run);
	run_triples("60 supplementary group", "0|1002|1", 1, SAME, &usual_target, &grouped);
	run_triples("60b group 0", "0|0|1", 1, SAME, &usual_target, &grouped);
	run_triples("60c another supplementary group", "0|42|1", 1, SAME, &usual_target, &grouped);
}

static void test_circumstances(void)
{
	static char *const hostile[] = {
		"LD_PRELOAD=/tmp/x.so",
		"LD_LIBRARY_PATH=/tmp",
		"LD_AUDIT=/tmp/x.so",
		"GCONV_PATH=/tmp",
		"GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A",
		"NLSPATH=/tmp/%N",
		"TZ=/etc/shadow",
		"MALLOC_TRACE=/etc/evil",
		"LC_ALL=../../tmp",
		"LOCPATH=/tmp",
		"PATH=",
		"IFS=x",
		"HOME=/root",
		"=",
		"A",
		NULL,
	};
	const struct run_options closed = { .uid = ALICE, .gid = ALICE, .close_standard = true };
	const struct run_options file_size = {
		.uid = ALICE, .gid = ALICE, .n_limits = 1, .limit = { { RLIMIT_FSIZE, 0 } }
	};
	const struct run_options environment = { .uid = ALICE, .gid = ALICE, .envp = hostile };
	struct test_case test = { .fill = fill_triples,
				  .arg = "0|100000|65536",
				  .target = &usual_target,
				  .run = &closed };
	static struct result ours;

	run_triples("51 descriptors 0 to 2 closed", "0|100000|65536", 0, SAME, &usual_target,
		    &closed);
	for (enum program program = 0; program < PROGRAMS; program++) {
		for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
			test.arg = "0|100000|65537";
			run_fresh(&test, mode, program, &ours);
			check(ours.outcome.status == 1 && maps_empty(&ours.maps),
			      "51b descriptors closed, bad map: %s, %s", program_name[program],
			      mode_name[mode]);
		}
	}
	run_triples("52 file size limit 0", "0|100000|65536", 0, SAME, &usual_target, &file_size);
	run_triples("55 hostile environment", "0|100000|65536", 0, SAME, &usual_target,
		    &environment);
}

/* 53: under any limit the map is complete or absent, and with 8 descriptors it is complete. */
static void test_limits(void)
{
	static const struct {
		const char *name;
		int resource;
		rlim_t value;
		int status; /* -1: either */
	} limits[] = {
		{ "3 descriptors", RLIMIT_NOFILE, 3, 1 },
		{ "4 descriptors", RLIMIT_NOFILE, 4, 1 },
		{ "5 descriptors", RLIMIT_NOFILE, 5, -1 },
		{ "6 descriptors", RLIMIT_NOFILE, 6, -1 },
		{ "8 descriptors", RLIMIT_NOFILE, 8, 0 },
		{ "3 MB of memory", RLIMIT_AS, 3000000, -1 },
		{ "1 MB of memory", RLIMIT_AS, 1000000, -1 },
		{ "no heap", RLIMIT_DATA, 0, -1 },
		{ "1 s of time", RLIMIT_CPU, 1, 0 },
		{ "16 kB of stack", RLIMIT_STACK, 16384, -1 },
		{ "64 kB of stack", RLIMIT_STACK, 65536, -1 },
		{ "no process", RLIMIT_NPROC, 0, -1 },
	};
	static struct result ours;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		for (enum program program = 0; program < PROGRAMS; program++) {
			for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
				const struct run_options run = { .uid = ALICE,
								 .gid = ALICE,
								 .n_limits = 1,
								 .limit = { { limits[i].resource,
									      limits[i].value } } };
				const struct test_case test = { .fill = fill_triples,
								.arg = "0|100000|65536",
								.target = &usual_target,
								.run = &run };
				bool complete;

				run_fresh(&test, mode, program, &ours);
				complete = !maps_empty(&ours.maps);
				check((ours.outcome.status == 0) == complete &&
					      (limits[i].status < 0 ||
					       ours.outcome.status == limits[i].status),
				      "53 %s: %s, %s (ours %d)", limits[i].name,
				      program_name[program], mode_name[mode], ours.outcome.status);
			}
		}
	}
}

/* 13, 37, 54: argument vectors that no shell makes. */
static void test_odd_vectors(void)
{
	static char long_name[100000];
	static char *names[] = { "",	   "newgidmap", "newuidmap", "\033[2J%n%s", "--report-fd=2",
				 long_name };
	enum { MANY = 100000 };
	char **many = calloc(MANY + 1, sizeof(*many));
	const struct run_options none = { .uid = ALICE, .gid = ALICE, .no_arguments = true };
	static char one[] = "1";
	struct outcome outcome;
	struct target target;
	static struct maps maps;

	if (!many)
		die("calloc");
	memset(long_name, 'x', sizeof(long_name) - 1);
	for (int i = 0; i < MANY; i++)
		many[i] = one;
	for (enum program program = 0; program < PROGRAMS; program++) {
		for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
			const char *path = program_path(mode, program);

			program_run(path, many, &none, &outcome);
			check(outcome.status == 1, "13 no argument vector: %s, %s",
			      program_name[program], mode_name[mode]);
			program_run(path, many, &usual_run, &outcome);
			check(outcome.status == 1, "37b 100000 arguments: %s, %s",
			      program_name[program], mode_name[mode]);
			for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
				static struct vector vector;

				target_start(&usual_target, &target);
				vector.used = 0;
				vector.count = 0;
				vector_add(&vector, "x", 1);
				fill_triples(&vector, "0|100000|65536", program, target.pid);
				vector.argument[0] = names[i];
				program_run(path, vector.argument, &usual_run, &outcome);
				maps_read(target.pid, &maps);
				check(outcome.status == 0 &&
					      (maps.uid_map[0] != '\0') == (program != NEWGIDMAP) &&
					      (maps.gid_map[0] != '\0') == (program != NEWUIDMAP),
				      "54 argv[0] number %zu does not matter: %s, %s", i,
				      program_name[program], mode_name[mode]);
				target_stop(&target);
			}
		}
	}
	free(many);
}

/* Run nsrun-newidmap on a descriptor; the map is alice's whole range. */
static int run_on_fd(enum mode mode, const char *form, int fd, struct outcome *ret_outcome)
{
	struct run_options run = RUN_USUAL;
	char target[32];
	char *argv[] = { "nsrun-newidmap", target,  "-u", "0", "100000", "65536", "-g", "0",
			 "100000",	   "65536", NULL };

	run.pass_fd = fd;
	run.pass_as = 9;
	snprintf(target, sizeof(target), "%s:9", form);
	program_run(program_path(mode, NSRUN_NEWIDMAP), argv, &run, ret_outcome);
	return ret_outcome->status;
}

static void check_fd(const char *name, enum mode mode, const char *form, int fd, int status,
		     pid_t pid)
{
	struct outcome outcome;
	static struct maps maps;

	run_on_fd(mode, form, fd, &outcome);
	maps_read(pid, &maps);
	check(outcome.status == status && maps_empty(&maps) == (status != 0), "47 %s: %s (ours %d)",
	      name, mode_name[mode], outcome.status);
	if (outcome.status != status)
		printf("# said: %s", outcome.said);
}

static int open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A directory that looks like one of /proc: uid_map is a link to a file of root's. */
static int open_fake_proc(void)
{
	char directory[] = "/etc/fake-XXXXXX";
	int fd;

	if (!mkdtemp(directory))
		die("mkdtemp");
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || symlinkat("/etc/victim", fd, "uid_map") < 0 ||
	    symlinkat("/etc/victim", fd, "gid_map") < 0 ||
	    symlinkat("/etc/victim", fd, "setgroups") < 0 || mkdirat(fd, "ns", 0755) < 0 ||
	    symlinkat("/proc/self/ns/user", fd, "ns/user") < 0)
		die("fake /proc directory");
	if (fchown(fd, ALICE, ALICE) < 0)
		die("fchown");
	return fd;
}

/* Another instance of procfs: the same process by another door, which we do not know. */
static int open_other_proc(pid_t pid)
{
	char directory[] = "/etc/proc-XXXXXX";
	char path[64];
	int fd;

	if (!mkdtemp(directory) || mount("proc", directory, "proc", 0, NULL) < 0)
		die("another procfs");
	snprintf(path, sizeof(path), "%s/%d", directory, pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	umount2(directory, MNT_DETACH);
	rmdir(directory);
	return fd;
}

static void test_descriptors(enum mode mode)
{
	const struct target_options bobs_options = { .uid = BOB, .gid = BOB };
	struct target target;
	struct target bobs;
	struct outcome outcome;
	int dead_fd;
	int dead_pidfd;

	target_start(&usual_target, &target);
	target_start(&bobs_options, &bobs);
	check_fd("directory of bob's process", mode, "fd", open_proc(bobs.pid, ""), 1, target.pid);
	check_fd("pidfd of bob's process", mode, "pidfd", (int)syscall(SYS_pidfd_open, bobs.pid, 0),
		 1, target.pid);
	check_fd("fabricated directory", mode, "fd", open_fake_proc(), 1, target.pid);
	check_fd("directory of another procfs", mode, "fd", open_other_proc(target.pid), 1,
		 target.pid);
	check_fd("a file of the process", mode, "fd", open_proc(target.pid, "status"), 1,
		 target.pid);
	check_fd("/proc itself", mode, "fd", open("/proc", O_RDONLY | O_CLOEXEC), 1, target.pid);
	check_fd("the process's task directory", mode, "fd", open_proc(target.pid, "task"), 1,
		 target.pid);
	check_fd("a directory as pidfd", mode, "pidfd", open_proc(target.pid, ""), 1, target.pid);
	check_fd("a pidfd as directory", mode, "fd", (int)syscall(SYS_pidfd_open, target.pid, 0), 1,
		 target.pid);
	check_fd("directory of the process", mode, "fd", open_proc(target.pid, ""), 0, target.pid);
	dead_fd = open_proc(target.pid, "");
	target_stop(&target);
	check(run_on_fd(mode, "fd", dead_fd, &outcome) == 1, "47 directory of a dead process: %s",
	      mode_name[mode]);

	target_start(&usual_target, &target);
	dead_pidfd = (int)syscall(SYS_pidfd_open, target.pid, 0);
	check_fd("pidfd of the process", mode, "pidfd", dead_pidfd, 0, target.pid);
	target_stop(&target);
	check(run_on_fd(mode, "pidfd", dead_pidfd, &outcome) == 1, "47 pidfd of a dead process: %s",
	      mode_name[mode]);
	target_stop(&bobs);
	check(access("/etc/victim", F_OK) < 0, "47 no file was made: %s", mode_name[mode]);
}

/* What nsrun reads when it is refused: stable identifiers, and which triple it was. */
struct report_row {
	const char *arguments;
	const char *report;
};

static const struct report_row report_rows[] = {
	{ "{P}|-u|0|1001|1|1|100000|65537|-g|0|1001|1", "uid-range-not-owned 1\n" },
	{ "{P}|-u|0|1001|1|-g|0|1002|1", "gid-range-not-owned 0\n" },
	{ "{P}|-u|0|0|1|-g|0|1001|1", "uid-range-has-host-root 0\n" },
	{ "{P}|-u|0|1001|1|-g|0|0|1", "gid-range-has-host-root 0\n" },
	{ "{P}|-u|0|1001|0|-g|0|1001|1", "uid-range-empty 0\n" },
	{ "{P}|-u|0|1001|1|-g|4294967295|1001|1", "gid-range-beyond-limit 0\n" },
	{ "{P}|-u|0|1001|1|5|100000|1|0|100001|1|-g|0|1001|1", "uid-range-overlap 2\n" },
	{ "{P}|-u|0|01001|1|-g|0|1001|1", "uid-number-invalid 0\n" },
	{ "{P}|-u|0|1001|1|-g|0|1001|1|1|x|1", "gid-number-invalid 1\n" },
	{ "{P}|-u|0|1001|1|-g|0|1001", "usage\n" },
	{ "{P}|-u|0|1001|1", "usage\n" },
	{ "{P}|-g|0|1001|1|-u|0|1001|1", "usage\n" },
	{ "{P}", "usage\n" },
	{ "self|-u|0|1001|1|-g|0|1001|1", "target-invalid\n" },
	{ "pidfd:55|-u|0|1001|1|-g|0|1001|1", "target-invalid\n" },
	{ "pidfd:1|-u|0|1001|1|-g|0|1001|1", "target-pidfd-unsupported\n" },
	{ "1|-u|0|1001|1|-g|0|1001|1", "target-not-owned\n" },
	{ "4194305|-u|0|1001|1|-g|0|1001|1", "target-not-owned\n" },
	{ "{P}|-u|0|100000|65536|-g|0|100000|65536", "" },
};

static size_t read_pipe(int fd, char *text, size_t size)
{
	ssize_t got;
	size_t length = 0;

	while ((got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	return length;
}

/* Run nsrun-newidmap with a report descriptor and compare what comes through it. */
static void check_report(const char *name, enum mode mode, const struct report_row *row,
			 const struct target_options *target_options,
			 const struct run_options *usual)
{
	static struct vector vector;
	struct run_options run = *usual;
	struct outcome outcome;
	struct target target;
	char report[128];
	int ends[2];

	/* in this order: the target must not hold an end of the pipe */
	target_start(target_options, &target);
	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe");
	vector.used = 0;
	vector.count = 0;
	vector_add_arguments(&vector, "x|--report-fd=9", 0);
	vector_add_arguments(&vector, row->arguments, target.pid);
	run.pass_fd = ends[1];
	run.pass_as = 9;
	program_run(program_path(mode, NSRUN_NEWIDMAP), vector.argument, &run, &outcome);
	close(ends[1]);
	read_pipe(ends[0], report, sizeof(report));
	close(ends[0]);
	check(strcmp(report, row->report) == 0 && (outcome.status == 0) == (*row->report == '\0'),
	      "report of %s: %s: %.*s", name, mode_name[mode], (int)strcspn(report, "\n"), report);
	target_stop(&target);
}

/* Circumstances that are a reason of their own. */
static void test_report_circumstances(enum mode mode)
{
	static const char good[] = "{P}|-u|0|100000|1|-g|0|100000|1";
	const struct run_options bound = { .uid = ALICE, .gid = ALICE, .no_new_privs = true };
	const struct run_options stranger = { .uid = 4242, .gid = 4242 };
	const struct run_options other_group = { .uid = ALICE, .gid = BOB };
	const struct target_options strangers = { .uid = 4242, .gid = 4242 };
	const struct target_options other = { .uid = ALICE, .gid = BOB };
	const struct target_options same = { .uid = ALICE, .gid = ALICE, .same_namespace = true };
	const struct target_options hidden = { .uid = ALICE, .gid = ALICE, .undumpable = true };
	static const char foreign[] = "subid: sss\n";

	check_report("no_new_privs", mode, &(struct report_row){ good, "no-new-privs\n" },
		     &usual_target, &bound);
	check_report("a stranger", mode, &(struct report_row){ good, "account-unknown\n" },
		     &strangers, &stranger);
	check_report("another group", mode, &(struct report_row){ good, "account-group-differs\n" },
		     &other, &other_group);
	check_report("our namespace", mode,
		     &(struct report_row){ good, "target-not-in-namespace\n" }, &same, &usual_run);
	check_report("not dumpable", mode, &(struct report_row){ good, "target-not-dumpable\n" },
		     &hidden, &usual_run);
	etc_write("nsswitch.conf", foreign, sizeof(foreign) - 1);
	check_report("another source", mode, &(struct report_row){ good, "subid-nss\n" },
		     &usual_target, &usual_run);
	etc_reset();
	etc_remove("subgid");
	check_report("no subgid", mode, &(struct report_row){ good, "subid-file-unsafe\n" },
		     &usual_target, &usual_run);
	etc_reset();
	etc_remove("passwd");
	check_report("no passwd", mode, &(struct report_row){ good, "account-file-unsafe\n" },
		     &usual_target, &usual_run);
	etc_reset();
}

/* Two descriptors are named, in both orders of their numbers, and others are open between them. */
static void test_two_descriptors(enum mode mode, const char *report_option)
{
	struct run_options run = RUN_USUAL;
	struct outcome outcome;
	struct target target;
	char option[32];
	char *argv[] = {
		"x", option, "fd:9", "-u", "0", "1001", "1", "-g", "0", "1001", "1", NULL
	};
	static struct maps maps;

	snprintf(option, sizeof(option), "%s", report_option);
	target_start(&usual_target, &target);
	run.pass_fd = open_proc(target.pid, "");
	run.pass_as = 9;
	run.also_pass_as = atoi(strchr(report_option, '=') + 1);
	program_run(program_path(mode, NSRUN_NEWIDMAP), argv, &run, &outcome);
	maps_read(target.pid, &maps);
	check(outcome.status == 0 && !maps_empty(&maps), "47 fd:9 and %s: %s", option,
	      mode_name[mode]);
	close(run.pass_fd);
	target_stop(&target);
}

/* A copy without privilege: it says so, and does nothing. */
static void test_report_unprivileged(bool limits)
{
	static const char *const copy = "/etc/nsrun-newidmap";
	char command[512];
	char *argv[] = { "x", "1", "-u", "0", "1001", "1", "-g", "0", "1001", "1", NULL };
	const struct run_options closed = { .uid = ALICE, .gid = ALICE, .close_standard = true };
	const struct run_options closed_and_full = { .uid = ALICE,
						     .gid = ALICE,
						     .close_standard = true,
						     .n_limits = 1,
						     .limit = { { RLIMIT_NOFILE, 2 } } };
	struct outcome outcome;

	snprintf(command, sizeof(command), "cp %s %s && chmod 755 %s",
		 program_path(MODE_SETUID, NSRUN_NEWIDMAP), copy, copy);
	if (system(command) != 0)
		die("cp");
	program_run(copy, argv, &usual_run, &outcome);
	check(outcome.status == 1 && strstr(outcome.said, "neither setuid root nor"),
	      "report of a program without privilege");
	/* only now is it our own work to fill the standard descriptors */
	program_run(copy, argv, &closed, &outcome);
	check(outcome.status == 1, "51 descriptors closed, without privilege");
	if (limits) {
		program_run(copy, argv, &closed_and_full, &outcome);
		check(outcome.status == 1, "51 descriptors closed and none to be had");
	}
	etc_remove("nsrun-newidmap");
}

/* The same words for a process that is not there and for one of somebody else. */
static void test_no_oracle(enum mode mode)
{
	static const char *const others[] = { "1", "4194305", "2", "999999999" };
	char first[sizeof(((struct outcome *)0)->said)] = "";
	bool same = true;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char pid[16];
		char *argv[] = { "x", pid, "-u", "0", "1001", "1", "-g", "0", "1001", "1", NULL };
		struct outcome outcome;

		snprintf(pid, sizeof(pid), "%s", others[i]);
		program_run(program_path(mode, NSRUN_NEWIDMAP), argv, &usual_run, &outcome);
		if (i == 0)
			memcpy(first, outcome.said, sizeof(first));
		same = same && outcome.status == 1 && strcmp(first, outcome.said) == 0;
	}
	check(same && first[0], "SB4 other processes and none look the same: %s", mode_name[mode]);
}

static void test_reports(bool limits)
{
	for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
		struct outcome outcome;
		static char name[] = "x";
		static char option[] = "--report-fd=77";
		static char bad[] = "--report-fd=x";
		char *argv[] = { name, option, "1", "-u",   "0", "1001",
				 "1",  "-g",   "0", "1001", "1", NULL };

		for (size_t i = 0; i < sizeof(report_rows) / sizeof(report_rows[0]); i++)
			check_report(report_rows[i].arguments, mode, &report_rows[i], &usual_target,
				     &usual_run);
		test_report_circumstances(mode);
		test_no_oracle(mode);
		test_two_descriptors(mode, "--report-fd=20");
		test_two_descriptors(mode, "--report-fd=5");
		test_two_descriptors(mode, "--report-fd=9");
		program_run(program_path(mode, NSRUN_NEWIDMAP), argv, &usual_run, &outcome);
		check(outcome.status == 1, "report descriptor that is not open: %s",
		      mode_name[mode]);
		argv[1] = bad;
		program_run(program_path(mode, NSRUN_NEWIDMAP), argv, &usual_run, &outcome);
		check(outcome.status == 1, "report descriptor that is none: %s", mode_name[mode]);
	}
	test_report_unprivileged(limits);
}

/* The files: variants of /etc/subuid (and the same as /etc/subgid). */
struct file_row {
	const char *name;
	const char *content;
	size_t length; /* 0: a string */
	const char *triples;
	int status;
	enum comparison comparison;
};

#define GOOD "alice:100000:65536\n"

static const struct file_row file_rows[] = {
	{ "F1 comments and blank lines", "# x\n\n   \n\t\n" GOOD, 0, NULL, 0, SAME },
	{ "F2 no final newline", "alice:100000:65536", 0, NULL, 0, SAME },
	{ "F3 carriage return", "alice:100000:65536\r\n", 0, NULL, 1, SAME },
	{ "F3b trailing blank", "alice:100000:65536 \n", 0, NULL, 1, SAME },
	{ "F3c leading blank", " alice:100000:65536\n", 0, NULL, 1, SAME },
	{ "F4 blanks before numbers", "alice: 100000: 65536\n", 0, NULL, 1, STRICTER },
	{ "F5 owner by uid", "1001:100000:65536\n", 0, NULL, 0, SAME },
	{ "F6 owner by uid with a zero", "01001:100000:65536\n", 0, NULL, 1, SAME },
	{ "F7 a shorter name", "alic:100000:65536\n", 0, NULL, 1, SAME },
	{ "F7b a longer name", "alice2:100000:65536\n", 0, NULL, 1, SAME },
	{ "F7c a star", "*:100000:65536\n", 0, NULL, 1, SAME },
	{ "F7d NIS", "+alice:100000:65536\n", 0, NULL, 1, SAME },
	{ "F7e capitals", "ALICE:100000:65536\n", 0, NULL, 1, SAME },
	{ "F8 two neighbours", "alice:100000:10\nalice:100010:10\n", 0, "0|100000|20", 0, SAME },
	{ "F8b name and uid", "1001:100010:10\nalice:100000:10\n", 0, "0|100005|10", 0, SAME },
	{ "F9 a gap", "alice:100000:10\nalice:100011:10\n", 0, "0|100000|20", 1, SAME },
	{ "F10 overlapping lines", "alice:100000:10\nalice:100005:15\n", 0, "0|100000|20", 0,
	  SAME },
	{ "F11 range of nothing, host root", "alice:0:0\n", 0, "0|0|1", 1, FIXED },
	{ "F11b range of nothing, bob", "alice:0:0\n", 0, "0|1002|1", 1, FIXED },
	{ "F12 range that wraps", "alice:1:18446744073709551615\n", 0, "0|1002|1", 1, FIXED },
	{ "F13 range past 2^32", "alice:100000:4294967296\n", 0, "0|4000000000|1", 1, FIXED },
	{ "F13b range up to no id", "alice:4294967290:6\n", 0, "0|4294967290|1", 1, STRICTER },
	{ "F13c range up to the last id", "alice:4294967290:5\n", 0, "0|4294967294|1", 0, SAME },
	{ "F14 negative start", "alice:-100000:65536\n", 0, NULL, 1, SAME },
	{ "F14b negative count", "alice:100000:-1\n", 0, "0|165536|1", 1, FIXED },
	{ "F14c start 2^32 + 100000", "alice:4295067296:65536\n", 0, NULL, 1, SAME },
	{ "F15 four fields", "alice:100000:65536:x\n", 0, NULL, 1, FIXED },
	{ "F15b a colon at the end", "alice:100000:65536:\n", 0, NULL, 1, FIXED },
	{ "F16 two fields", "alice:100000\n", 0, NULL, 1, SAME },
	{ "F16b no owner", ":100000:65536\n", 0, NULL, 1, SAME },
	{ "F16c empty file", "", 0, NULL, 1, SAME },
	{ "F17 hexadecimal", "alice:0x186a0:0x10000\n", 0, NULL, 1, STRICTER },
	{ "F17b octal", "alice:0303240:65536\n", 0, NULL, 1, STRICTER },
	{ "F17c octal that looks decimal", "alice:0100000:65536\n", 0, NULL, 1, SAME },
	{ "F18 NUL in the line", "alice:100000:65536\0\n", 20, NULL, 1, SAME },
	{ "F18b NUL in the line before", "x\0\n" GOOD, 22, NULL, 1, SAME },
	{ "F18c NUL in the line behind", GOOD "x\0\n", 22, NULL, 1, SAME },
	{ "F20 host root granted", "alice:0:1\n", 0, "0|0|1", 1, STRICTER },
	{ "F20b host root inside a range", "alice:0:200000\n", 0, NULL, 0, SAME },
};

static void put_subids(const void *content, size_t length)
{
	etc_write("subuid", content, length);
	etc_write("subgid", content, length);
}

static void test_file_rows(void)
{
	for (size_t i = 0; i < sizeof(file_rows) / sizeof(file_rows[0]); i++) {
		const struct file_row *row = &file_rows[i];

		put_subids(row->content, row->length ? row->length : strlen(row->content));
		run_triples(row->name, row->triples ? row->triples : "0|100000|1", row->status,
			    row->comparison, &usual_target, &usual_run);
	}
	etc_reset();
}

/* F19: what a small buffer must survive. */
static void test_long_files(void)
{
	static const char good[] = "\n" GOOD;
	enum { LONG = 8 << 20 };
	size_t size = LONG + 64;
	char *text = malloc(size);
	size_t length = 0;

	if (!text)
		die("malloc");
	memset(text, 'x', size);
	memcpy(text + 2000, good, sizeof(good) - 1);
	put_subids(text, 2000 + sizeof(good) - 1);
	run_triples("F19 a line of 2 kB", "0|100000|1", 0, SAME, &usual_target, &usual_run);

	memset(text, 'x', size);
	memcpy(text + LONG, good, sizeof(good) - 1);
	put_subids(text, LONG + sizeof(good) - 1);
	run_triples("F19b a line of 8 MB", "0|100000|1", 0, SAME, &usual_target, &usual_run);

	while (length < 100000)
		length += (size_t)sprintf(text + length, "bob:%zu:20\n", length + 200000);
	memcpy(text + length, good + 1, sizeof(good) - 2);
	put_subids(text, length + sizeof(good) - 2);
	run_triples("F19c 5000 lines", "0|100000|1", 0, SAME, &usual_target, &usual_run);

	length = 0;
	for (int i = 0; i < 1024; i++)
		length += (size_t)sprintf(text + length, "alice:%d:1\n", 100000 + 2 * i);
	put_subids(text, length);
	run_triples("F19d 1024 separate ranges", "0|102046|1", 0, SAME, &usual_target, &usual_run);
	length += (size_t)sprintf(text + length, "alice:200000:1\n");
	put_subids(text, length);
	run_triples("F19e 1025 separate ranges", "0|102046|1", 1, STRICTER, &usual_target,
		    &usual_run);
	free(text);
	etc_reset();
}

static void remove_subids(void)
{
	etc_remove("subuid");
	etc_remove("subgid");
}

static void chmod_subids(mode_t mode, uid_t owner)
{
	if (chown("/etc/subuid", owner, 0) < 0 || chown("/etc/subgid", owner, 0) < 0 ||
	    chmod("/etc/subuid", mode) < 0 || chmod("/etc/subgid", mode) < 0)
		die("chmod");
}

/* F21 to F23: what kind of file it is. */
static void test_file_kinds(void)
{
	chmod_subids(0646, 0);
	run_triples("F21 writable by all", "0|100000|1", 1, STRICTER, &usual_target, &usual_run);
	chmod_subids(0664, 0);
	run_triples("F21b writable by a group", "0|100000|1", 1, STRICTER, &usual_target,
		    &usual_run);
	chmod_subids(0644, BOB);
	run_triples("F21c owned by bob", "0|100000|1", 1, STRICTER, &usual_target, &usual_run);
	remove_subids();
	if (mkfifo("/etc/subuid", 0644) < 0 || mkfifo("/etc/subgid", 0644) < 0)
		die("mkfifo");
	run_triples("F22 FIFO", "0|100000|1", 1, SAME, &usual_target, &usual_run);
	remove_subids();
	run_triples("F23 missing", "0|100000|1", 1, SAME, &usual_target, &usual_run);
	run_triples("F23b missing, own id", "0|1001|1", 1, SAME, &usual_target, &usual_run);
	etc_write("real", GOOD, strlen(GOOD));
	if (symlink("real", "/etc/subuid") < 0 || symlink("real", "/etc/subgid") < 0)
		die("symlink");
	run_triples("F23c symbolic link", "0|100000|1", 1, SAME, &usual_target, &usual_run);
	remove_subids();
	if (mkdir("/etc/subuid", 0755) < 0 || mkdir("/etc/subgid", 0755) < 0)
		die("mkdir");
	run_triples("F23d directory", "0|100000|1", 1, SAME, &usual_target, &usual_run);
	etc_reset();
}

/* F24 and what else the account decides. */
static void test_accounts(void)
{
	static const char digits[] = "root:x:0:0::/:/bin/sh\n1002:x:1001:1001::/:/bin/sh\n";
	static const char twice[] = "root:x:0:0::/:/bin/sh\nalice:x:1001:1001::/:/bin/sh\n"
				    "other:x:1001:1001::/:/bin/sh\n";
	static const char cut[] = "+x:x:1001:1001\n#alice:x:1001:1\nalice:x:1001:1001\n";
	/* no line of these is alice's, for shadow neither */
	static const char *const nobodies[] = {
		"",
		"alice",
		"alice:x",
		"alice:x:1001",
		":x:1001:1001::/:",
		"alice:x::1001::/:",
		"alice:x:1001:::/:",
		"alice:x:1001x:1001::/:",
		"alice:x:1001:x::/:",
		"alice:x:4294968297:1001::/:",
		"alice:x:-1:1001::/:",
		"\n\n",
	};
	char name[64];
	static const char bobs[] = "1002:100000:65536\n";
	static const char others[] = "other:100000:65536\n";

	etc_write("passwd", digits, sizeof(digits) - 1);
	put_subids(bobs, sizeof(bobs) - 1);
	run_triples("F24 a name of digits is no uid", "0|100000|1", 1, STRICTER, &usual_target,
		    &usual_run);
	etc_write("passwd", twice, sizeof(twice) - 1);
	put_subids(others, sizeof(others) - 1);
	run_triples("F24b another name of the same uid", "0|100000|1", 1, STRICTER, &usual_target,
		    &usual_run);
	etc_reset();
	for (size_t i = 0; i < sizeof(nobodies) / sizeof(nobodies[0]); i++) {
		etc_write("passwd", nobodies[i], strlen(nobodies[i]));
		snprintf(name, sizeof(name), "48b line %zu that is nobody's", i);
		run_triples(name, "0|100000|1", 1, SAME, &usual_target, &usual_run);
	}
	etc_reset();
	etc_write("passwd", cut, sizeof(cut) - 1);
	run_triples("F24c short line of passwd", "0|100000|1", 0, SAME, &usual_target, &usual_run);
	etc_reset();
	if (chmod("/etc/passwd", 0666) < 0)
		die("chmod");
	run_triples("F24d passwd writable by all", "0|100000|1", 1, STRICTER, &usual_target,
		    &usual_run);
	etc_reset();
}

static void put_sources(const char *text)
{
	etc_write("nsswitch.conf", text, strlen(text));
}

/* Where nsswitch.conf says that others know the ranges, we do not know them. */
static void test_sources(void)
{
	put_sources("passwd: files\nsubid: files\n");
	run_triples("N1 subid: files", "0|100000|1", 0, SAME, &usual_target, &usual_run);
	put_sources("passwd: files\n#subid: sss\n");
	run_triples("N2 a comment", "0|100000|1", 0, SAME, &usual_target, &usual_run);
	put_sources("passwd: files\nsubid: sss\n");
	run_triples("N3 subid: sss", "0|100000|1", 1, STRICTER, &usual_target, &usual_run);
	put_sources("passwd: files\nsubid: files sss\n");
	run_triples("N4 subid: files sss", "0|100000|1", 1, STRICTER, &usual_target, &usual_run);
	put_sources("passwd: files\n \tSubID :\n");
	run_triples("N5 subid: nothing", "0|100000|1", 1, STRICTER, &usual_target, &usual_run);
	put_sources("passwd: files\nsubid files\nsubi\n");
	run_triples("N5b no colon", "0|100000|1", 0, SAME, &usual_target, &usual_run);
	etc_remove("nsswitch.conf");
	run_triples("N6 no file", "0|100000|1", 0, SAME, &usual_target, &usual_run);
	put_sources("passwd: files\n");
	if (chmod("/etc/nsswitch.conf", 0666) < 0)
		die("chmod");
	run_triples("N7 writable by all", "0|100000|1", 1, STRICTER, &usual_target, &usual_run);
	etc_reset();
}

int main(int argc, char *argv[])
{
	bool limits = argc == 2;

	if (argc < 2) {
		fprintf(stderr, "usage: rows PROGRAMS-DIRECTORY [--no-limits]\n");
		return 2;
	}
	harness_start(argv[1]);
	for (size_t i = 0; i < sizeof(argument_rows) / sizeof(argument_rows[0]); i++)
		run_row(&argument_rows[i]);
	test_many_extents();
	test_targets();
	test_mapped_target();
	test_callers();
	test_circumstances();
	if (limits)
		test_limits();
	test_odd_vectors();
	test_descriptors(MODE_SETUID);
	test_descriptors(MODE_CAPABILITIES);
	test_reports(limits);
	test_file_rows();
	test_long_files();
	test_file_kinds();
	test_accounts();
	test_sources();
	return check_finish();
}
