/* SPDX-License-Identifier: Apache-2.0 */
/* The reaping pid 1 of --init, and of a container that is idle until somebody enters it. */
#ifndef NSRUN_RUN_REAPER_H
#define NSRUN_RUN_REAPER_H

#include <sys/types.h>

#define REAPER_IDLE ((pid_t)0) /* for a payload: there is none */

/**
 * reaper_open_program() - Open the program that reaper_serve() executes, while /proc is the host's
 *
 * Return: a descriptor, or -1.
 */
int reaper_open_program(void);

/**
 * reaper_serve() - Be pid 1 for a payload
 * @payload: its pid, a child of the caller, or REAPER_IDLE
 * @program: from reaper_open_program()
 *
 * Runs in: init, with every signal blocked since before the payload was made, so that none is lost.
 * Does:    closes every descriptor, forwards every catchable signal, reaps, and exits as the
 *          payload did, which makes the kernel kill all that is left. Without a payload it passes
 *          nothing on, and exits on SIGTERM.
 */
_Noreturn void reaper_serve(pid_t payload, int program);

#endif
