/* SPDX-License-Identifier: Apache-2.0 */
/* All processes of a pid namespace, as seen from outside it. Runs in: nsrun. */
#ifndef NSRUN_SYS_PID_NAMESPACE_H
#define NSRUN_SYS_PID_NAMESPACE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * pid_namespace_stop() - Stop every process by a signal, until none is running any more
 * @pid_ns: inode of the namespace; those below it belong to it
 *
 * Return: 0, or -1 with errno (ETIMEDOUT: one goes on); then some may be stopped.
 */
int pid_namespace_stop(uint64_t pid_ns);

/** pid_namespace_continue() - Let all of them run again; 0, or -1 with errno. */
int pid_namespace_continue(uint64_t pid_ns);

#endif
