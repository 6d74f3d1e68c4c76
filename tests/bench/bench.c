// SPDX-License-Identifier: Apache-2.0
/*
 * bench - a stopwatch for programs that start programs
 *
 *     bench [--rounds N] [--warmup N] [--parallel N] [--first-byte] [--pause-ms N] [--title TEXT]
 *           [--json FILE] [--markdown FILE] [--svg FILE] ROWS
 *
 * Runs the contestants of ROWS (see rows_read()) interleaved, as the caller, and says for each how
 * long a start takes, how much that scatters and how it compares with a named other contestant.
 */
#include "bench.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>

static const struct option long_options[] = {
	{ "first-byte", no_argument, NULL, 'f' },     { "json", required_argument, NULL, 'j' },
	{ "markdown", required_argument, NULL, 'm' }, { "parallel", required_argument, NULL, 'p' },
	{ "pause-ms", required_argument, NULL, 's' }, { "rounds", required_argument, NULL, 'r' },
	{ "svg", required_argument, NULL, 'g' },      { "title", required_argument, NULL, 't' },
	{ "warmup", required_argument, NULL, 'w' },   { 0 },
};

static size_t parse_count(const char *text, size_t minimum)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end || value < minimum || value > 1000000)
		errx(2, "\"%s\": no number from %zu to 1000000", text, minimum);
	return value;
}

static struct bench_options parse_options(int argc, char **argv)
{
	struct bench_options options = {
		.rounds = 100, .warmup = 3, .parallel = 1, .pause_ms = 10, .title = "start to exit"
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0) {
		switch (option) {
		case 'f':
			options.metric = BENCH_FIRST_BYTE;
			break;
		case 'g':
			options.svg_path = optarg;
			break;
		case 'j':
			options.json_path = optarg;
			break;
		case 'm':
			options.markdown_path = optarg;
			break;
		case 'p':
			options.parallel = parse_count(optarg, 1);
			break;
		case 'r':
			options.rounds = parse_count(optarg, 1);
			break;
		case 's':
			options.pause_ms = (unsigned int)parse_count(optarg, 0);
			break;
		case 't':
			options.title = optarg;
			break;
		case 'w':
			options.warmup = parse_count(optarg, 1);
			break;
		default:
			exit(2);
		}
	}
	if (optind + 1 != argc)
		errx(2, "wanted one file of rows");
	options.rows_path = argv[optind];
	return options;
}

static void compare(struct contestant *contestant, size_t rounds)
{
	for (size_t i = 0; i < contestant->comparison_count; i++) {
		struct comparison *comparison = &contestant->comparisons[i];

		if (comparison->base->failures)
			comparison->base = NULL;
		else
			comparison->ratio = statistics_compare(contestant->wall_us,
							       comparison->base->wall_us, rounds);
	}
}

static void summarise(struct field *field, size_t rounds)
{
	for (size_t i = 0; i < field->count; i++) {
		struct contestant *contestant = &field->contestants[i];

		if (contestant->failures)
			continue;
		contestant->wall = statistics_summarise(contestant->wall_us, rounds);
		contestant->cpu = statistics_summarise(contestant->cpu_us, rounds);
		compare(contestant, rounds);
	}
}

static void write_file(const char *path,
		       void (*print)(FILE *, const struct field *, const struct bench_options *),
		       const struct field *field, const struct bench_options *options)
{
	FILE *file;

	if (!path)
		return;
	file = fopen(path, "we");
	if (!file)
		err(2, "%s", path);
	print(file, field, options);
	if (fclose(file) != 0)
		err(2, "%s", path);
}

int main(int argc, char **argv)
{
	static struct field field;
	struct bench_options options = parse_options(argc, argv);

	rows_read(options.rows_path, &field);
	measure_field(&field, &options);
	summarise(&field, options.rounds);
	output_text(stdout, &field, &options);
	write_file(options.markdown_path, output_text, &field, &options);
	write_file(options.json_path, output_json, &field, &options);
	write_file(options.svg_path, output_svg, &field, &options);
	return 0;
}
