/* SPDX-License-Identifier: Apache-2.0 */
/* Signals (signal(7)). */
#ifndef NSRUN_SYS_SIGNAL_H
#define NSRUN_SYS_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/** signal_reset() - Every disposition at its default, nothing blocked: what a program expects. */
void signal_reset(void);

/**
 * signal_is_dropped() - Whether the kernel would drop a signal because its target is a pid 1
 *
 * The first process of a pid namespace ignores every signal that it has no handler for
 * (pid_namespaces(7)); any other process would die of it.
 * Runs in: supervisor. Reads /proc/PID/status.
 */
bool signal_is_dropped(pid_t pid, int signal);

/** signal_number() - "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3" to a number; -1: no signal. */
int signal_number(const char *text);

/** signal_stays_here() - Signals about the supervisor's own children and pipes: never passed on. */
bool signal_stays_here(int signal);

#endif
