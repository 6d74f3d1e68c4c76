/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program on the host: id helpers, getent. Runs in: supervisor. */
#ifndef NSRUN_SYS_PROGRAM_H
#define NSRUN_SYS_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

/** PROGRAM_BOTH - Capture standard output and standard error in one pipe. */
#define PROGRAM_BOTH 3

/**
 * program_start() - Start a program with its output in a pipe
 * @argv:       argv[0] is an absolute path; no shell is involved
 * @output:     which descriptor of the program is captured: 1, 2 or PROGRAM_BOTH
 * @ret_output: read end of the pipe
 *
 * Does:   gives the program empty standard input, all signals unblocked and at their defaults.
 * Return: its pid, or -1 with errno.
 */
pid_t program_start(const char *const argv[], int output, int *ret_output);

/**
 * program_wait() - Wait for a program
 *
 * Return: its exit status, 128+n when it died of signal n, or -1 with errno.
 */
int program_wait(pid_t pid);

/** program_find() - Find an executable in PATH, else in the usual directories; 0 or -1. */
int program_find(const char *name, char *ret_path, size_t size);

/**
 * program_self() - Path of nsrun's own binary, also when it runs from a copy in memory
 *
 * Return: 0, or -1.
 */
int program_self(char *ret_path, size_t size);

/** program_remember_self() - Leave that path to the program that is executed next; 0 or -1. */
int program_remember_self(void);

#endif
