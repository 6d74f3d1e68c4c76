// SPDX-License-Identifier: Apache-2.0
/* Closing what a process does not need. Runs in: the monitor. */
#include "life/life.h"

#include <stdlib.h>
#include <unistd.h>

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int life_close_others(unsigned first, int *keep, size_t n)
{
	qsort(keep, n, sizeof(keep[0]), by_number);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)first)
			continue;
		if (keep[i] > (int)first && close_range(first, (unsigned)keep[i] - 1, 0) < 0)
			return -1;
		first = (unsigned)keep[i] + 1;
	}
	return close_range(first, ~0U, 0);
}
