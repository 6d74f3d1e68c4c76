/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: names inside a container's directory, and small services. */
#ifndef NSRUN_LIFE_LIFE_H
#define NSRUN_LIFE_LIFE_H

#include "nsrun/container.h"

#define LIFE_FILTER_FILE "filter" /* the system call filter, as the kernel takes it */
#define LIFE_STOP_FILE	 "stop"	  /* is there: the monitor does not start it again */
#define LIFE_PAUSED_FILE "paused"  /* is there: somebody has paused this life of it */
#define LIFE_SOCKET	 "attach" /* the monitor listens here */
#define LIFE_LOG	 "log"	  /* and log.1, log.2, ... which are older */

/** struct life_filter - How the filter's file begins; then @count struct sock_filter; 0: none */
struct life_filter {
	uint32_t count;
	uint32_t flags;
};

/** life_await_end() - Wait for the end by the monitor; exit status, or -1: nobody tells it. */
int life_await_end(struct container *container);

/**
 * life_find_name() - The container of exactly this name, without a look at any other
 *
 * A monitor keeps the memory of the nsrun that made it: what a start reads, each container holds.
 * Return: 0 with @ret, or -1: there is none.
 */
int life_find_name(struct arena *arena, const char *name, struct container **ret);

/** life_connect() - Connect to a container's monitor; a socket, or -1 with errno. */
int life_connect(const struct container *container);

/** life_reread() - Read again what became of it, for a process that ends soon. */
void life_reread(struct container *container);

/** life_reread_locked() - The same for who holds the lock: see life_read_state(). */
void life_reread_locked(struct container *container);

/** life_thaw() - Let a paused container go on, whatever was used to stop it; -1 with errno. */
int life_thaw(const struct container *container);

/** life_kill() - A signal by pidfd; 0, or -1 with errno. */
int life_kill(int pidfd, int signal);

/**
 * life_trim_memory() - Give back the pages of the program that only the start needed
 *
 * They come back from the page cache when they are needed again.
 */
void life_trim_memory(void);

/**
 * life_read_state() - container_refresh() for who holds the monitor lock himself
 *
 * The kernel gives that lock back as soon as its holder closes any descriptor of the lock's file
 * (fcntl(2)), so that asking who holds it would lose it.
 */
void life_read_state(struct arena *arena, struct container *container);

/**
 * life_await_copies() - Wait until nobody copies from or to a container that does not run
 * @notice: told when that takes long; or NULL
 *
 * Return: whether somebody did.
 */
bool life_await_copies(const struct container *container, nsrun_notice notice, void *arg);

/**
 * life_await_command() - Wait, some seconds, while its first process is not in its root yet
 *
 * Before it is entered, always: its namespaces are there before they are furnished, and its mount
 * namespace begins as a copy of the host's.
 * Return: 0: it runs, or does not; -1 with @err (id "container-starting").
 */
int life_await_command(struct container *container, struct error *err);

/**
 * life_visit() - Do something while the files of a container that does not run are as it sees them
 * @plan:  of a spec after spec_begin_idle()
 * @visit: called with @container's pid and pidfd set, to a process that is there for that alone
 *
 * Nobody starts, removes or visits it meanwhile, and nothing is written down. May execute nsrun anew,
 * before anything else.
 * Return: 0; 1 where it runs by now, and @visit was not called; or -1 with @err, that of @visit as it is.
 */
int life_visit(struct container *container, const struct plan *plan,
	       int (*visit)(void *visit_arg, struct error *err), void *visit_arg,
	       nsrun_notice notice, void *arg, struct error *err);

/** life_retell_name() - To the networks of a container that has been renamed since @container was read. */
void life_retell_name(struct arena *arena, const struct container *container);

/** life_forbid_restart() - Its monitor starts it no more; 0, or -1 with @err. */
int life_forbid_restart(const struct container *container, struct error *err);

/** life_refuse_gone() - -1 with @err "container-unknown": it was removed meanwhile. */
int life_refuse_gone(const struct container *container, struct error *err);

/** life_refuse_start() - -1 with @err "container-started": it runs already, or is copied from. */
int life_refuse_start(const struct container *container, struct error *err);

/** life_refuse_running() - -1 with @err "container-running". */
int life_refuse_running(const struct container *container, struct error *err);

/** life_is_kept() - Whether it has a name still: one that is being removed has none. */
bool life_is_kept(const struct container *container);

/** life_discard() - Unname a container, then remove what it has; 0, or -1 with @err. */
int life_discard(struct container *container, struct error *err);

#endif
