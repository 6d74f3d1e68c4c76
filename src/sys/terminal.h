/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals (termios(3), ioctl_tty(2), pty(7)). */
#ifndef NSRUN_SYS_TERMINAL_H
#define NSRUN_SYS_TERMINAL_H

#include "nsrun/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/**
 * terminal_open_peer() - The other end of a pty, without a path (ioctl_tty(2), Linux 4.13)
 * @master: open /dev/ptmx; it is unlocked
 *
 * Runs in: init. Return: descriptor, or -1 with @err (id "terminal").
 */
int terminal_open_peer(int master, struct error *err);

/** terminal_make_raw() - Raw mode, remembering what was set; 0, or -1 with errno. */
int terminal_make_raw(int fd, struct termios *ret_saved);

/** terminal_restore() - Set remembered modes again, whatever happens. */
void terminal_restore(int fd, const struct termios *saved);

/** terminal_copy_size() - Give @to the window size of @from. */
void terminal_copy_size(int from, int to);

/**
 * terminal_typed_signal() - The signal that a terminal will send for keys on their way to it
 *
 * Return: SIGINT, SIGQUIT, or 0: none.
 */
int terminal_typed_signal(int master, const char *typed, size_t length);

#endif
