/* SPDX-License-Identifier: Apache-2.0 */
/* The reaping pid 1 of --init. */
#ifndef NSRUN_RUN_REAPER_H
#define NSRUN_RUN_REAPER_H

#include "run/init.h"

/**
 * reaper_fork_payload() - Split init into a reaper and the process that becomes the payload
 *
 * Runs in: init. Returns in the child only, which goes on to be the payload; the parent stays
 * here as pid 1, forwards every catchable signal, reaps, and exits as the payload did.
 * Return:  0 in the child, or -1 with @err when there is none.
 */
int reaper_fork_payload(struct init *init, struct error *err);

#endif
