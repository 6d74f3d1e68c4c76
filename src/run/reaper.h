/* SPDX-License-Identifier: Apache-2.0 */
/* The reaping pid 1 of --init. */
#ifndef NSRUN_RUN_REAPER_H
#define NSRUN_RUN_REAPER_H

#include <sys/types.h>

/**
 * reaper_serve() - Be pid 1 for a payload
 * @payload: its pid, a child of the caller
 *
 * Runs in: init, with every signal blocked since before the payload was made, so that none is lost.
 * Does:    closes every descriptor, forwards every catchable signal, reaps, and exits as the
 *          payload did, which makes the kernel kill all that is left.
 */
_Noreturn void reaper_serve(pid_t payload);

#endif
