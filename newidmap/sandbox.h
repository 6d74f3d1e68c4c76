/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that the id helper may still make. Runs in: id helper, after its privilege is
 * reduced and before input is looked at.
 */
#ifndef NSRUN_NEWIDMAP_SANDBOX_H
#define NSRUN_NEWIDMAP_SANDBOX_H

#include <stdbool.h>

/**
 * sandbox_enter() - Install the system call filter; every other call kills the process
 *
 * No fork, no exec, no memory, no signals but 0, no file that is created or truncated.
 * Needs: no_new_privs. Return: whether the kernel took it.
 */
bool sandbox_enter(void);

#endif
