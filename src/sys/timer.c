// SPDX-License-Identifier: Apache-2.0
/* Waiting for a time without waiting. */
#include "sys/timer.h"

#include "base/fd.h"

#include <sys/timerfd.h>

int timer_open(uint64_t ms)
{
	const struct itimerspec when = { .it_value = { .tv_sec = (time_t)(ms / 1000),
						       .tv_nsec = (long)(ms % 1000) * 1000000 } };
	auto_close int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (timer < 0 || timerfd_settime(timer, 0, &when, NULL) < 0)
		return -1;
	return take_fd(&timer);
}
