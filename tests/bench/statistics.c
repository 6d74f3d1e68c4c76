// SPDX-License-Identifier: Apache-2.0
/*
 * statistics.c - what many samples say
 *
 * Medians and quartiles only: on a machine that does something else too, the slow tail says more
 * about the machine than about the contestant. The interval of a ratio comes from drawing whole
 * rounds with replacement, so that what a round's runs have in common cancels out.
 */
#include "bench.h"

#include <err.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLES 1000

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double *allocate(size_t count)
{
	double *values = calloc(count ? count : 1, sizeof(*values));

	if (!values)
		err(2, "calloc");
	return values;
}

static double *sorted_copy(const double *samples, size_t count)
{
	double *copy = allocate(count);

	memcpy(copy, samples, count * sizeof(*copy));
	qsort(copy, count, sizeof(*copy), compare_doubles);
	return copy;
}

/* Linear between neighbours. */
static double quantile(const double *sorted, size_t count, double fraction)
{
	double position = fraction * (double)(count - 1);
	size_t below = (size_t)position;

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

static double median(double *samples, size_t count)
{
	qsort(samples, count, sizeof(*samples), compare_doubles);
	return quantile(samples, count, 0.5);
}

struct summary statistics_summarise(const double *samples, size_t count)
{
	double *values = sorted_copy(samples, count);
	struct summary summary = { .median = quantile(values, count, 0.5),
				   .q1 = quantile(values, count, 0.25),
				   .q3 = quantile(values, count, 0.75),
				   .min = values[0] };

	for (size_t i = 0; i < count; i++)
		values[i] = fabs(values[i] - summary.median);
	summary.mad = median(values, count);
	free(values);
	return summary;
}

static uint64_t next_random(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void bootstrap(const double *a, const double *b, size_t count, struct ratio *ratio)
{
	double *ratios = allocate(RESAMPLES), *from_a = allocate(count), *from_b = allocate(count);

	for (size_t i = 0; i < RESAMPLES; i++) {
		for (size_t j = 0; j < count; j++) {
			size_t round = next_random() % count;

			from_a[j] = a[round];
			from_b[j] = b[round];
		}
		ratios[i] = median(from_a, count) / median(from_b, count);
	}
	qsort(ratios, RESAMPLES, sizeof(*ratios), compare_doubles);
	ratio->low = quantile(ratios, RESAMPLES, 0.025);
	ratio->high = quantile(ratios, RESAMPLES, 0.975);
	free(from_b);
	free(from_a);
	free(ratios);
}

struct ratio statistics_compare(const double *a, const double *b, size_t count)
{
	double *ratios = allocate(count);
	struct ratio ratio = { .of_medians = statistics_summarise(a, count).median /
					     statistics_summarise(b, count).median };

	for (size_t i = 0; i < count; i++)
		ratios[i] = a[i] / b[i];
	qsort(ratios, count, sizeof(*ratios), compare_doubles);
	ratio.per_round = quantile(ratios, count, 0.5);
	ratio.q1 = quantile(ratios, count, 0.25);
	ratio.q3 = quantile(ratios, count, 0.75);
	free(ratios);
	bootstrap(a, b, count, &ratio);
	return ratio;
}
