/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock that a container's monitor holds for as long as it lives; also taken by whoever removes
 * the container, or copies while it does not run, so that nobody starts it meanwhile. The kernel gives it back at any death, and
 * says who holds it. Runs in: nsrun and the monitor.
 */
#ifndef NSRUN_LIFE_MONITOR_LOCK_H
#define NSRUN_LIFE_MONITOR_LOCK_H

#include <sys/types.h>

/**
 * monitor_lock_take() - Take it without waiting
 *
 * The lock belongs to the process (fcntl(2)): its children do not inherit it, and it is lost when
 * the process closes any descriptor of the file. So the holder must call none of the others.
 * Return: a descriptor that must stay open, or -1 with errno (EAGAIN: somebody has it).
 */
int monitor_lock_take(int dir);

/** monitor_lock_take_removal() - Take it to remove the container, without being its monitor. */
int monitor_lock_take_removal(int dir);

/** monitor_lock_take_copy() - Take it to copy, without being its monitor. */
int monitor_lock_take_copy(int dir);

/** monitor_lock_holder() - The monitor that holds it: a pid, or 0; who removes or copies is none. */
pid_t monitor_lock_holder(int dir);

/** monitor_lock_remover() - Who holds the part that everybody takes, a remover among them: a pid, or 0. */
pid_t monitor_lock_remover(int dir);

/**
 * monitor_lock_open_holder() - A pidfd of who holds it
 *
 * Return: a pidfd, or -1 with errno; ESRCH: nobody.
 */
int monitor_lock_open_holder(int dir);

/** monitor_lock_open_copier() - A pidfd of who has taken it to copy; the same way. */
int monitor_lock_open_copier(int dir);

#endif
