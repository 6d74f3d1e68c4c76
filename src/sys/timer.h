/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a time without waiting: timerfd_create(2). */
#ifndef NSRUN_SYS_TIMER_H
#define NSRUN_SYS_TIMER_H

#include <stdint.h>

/** timer_open() - A descriptor that can be read after @ms, once; monotonic; or -1 with errno. */
int timer_open(uint64_t ms);

#endif
