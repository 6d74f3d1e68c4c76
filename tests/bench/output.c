// SPDX-License-Identifier: Apache-2.0
/*
 * output.c - the results for people (a table that is Markdown too), for machines, and as a picture
 */
#include "bench.h"

#include <math.h>
#include <string.h>
#include <sys/wait.h>

#define SVG_WIDTH  900
#define SVG_LEFT   270
#define SVG_RIGHT  90
#define SVG_TOP	   56
#define SVG_ROW	   26
#define SVG_BOTTOM 40

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void print_times(FILE *file, const struct field *field)
{
	fprintf(file,
		"| %-16s | median |   MAD | quartiles     |    min |    CPU |  peak | what differs "
		"|\n"
		"| :%s | -----: | ----: | :-----------: | -----: | -----: | ----: | :----------- "
		"|\n",
		"contestant", "---------------");
	for (size_t i = 0; i < field->count; i++) {
		const struct contestant *c = &field->contestants[i];

		if (c->failures) {
			fprintf(file, "| %-16s | | | | | | | fails here (status %d) |\n", c->name,
				exit_status(c->failed_status));
			continue;
		}
		fprintf(file,
			"| %-16s | %6.2f | %5.2f | %6.2f–%6.2f | %6.2f | %6.2f | %5.1f | %s |\n",
			c->name, c->wall.median / 1e3, c->wall.mad / 1e3, c->wall.q1 / 1e3,
			c->wall.q3 / 1e3, c->wall.min / 1e3, c->cpu.median / 1e3,
			(double)c->peak_rss_kib / 1024, c->note);
	}
	fputc('\n', file);
}

/* What came of a wish; the interval says whether another run could come to the contrary. */
static const char *verdict(const struct comparison *comparison)
{
	const struct ratio *ratio = &comparison->ratio;

	if (ratio->of_medians <= comparison->limit)
		return ratio->high <= comparison->limit ? "met" : "met, within the noise";
	return ratio->low > comparison->limit ? "missed" : "missed, within the noise";
}

static void print_ratio(FILE *file, const struct contestant *c, const struct comparison *comparison)
{
	const struct ratio *ratio = &comparison->ratio;

	fprintf(file, "| %-16s | %-16s | %5.2f | %5.2f–%5.2f   | %5.2f–%5.2f         |", c->name,
		comparison->base_name, ratio->of_medians, ratio->low, ratio->high, ratio->q1,
		ratio->q3);
	if (comparison->limit > 0)
		fprintf(file, " %.2f: %s", comparison->limit, verdict(comparison));
	fputs(" |\n", file);
}

static void print_ratios(FILE *file, const struct field *field)
{
	fprintf(file,
		"| %-16s | against          | ratio | 95 %% interval | quartiles per round | "
		"wanted "
		"at most |\n"
		"| :%s | :--------------- | ----: | :-----------: | :-----------------: | "
		":------------- |\n",
		"contestant", "---------------");
	for (size_t i = 0; i < field->count; i++) {
		const struct contestant *c = &field->contestants[i];

		for (size_t j = 0; j < c->comparison_count && !c->failures; j++)
			if (c->comparisons[j].base)
				print_ratio(file, c, &c->comparisons[j]);
	}
	fputc('\n', file);
}

void output_text(FILE *file, const struct field *field, const struct bench_options *options)
{
	fprintf(file, "### %s\n\n", options->title);
	fprintf(file, "%zu interleaved rounds; milliseconds, and MiB of the largest process.\n\n",
		options->rounds);
	print_times(file, field);
	fputs("Ratios of medians, with the interval from resampling whole rounds:\n\n", file);
	print_ratios(file, field);
}

static void print_json_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		if ((unsigned char)*text >= ' ')
			fputc(*text, file);
	}
	fputc('"', file);
}

static void print_json_summary(FILE *file, const char *name, const struct summary *summary)
{
	fprintf(file,
		"      \"%s\": {\"median\": %.1f, \"mad\": %.1f, \"q1\": %.1f, \"q3\": %.1f, "
		"\"min\": %.1f},\n",
		name, summary->median, summary->mad, summary->q1, summary->q3, summary->min);
}

static void print_json_ratio(FILE *file, const struct comparison *comparison, int follows)
{
	const struct ratio *ratio = &comparison->ratio;

	fputs(follows ? ",\n        {\"against\": " : "\n        {\"against\": ", file);
	print_json_string(file, comparison->base_name);
	if (comparison->base)
		fprintf(file,
			", \"of_medians\": %.4f, \"low95\": %.4f, \"high95\": %.4f, "
			"\"per_round\": %.4f, \"q1\": %.4f, \"q3\": %.4f",
			ratio->of_medians, ratio->low, ratio->high, ratio->per_round, ratio->q1,
			ratio->q3);
	if (comparison->base && comparison->limit > 0)
		fprintf(file, ", \"limit\": %.4f, \"verdict\": \"%s\"", comparison->limit,
			verdict(comparison));
	fputc('}', file);
}

static void print_json_contestant(FILE *file, const struct contestant *contestant)
{
	fputs("    {\n      \"name\": ", file);
	print_json_string(file, contestant->name);
	fputs(",\n      \"differs\": ", file);
	print_json_string(file, contestant->note);
	fputs(",\n      \"command\": [", file);
	for (char *const *word = contestant->argv; *word; word++) {
		print_json_string(file, *word);
		fputs(word[1] ? ", " : "],\n", file);
	}
	if (contestant->failures) {
		fprintf(file, "      \"failed\": %d\n    }",
			exit_status(contestant->failed_status));
		return;
	}
	print_json_summary(file, "wall_us", &contestant->wall);
	print_json_summary(file, "cpu_us", &contestant->cpu);
	fputs("      \"ratios\": [", file);
	for (size_t i = 0; i < contestant->comparison_count; i++)
		print_json_ratio(file, &contestant->comparisons[i], i > 0);
	fputs("],\n", file);
	fprintf(file, "      \"peak_rss_kib\": %ld\n    }", contestant->peak_rss_kib);
}

void output_json(FILE *file, const struct field *field, const struct bench_options *options)
{
	fputs("{\n  \"title\": ", file);
	print_json_string(file, options->title);
	fprintf(file, ",\n  \"rounds\": %zu,\n  \"parallel\": %zu,\n  \"contestants\": [\n",
		options->rounds, options->parallel);
	for (size_t i = 0; i < field->count; i++) {
		print_json_contestant(file, &field->contestants[i]);
		fputs(i + 1 < field->count ? ",\n" : "\n", file);
	}
	fputs("  ]\n}\n", file);
}

/* ---- the picture: a dot for the median, a line from quartile to quartile, on a log scale ---- */

struct axis {
	double low, high;
};

static struct axis find_axis(const struct field *field)
{
	struct axis axis = { .low = HUGE_VAL, .high = 0 };

	for (size_t i = 0; i < field->count; i++) {
		const struct contestant *c = &field->contestants[i];

		if (c->failures)
			continue;
		axis.low = fmin(axis.low, c->wall.min);
		axis.high = fmax(axis.high, c->wall.q3);
	}
	axis.low *= 0.9;
	axis.high *= 1.15;
	return axis;
}

static double axis_x(const struct axis *axis, double value)
{
	double share = (log(value) - log(axis->low)) / (log(axis->high) - log(axis->low));

	return SVG_LEFT + share * (SVG_WIDTH - SVG_LEFT - SVG_RIGHT);
}

static void print_svg_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", file);
		else if (*text == '&')
			fputs("&amp;", file);
		else
			fputc(*text, file);
	}
}

static void print_svg_grid(FILE *file, const struct axis *axis, int bottom)
{
	static const double steps[] = { 1, 2, 5 };

	for (int decade = 1; decade <= 100000000; decade *= 10) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			double value = decade * steps[i];
			double x = axis_x(axis, value);

			if (value < axis->low || value > axis->high)
				continue;
			fprintf(file,
				"<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" "
				"stroke=\"#ddd\"/>"
				"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">"
				"%g ms</text>\n",
				x, SVG_TOP - 8, x, bottom, x, bottom + 18, value / 1e3);
		}
	}
}

static void print_svg_row(FILE *file, const struct axis *axis, const struct contestant *c, int y)
{
	const char *colour = strncmp(c->name, "nsrun", 5) ? "#666666" : "#1f6fb4";

	fprintf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", SVG_LEFT - 12, y + 4);
	print_svg_text(file, c->name);
	fputs("</text>\n", file);
	if (c->failures)
		return;
	fprintf(file,
		"<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" "
		"stroke-width=\"6\" stroke-opacity=\"0.35\"/>"
		"<circle cx=\"%.1f\" cy=\"%d\" r=\"5\" fill=\"%s\"/>"
		"<text x=\"%.1f\" y=\"%d\" fill=\"#333\">%.2f</text>\n",
		axis_x(axis, c->wall.q1), y, axis_x(axis, c->wall.q3), y, colour,
		axis_x(axis, c->wall.median), y, colour, axis_x(axis, c->wall.q3) + 10, y + 4,
		c->wall.median / 1e3);
}

void output_svg(FILE *file, const struct field *field, const struct bench_options *options)
{
	int bottom = SVG_TOP + (int)field->count * SVG_ROW;
	struct axis axis = find_axis(field);

	fprintf(file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
		"font-family=\"sans-serif\" font-size=\"13\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
		"<text x=\"12\" y=\"26\" font-size=\"17\">",
		SVG_WIDTH, bottom + SVG_BOTTOM);
	print_svg_text(file, options->title);
	fputs(" (median and quartiles, log scale)</text>\n", file);
	print_svg_grid(file, &axis, bottom);
	for (size_t i = 0; i < field->count; i++)
		print_svg_row(file, &axis, &field->contestants[i],
			      SVG_TOP + (int)i * SVG_ROW + SVG_ROW / 2);
	fputs("</svg>\n", file);
}
