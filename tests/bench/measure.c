// SPDX-License-Identifier: Apache-2.0
/*
 * measure.c - run the contestants and stop the time
 *
 * The clock runs from before posix_spawn() (a vfork: the stopwatch's own size does not matter)
 * until wait4() has reaped the process, whose rusage also covers all that it has waited for itself.
 */
#include "bench.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_PARALLEL 1024

extern char **environ;

struct sample {
	double wall_us;
	double cpu_us;
	long rss_kib;
	int status; /* of the first process that failed, else 0 */
};

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double time_us(struct timeval time)
{
	return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

/* A generator of our own: the same order of rounds everywhere, whatever the C library. */
static uint32_t next_random(void)
{
	static uint32_t state = 2463534242U;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Containers with a name want a new one each: `%n` in the rows. */
static void number_words(char *const *argv, unsigned long counter, char **ret_argv)
{
	static char number[24];
	size_t i;

	snprintf(number, sizeof(number), "bench-%lu", counter);
	for (i = 0; argv[i]; i++)
		ret_argv[i] = strcmp(argv[i], "%n") ? argv[i] : number;
	ret_argv[i] = NULL;
}

static unsigned long next_number(void)
{
	static unsigned long counter;

	return ++counter;
}

static pid_t spawn(char *const *argv, unsigned long number,
		   const posix_spawn_file_actions_t *actions)
{
	char *words[BENCH_MAX_WORDS];
	int error;
	pid_t pid;

	number_words(argv, number, words);
	error = posix_spawn(&pid, words[0], actions, NULL, words, environ);
	if (error) {
		errno = error;
		err(2, "%s", words[0]);
	}
	return pid;
}

static void reap(pid_t pid, struct sample *sample)
{
	struct rusage usage;
	int status;

	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			err(2, "wait4");
	if (status != 0 && sample->status == 0)
		sample->status = status;
	sample->cpu_us += time_us(usage.ru_utime) + time_us(usage.ru_stime);
	if (usage.ru_maxrss > sample->rss_kib)
		sample->rss_kib = usage.ru_maxrss;
}

/* Puts a contestant into the state that its sample begins with, or cleans up after it. */
static void run_aside(char *const *argv, unsigned long number,
		      const posix_spawn_file_actions_t *actions, struct sample *sample)
{
	struct sample unused = { 0 };

	if (!argv[0])
		return;
	reap(spawn(argv, number, actions), &unused);
	if (sample->status == 0)
		sample->status = unused.status;
}

static struct sample sample_exit(const struct contestant *contestant, size_t parallel,
				 const posix_spawn_file_actions_t *actions)
{
	unsigned long number = next_number();
	struct sample sample = { 0 };
	pid_t pids[MAX_PARALLEL] = { 0 };
	double start;

	run_aside(contestant->before, number, actions, &sample);
	start = now_us();
	for (size_t i = 0; i < parallel; i++)
		pids[i] = spawn(contestant->argv, i ? next_number() : number, actions);
	for (size_t i = 0; i < parallel; i++)
		reap(pids[i], &sample);
	sample.wall_us = now_us() - start;
	run_aside(contestant->after, number, actions, &sample);
	return sample;
}

static struct sample sample_first_byte(char **argv)
{
	struct sample sample = { 0 };
	posix_spawn_file_actions_t actions;
	int ends[2];
	double start;
	char byte;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		err(2, "pipe2");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	start = now_us();
	pid = spawn(argv, next_number(), &actions);
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		sample.status = -1;
	sample.wall_us = now_us() - start;
	while (read(ends[0], &byte, 1) > 0)
		continue;
	close(ends[0]);
	reap(pid, &sample);
	posix_spawn_file_actions_destroy(&actions);
	return sample;
}

static struct sample take_sample(struct contestant *contestant, const struct bench_options *options,
				 const posix_spawn_file_actions_t *silent)
{
	const struct timespec pause = { .tv_sec = options->pause_ms / 1000,
					.tv_nsec = options->pause_ms % 1000 * 1000000L };

	if (options->pause_ms)
		nanosleep(&pause, NULL);
	if (options->metric == BENCH_FIRST_BYTE)
		return sample_first_byte(contestant->argv);
	return sample_exit(contestant, options->parallel, silent);
}

static void shuffle(size_t *order, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = next_random() % i;
		size_t swap = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swap;
	}
}

static void allocate(struct field *field, size_t rounds)
{
	for (size_t i = 0; i < field->count; i++) {
		field->contestants[i].wall_us = calloc(rounds, sizeof(double));
		field->contestants[i].cpu_us = calloc(rounds, sizeof(double));
		if (!field->contestants[i].wall_us || !field->contestants[i].cpu_us)
			err(2, "calloc");
	}
}

static void run_round(struct field *field, const struct bench_options *options, const size_t *order,
		      long round, const posix_spawn_file_actions_t *silent)
{
	for (size_t i = 0; i < field->count; i++) {
		struct contestant *contestant = &field->contestants[order[i]];
		struct sample sample;

		if (contestant->failures)
			continue;
		sample = take_sample(contestant, options, silent);
		if (sample.status) {
			contestant->failures++;
			contestant->failed_status = sample.status;
			warnx("\"%s\" failed and is out", contestant->name);
			continue;
		}
		if (round < 0)
			continue; /* warming up */
		contestant->wall_us[round] = sample.wall_us;
		contestant->cpu_us[round] = sample.cpu_us;
		if (sample.rss_kib > contestant->peak_rss_kib)
			contestant->peak_rss_kib = sample.rss_kib;
	}
}

void measure_field(struct field *field, const struct bench_options *options)
{
	posix_spawn_file_actions_t silent;
	size_t order[BENCH_MAX_CONTESTANTS] = { 0 };

	if (options->parallel > MAX_PARALLEL)
		errx(2, "more than %d at once", MAX_PARALLEL);
	posix_spawn_file_actions_init(&silent);
	posix_spawn_file_actions_addopen(&silent, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&silent, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	allocate(field, options->rounds);
	for (size_t i = 0; i < field->count; i++)
		order[i] = i;
	for (long round = -(long)options->warmup; round < (long)options->rounds; round++) {
		shuffle(order, field->count);
		run_round(field, options, order, round, &silent);
	}
	posix_spawn_file_actions_destroy(&silent);
}
