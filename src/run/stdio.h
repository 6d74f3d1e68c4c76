/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the payload's descriptors 0, 1 and 2 are. A terminal of the host never goes inside: bytes
 * are moved to and from a pty or a pipe. Runs in: supervisor.
 */
#ifndef NSRUN_RUN_STDIO_H
#define NSRUN_RUN_STDIO_H

#include "plan/plan.h"
#include "run/relay.h"

#include <termios.h>

#define STDIO_RELAYS 3

/**
 * struct stdio - The supervisor's side of the payload's standard descriptors
 * @inside:    what init makes of 0, 1 and 2; -1: the inherited one stays
 * @master:    the pty's master, once init has sent it, or -1
 * @raw:       the host's terminal is in raw mode and @saved must be set again
 * @reopened:  the terminal's output, opened anew so that it never blocks
 */
struct stdio {
	int inside[3];
	int master;
	int master_in;
	int reopened;
	bool raw;
	struct termios saved;
	struct relay relays[STDIO_RELAYS];
	size_t n_relays;
};

/** stdio_prepare() - Before clone3: decide and make the pipes; 0, or -1 with @err. */
int stdio_prepare(struct stdio *stdio, const struct plan *plan, struct error *err);

/** stdio_started() - After clone3: close the ends that belong to init. */
void stdio_started(struct stdio *stdio);

/** stdio_attach_terminal() - Take the pty's master, set its size, make the host's terminal raw. */
int stdio_attach_terminal(struct stdio *stdio, int take_master, struct error *err);

/**
 * stdio_typed_signal() - Whether what was just typed makes the payload's terminal send a signal
 * @ret_group: the process group that gets it
 *
 * Looks at each piece of input once.
 * Return: SIGINT or SIGQUIT, or 0.
 */
int stdio_typed_signal(struct stdio *stdio, pid_t *ret_group);

/** stdio_poll() - What the relays wait for: fills one pollfd for each of n_relays. */
void stdio_poll(const struct stdio *stdio, struct pollfd *waits);

/** stdio_resize() - The host's terminal has another size. */
void stdio_resize(struct stdio *stdio);

/** stdio_suspend() - Give the host's terminal back for a while (job control). */
void stdio_suspend(struct stdio *stdio);

/** stdio_resume() - Take it again. */
void stdio_resume(struct stdio *stdio);

/**
 * stdio_finish() - Move what is left, restore the terminal, close everything
 * @dead:      every process that could write is dead
 * @interrupt: when it can be read (a signal came), what is left is given up
 *
 * Return: 0, or -1 with @err (id "output") when output was lost for another reason than that
 *         nobody wanted to read it.
 */
int stdio_finish(struct stdio *stdio, bool dead, int interrupt, struct error *err);

#endif
