/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of a process, from outside. Runs in: inject, as root. */
#ifndef NSRUN_TESTS_FAULT_TELL_H
#define NSRUN_TESTS_FAULT_TELL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** tell_read() - What /proc/PID/@name has, as far as there is room; whether it could be read to the end. */
bool tell_read(pid_t pid, const char *name, char *text, size_t size);

/** tell_witness() - Print all that a process is confined by, as lines of "witness KEY VALUE". */
void tell_witness(pid_t pid);

#endif
