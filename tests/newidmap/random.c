// SPDX-License-Identifier: Apache-2.0
/*
 * Random arguments and files, against shadow's programs. Every pair is two real runs, shadow's and
 * ours, on two namespaces, with the same files: nothing is modelled. Runs as root; prints TAP.
 *
 *   never looser:     what ours accepts, shadow accepts, with the same maps and setgroups
 *   not needlessly:   a pair without anything odd in it is answered as shadow answers it
 *   all or nothing:   a refusal leaves maps and setgroups as they were
 *
 * usage: random PROGRAMS-DIRECTORY PAIRS WORKERS SEED
 */
#include "harness.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIPLES_MAX 4
#define LINES_MAX   6
#define FILE_BYTES  2048
#define NUMBER_MAX  48

/* splitmix64: the whole run is one function of its seed */
static uint64_t random_state;

static uint64_t random_next(void)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned below(unsigned limit)
{
	return (unsigned)(random_next() % limit);
}

static bool one_in(unsigned n)
{
	return below(n) == 0;
}

/* One pair. @odd: it has something in it that ours may refuse and shadow may accept. */
struct pair {
	enum program program;
	bool odd;
	int n_triples;
	char number[2][TRIPLES_MAX][3][NUMBER_MAX]; /* second set: gids of nsrun-newidmap */
	int n_numbers_cut;			    /* arguments left out at the end */
	char subuid[FILE_BYTES];
	size_t subuid_length;
	char subgid[FILE_BYTES];
	size_t subgid_length;
	char target[32];
};

static const uint64_t edges[] = {
	0,
	1,
	2,
	9,
	10,
	999,
	1000,
	1001,
	1002,
	1003,
	65535,
	65536,
	65537,
	99999,
	100000,
	100001,
	100009,
	100010,
	131072,
	165535,
	165536,
	165537,
	231071,
	231072,
	2147483647,
	2147483648,
	4294867296,
	4294901760,
	4294967290,
	4294967293,
	4294967294,
	4294967295,
	4294967296,
	4295067296,
	UINT64_C(9223372036854775807),
	UINT64_C(18446744073709451616),
	UINT64_MAX,
};

static uint64_t pick_id(void)
{
	if (one_in(3))
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	if (one_in(8))
		return 165536 + below(66000);
	return 100000 + below(65536);
}

static uint64_t pick_count(void)
{
	switch (below(10)) {
	case 0:
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	case 1:
	case 2:
		return 1 + below(65536);
	case 3:
	case 4:
		return 1 + below(20);
	default:
		return 1;
	}
}

/* Write a number in one of the ways that some reader takes; true when it is a plain decimal. */
static bool write_number(char text[NUMBER_MAX], uint64_t value, unsigned odds)
{
	static const char *const formats[] = {
		"0x%" PRIx64, "0%" PRIo64,  "+%" PRIu64,     " %" PRIu64,    "%" PRIu64 " ",
		"-%" PRIu64,  "0%" PRIu64,  "00%" PRIo64,    "%" PRIu64 "x", "%" PRIu64 "\n",
		"\t%" PRIu64, "0X%" PRIX64, "%" PRIu64 ".0", "-%" PRIu64,    "%" PRIu64 "e0",
	};

	if (!one_in(odds)) {
		snprintf(text, NUMBER_MAX, "%" PRIu64, value);
		return true;
	}
	if (one_in(20)) {
		text[0] = '\0';
	} else {
/* one of the formats above, which all take one uint64_t */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, NUMBER_MAX, formats[below(sizeof(formats) / sizeof(formats[0]))],
			 one_in(3) ? UINT64_MAX - value + 1 : value);
#pragma GCC diagnostic pop
	}
	return false;
}

/* Mostly triples that somebody could mean: inside ids that follow each other, owned outside ids. */
static void make_triples(struct pair *pair, int set)
{
	uint64_t inside = one_in(4) ? pick_id() : 0;
	uint64_t outside = 100000 + below(100);

	for (int i = 0; i < pair->n_triples; i++) {
		uint64_t count = pick_count();
		bool plain;

		if (one_in(6))
			inside = pick_id();
		if (one_in(4))
			outside = pick_id();
		if (one_in(6)) {
			outside = ALICE;
			count = 1;
		}
		/* host root is refused whatever the file says, and shadow may grant it */
		if (outside == 0 || (count > 0 && outside + count < outside))
			pair->odd = true;
		plain = write_number(pair->number[set][i][0], inside, 40);
		plain &= write_number(pair->number[set][i][1], outside, 40);
		plain &= write_number(pair->number[set][i][2], count, 40);
		if (!plain)
			pair->odd = true;
		inside += count;
		outside = outside == ALICE ? 100000 + below(100) : outside + count;
	}
}

static size_t add_text(char *file, size_t length, const char *text, size_t text_length)
{
	if (length + text_length > FILE_BYTES)
		return length;
	memcpy(file + length, text, text_length);
	return length + text_length;
}

static const char *pick_owner(struct pair *pair)
{
	static const char *const plain[] = {
		"bob", "1002", "alic", "alice2", "root", "0", "carol"
	};
	static const char *const odd[] = { "01001",  "",      "*",	" alice",     "alice ",
					   "+alice", "Alice", "#alice", "0x3e9",      "1001 ",
					   "+1001",  "-1001", "001001", "4294968297", "+" };

	if (!one_in(3))
		return one_in(4) ? "1001" : "alice";
	if (!one_in(4))
		return plain[below(sizeof(plain) / sizeof(plain[0]))];
	pair->odd = true;
	return odd[below(sizeof(odd) / sizeof(odd[0]))];
}

/* A line without its end. */
static size_t make_line(struct pair *pair, char *line, size_t size)
{
	static const char *const others[] = { "",
					      "# comment",
					      "alice",
					      "alice:100000",
					      ":::",
					      "alice:100000:65536:",
					      "alice::",
					      "   ",
					      "alice:100000:65536:x",
					      "-",
					      "+",
					      ":1:2" };
	char start[NUMBER_MAX];
	char count[NUMBER_MAX];
	const char *owner = pick_owner(pair);
	uint64_t first = one_in(3) ? pick_id() : 100000 + below(200);
	uint64_t ids = one_in(4) ? 65536 : pick_count();

	if (one_in(8)) {
		pair->odd = true;
		return (size_t)snprintf(line, size, "%s",
					others[below(sizeof(others) / sizeof(others[0]))]);
	}
	/* what passes the last id is granted by some versions of shadow (rows F11 to F13) */
	if (ids == 0 || first + ids < ids || first + ids > UINT32_MAX)
		pair->odd = true;
	if (!write_number(start, first, 60) || !write_number(count, ids, 60))
		pair->odd = true;
	return (size_t)snprintf(line, size, "%s:%s:%s", owner, start, count);
}

static size_t make_file(struct pair *pair, char *file)
{
	size_t length = 0;
	unsigned lines = 1 + below(LINES_MAX);
	char line[256];

	if (one_in(3))
		length = add_text(file, length, "alice:100000:65536\n", 19);
	for (unsigned i = 0; i < lines; i++) {
		size_t n = make_line(pair, line, sizeof(line) - 2);

		if (one_in(60)) {
			line[below((unsigned)n + 1)] = '\0';
			pair->odd = true;
		}
		if (one_in(60)) {
			memset(line, 'x', n);
			for (int j = 0; j < 6 && n > 0; j++)
				length = add_text(file, length, line, n);
		}
		if (one_in(60)) {
			line[n++] = '\r';
			pair->odd = true;
		}
		if (i + 1 < lines || !one_in(10))
			line[n++] = '\n';
		length = add_text(file, length, line, n);
	}
	return length;
}

static void make_pair(struct pair *pair)
{
	pair->program = one_in(6) ? NSRUN_NEWIDMAP : (enum program)below(2);
	pair->odd = false;
	pair->n_triples = one_in(3) ? 1 + (int)below(TRIPLES_MAX) : 1 + (int)below(2);
	make_triples(pair, 0);
	make_triples(pair, 1);
	pair->n_numbers_cut = one_in(100) ? 1 + (int)below(3) : 0;
	if (pair->n_numbers_cut)
		pair->odd = true;
	pair->subuid_length = make_file(pair, pair->subuid);
	pair->subgid_length = make_file(pair, pair->subgid);
	etc_write("subuid", pair->subuid, pair->subuid_length);
	etc_write("subgid", pair->subgid, pair->subgid_length);
}

static int add_numbers(struct pair *pair, int set, char *argv[], int argc)
{
	for (int i = 0; i < 3 * pair->n_triples - pair->n_numbers_cut; i++)
		argv[argc++] = pair->number[set][i / 3][i % 3];
	return argc;
}

static int run(struct pair *pair, enum mode mode, enum program program, int set, pid_t pid)
{
	struct run_options options = RUN_USUAL;
	static char u[] = "-u";
	static char g[] = "-g";
	static char name[] = "x";
	char *argv[2 + 2 + 2 * 3 * TRIPLES_MAX + 1] = { name, pair->target };
	int argc = 2;
	struct outcome outcome;

	options.quiet = true;
	snprintf(pair->target, sizeof(pair->target), "%d", pid);
	if (program == NSRUN_NEWIDMAP) {
		argv[argc++] = u;
		argc = add_numbers(pair, 0, argv, argc);
		argv[argc++] = g;
		set = 1;
	}
	argc = add_numbers(pair, set, argv, argc);
	argv[argc] = NULL;
	program_run(program_path(mode, program), argv, &options, &outcome);
	return outcome.status;
}

/* Shadow's answer; for both maps its two programs, in the order in which ours writes. */
static int run_shadow(struct pair *pair, pid_t pid)
{
	int status;

	if (pair->program != NSRUN_NEWIDMAP)
		return run(pair, MODE_SHADOW, pair->program, 0, pid);
	status = run(pair, MODE_SHADOW, NEWGIDMAP, 1, pid);
	return status == 0 ? run(pair, MODE_SHADOW, NEWUIDMAP, 0, pid) : status;
}

/* What one worker counts; shared with the parent through a pipe. */
struct tally {
	uint64_t pairs;
	uint64_t both;
	uint64_t neither;
	uint64_t stricter;
	uint64_t stricter_setgroups;
	uint64_t looser;
	uint64_t different;
	uint64_t needless;
	uint64_t partial;
	uint64_t strange;
};

static void complain(const char *what, const struct pair *pair, enum mode mode, int shadow,
		     int ours)
{
	printf("# %s: %s %s, shadow %d, ours %d\n#  ", what, program_name[pair->program],
	       mode_name[mode], shadow, ours);
	for (int set = 0; set < (pair->program == NSRUN_NEWIDMAP ? 2 : 1); set++)
		for (int i = 0; i < pair->n_triples * 3 - pair->n_numbers_cut; i++)
			printf(" '%s'", pair->number[set][i / 3][i % 3]);
	printf("\n# subuid: ");
	for (size_t i = 0; i < pair->subuid_length; i++)
		printf(pair->subuid[i] < ' ' ? "\\%03o" : "%c", pair->subuid[i]);
	printf("\n# subgid: ");
	for (size_t i = 0; i < pair->subgid_length; i++)
		printf(pair->subgid[i] < ' ' ? "\\%03o" : "%c", pair->subgid[i]);
	printf("\n");
	fflush(stdout);
}

static bool is_fresh(const struct maps *maps)
{
	return maps_empty(maps) && strcmp(maps->setgroups, "allow\n") == 0;
}

/*
 * A line that only shadow believes (rows F4, F11 to F13, F15, F17) can cover the caller's own gid.
 * Ours takes that gid for what it is, and denies setgroups: stricter, not different.
 */
static bool is_stricter_setgroups(const struct maps *shadow, const struct maps *ours)
{
	return strcmp(shadow->uid_map, ours->uid_map) == 0 &&
	       strcmp(shadow->gid_map, ours->gid_map) == 0 &&
	       strcmp(shadow->setgroups, "allow\n") == 0 && strcmp(ours->setgroups, "deny\n") == 0;
}

static void judge(const struct pair *pair, enum mode mode, int shadow, int ours,
		  const struct maps *shadow_maps, const struct maps *our_maps, struct tally *tally)
{
	tally->pairs++;
	if (shadow > 1 || ours > 1) {
		tally->strange++;
		complain("neither 0 nor 1", pair, mode, shadow, ours);
	} else if (ours == 0 && shadow != 0) {
		tally->looser++;
		complain("looser", pair, mode, shadow, ours);
	} else if (ours == 0 && pair->odd && is_stricter_setgroups(shadow_maps, our_maps)) {
		tally->stricter_setgroups++;
	} else if (ours == 0 && !maps_equal(shadow_maps, our_maps)) {
		tally->different++;
		complain("different maps", pair, mode, shadow, ours);
	} else if (ours != 0 && !is_fresh(our_maps)) {
		tally->partial++;
		complain("half done", pair, mode, shadow, ours);
	} else if (ours != 0 && shadow == 0 && !pair->odd) {
		tally->needless++;
		complain("needlessly strict", pair, mode, shadow, ours);
	} else if (ours != 0 && shadow == 0) {
		tally->stricter++;
	} else if (ours == 0) {
		tally->both++;
	} else {
		tally->neither++;
	}
}

/* A namespace is good until something was written to it. */
static void renew(struct target *target, const struct maps *maps)
{
	if (target->pid != 0 && is_fresh(maps))
		return;
	target_stop(target);
	target_start(&TARGET_USUAL, target);
}

static void work(uint64_t pairs, uint64_t seed, struct tally *tally)
{
	static struct pair pair;
	static struct maps shadow_maps;
	static struct maps our_maps;
	struct target shadow_target = { .pid = 0 };
	struct target our_target = { .pid = 0 };

	random_state = seed;
	for (uint64_t i = 0; i < pairs; i++) {
		enum mode mode = one_in(2) ? MODE_SETUID : MODE_CAPABILITIES;
		int shadow;
		int ours;

		renew(&shadow_target, &shadow_maps);
		renew(&our_target, &our_maps);
		make_pair(&pair);
		shadow = run_shadow(&pair, shadow_target.pid);
		ours = run(&pair, mode, pair.program, 0, our_target.pid);
		maps_read(shadow_target.pid, &shadow_maps);
		maps_read(our_target.pid, &our_maps);
		judge(&pair, mode, shadow, ours, &shadow_maps, &our_maps, tally);
	}
	target_stop(&shadow_target);
	target_stop(&our_target);
}

/* A process with an /etc of its own; its tally comes through the returned descriptor. */
static int start_worker(const char *programs_dir, uint64_t pairs, uint64_t seed)
{
	struct tally tally = { .pairs = 0 };
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid > 0) {
		close(ends[1]);
		return ends[0];
	}
	close(ends[0]);
	harness_start(programs_dir);
	work(pairs, seed, &tally);
	if (write(ends[1], &tally, sizeof(tally)) != sizeof(tally))
		_exit(1);
	_exit(0);
}

static void add_tally(int fd, struct tally *sum)
{
	struct tally tally = { .pairs = 0 };
	uint64_t *to = (uint64_t *)sum; /* it has nothing else */
	const uint64_t *from = (const uint64_t *)&tally;

	if (read(fd, &tally, sizeof(tally)) != sizeof(tally)) {
		errno = EPIPE;
		die("worker");
	}
	close(fd);
	for (size_t i = 0; i < sizeof(tally) / sizeof(*from); i++)
		to[i] += from[i];
}

int main(int argc, char *argv[])
{
	enum { WORKERS_MAX = 64 };
	uint64_t pairs = argc == 5 ? strtoull(argv[2], NULL, 10) : 0;
	unsigned workers = argc == 5 ? (unsigned)atoi(argv[3]) : 0;
	uint64_t seed = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
	struct tally sum = { .pairs = 0 };
	int fds[WORKERS_MAX];

	if (pairs == 0 || workers < 1 || workers > WORKERS_MAX) {
		fprintf(stderr, "usage: random PROGRAMS-DIRECTORY PAIRS WORKERS SEED\n");
		return 2;
	}
	for (unsigned i = 0; i < workers; i++)
		fds[i] = start_worker(argv[1], pairs / workers + (i < pairs % workers),
				      seed * 1000003 + i);
	for (unsigned i = 0; i < workers; i++)
		add_tally(fds[i], &sum);
	while (wait(NULL) > 0)
		;
	printf("# seed %" PRIu64 ": %" PRIu64 " pairs, accepted by both %" PRIu64
	       ", refused by both %" PRIu64 ", by ours alone %" PRIu64
	       ", setgroups denied by ours alone %" PRIu64 "\n",
	       seed, sum.pairs, sum.both, sum.neither, sum.stricter, sum.stricter_setgroups);
	check(sum.pairs == pairs, "all %" PRIu64 " pairs ran", pairs);
	check(sum.strange == 0, "every exit status is 0 or 1 (%" PRIu64 " were not)", sum.strange);
	check(sum.looser == 0, "never looser than shadow (%" PRIu64 " were)", sum.looser);
	check(sum.different == 0, "same maps and setgroups (%" PRIu64 " differ)", sum.different);
	check(sum.partial == 0, "a refusal changes nothing (%" PRIu64 " did)", sum.partial);
	check(sum.needless == 0, "no plain pair is refused alone (%" PRIu64 " were)", sum.needless);
	/* a test that never sees an accepted pair, or never a refused one, shows nothing */
	check(sum.both >= pairs / 10 && sum.neither >= pairs / 10 && sum.stricter >= pairs / 1000,
	      "enough of each kind");
	return check_finish();
}
