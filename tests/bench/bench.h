// SPDX-License-Identifier: Apache-2.0
/*
 * bench.h - what the parts of the benchmark's stopwatch share
 *
 * rows.c reads who takes part, measure.c runs them, statistics.c reduces the samples, output.c
 * prints. bench.c is the order of these four.
 */
#ifndef NSRUN_BENCH_H
#define NSRUN_BENCH_H

#include <stddef.h>
#include <stdio.h>

#define BENCH_MAX_CONTESTANTS 48
#define BENCH_MAX_WORDS	      64
#define BENCH_MAX_BASES	      8

enum bench_metric {
	BENCH_EXIT,	  /* from before the spawn until the exit is reaped */
	BENCH_FIRST_BYTE, /* from before the spawn until a byte is in the pipe */
};

struct bench_options {
	enum bench_metric metric;
	size_t rounds;
	size_t warmup;
	size_t parallel; /* starts at once in one sample */
	unsigned int pause_ms;
	const char *title;
	const char *json_path;
	const char *markdown_path;
	const char *svg_path;
	const char *rows_path;
};

struct summary {
	double median, mad, q1, q3, min;
};

struct ratio {
	double of_medians, low, high; /* with its 95 % interval, bootstrapped over rounds */
	double per_round, q1, q3;     /* median and quartiles of the ratios within a round */
};

struct comparison {
	const char *base_name;
	double limit;		       /* the ratio is wanted to be at most this; 0: none */
	const struct contestant *base; /* NULL: it failed */
	struct ratio ratio;
};

struct contestant {
	char *name;
	struct comparison comparisons[BENCH_MAX_BASES];
	size_t comparison_count;
	char *note; /* what differs from the others */
	char *argv[BENCH_MAX_WORDS];
	char *before[BENCH_MAX_WORDS]; /* run before each sample, and not measured; or empty */
	char *after[BENCH_MAX_WORDS];
	int failed_status; /* wait status of the first failure; a contestant that fails is out */
	size_t failures;
	double *wall_us;   /* one sample a round */
	double *cpu_us;	   /* user and system time of the process and all it waited for */
	long peak_rss_kib; /* of the largest process among them */
	struct summary wall, cpu;
};

struct field {
	struct contestant contestants[BENCH_MAX_CONTESTANTS];
	size_t count;
};

/**
 * rows_read() - Read the contestants
 * @path:      lines of `name | bases | note | before | after | command`; `#` starts a comment.
 *             Bases are separated by commas, or `-`; each is a name, or `name <= limit` where the
 *             ratio has a wish. The last three are words, or `-`; the word `%n` becomes a name
 *             that is new for each sample.
 * @ret_field: filled
 *
 * Ends the program with a message when the file is wrong.
 */
void rows_read(const char *path, struct field *ret_field);

/**
 * measure_field() - Run everybody, interleaved
 *
 * One sample of each contestant per round, in an order that is shuffled anew every round, so that
 * neither the machine's drift nor what a predecessor leaves to the kernel's workers (the teardown
 * of a network namespace takes longer than a start) favours anybody.
 */
void measure_field(struct field *field, const struct bench_options *options);

/** statistics_summarise() - Median, spread and minimum of samples, which it leaves as they are */
struct summary statistics_summarise(const double *samples, size_t count);

/** statistics_compare() - How @a relates to @b, sample i of both being from round i */
struct ratio statistics_compare(const double *a, const double *b, size_t count);

void output_text(FILE *file, const struct field *field, const struct bench_options *options);
void output_json(FILE *file, const struct field *field, const struct bench_options *options);
void output_svg(FILE *file, const struct field *field, const struct bench_options *options);

#endif
