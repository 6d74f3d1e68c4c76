/* SPDX-License-Identifier: Apache-2.0 */
/* The time, in nanoseconds since 1970. */
#ifndef NSRUN_LIFE_CLOCK_H
#define NSRUN_LIFE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S ((uint64_t)1000000000)

static inline uint64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
