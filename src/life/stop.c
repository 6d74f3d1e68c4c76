// SPDX-License-Identifier: Apache-2.0
/* Signals, stopping, waiting, removing. Runs in: nsrun; by pidfd only. */
#include "base/arena.h"
#include "base/fd.h"
#include "life/clock.h"
#include "life/life.h"
#include "life/monitor_lock.h"
#include "sys/process.h"
#include "sys/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define MONITOR_TIMEOUT_MS 10000 /* to write an exit status down */
#define UNSEEN_STATUS	   255	 /* of an end that nobody has seen */

int life_kill(int pidfd, int signal)
{
	return pidfd_send_signal(pidfd, signal, NULL, 0);
}

void life_reread(struct container *container)
{
	/* one reading of a small file; verbs end soon after */
	static struct arena arena;

	container_refresh(&arena, container);
}

static int not_running(const struct container *container, struct error *err)
{
	if (container->status == CONTAINER_DAMAGED) {
		error_set(err, "state-damaged", 0, "the container '%s' is damaged: %s",
			  container->name, container->damage.text);
		return error_set_arg(err, "%s", container->name);
	}
	error_set(err, "container-not-running", 0, "the container '%s' does not run",
		  container->name);
	return error_set_arg(err, "%s", container->name);
}

/* its monitor knows what an end is written down as: 128+n, though SIGKILL is what it takes */
static bool monitor_ends(const struct container *container, int signal)
{
	auto_close int monitor = -1;

	if (signal != SIGTERM && signal != SIGINT && signal != SIGQUIT && signal != SIGHUP)
		return false;
	monitor = monitor_lock_open_holder(container->dir);
	return monitor >= 0 && life_kill(monitor, signal) == 0;
}

int container_signal(struct container *container, int signal, struct error *err)
{
	if (container->pidfd < 0)
		return not_running(container, err);
	/* what any other process would die of, a pid 1 without a handler ignores */
	if (signal_is_dropped(container->pid, signal)) {
		if (monitor_ends(container, signal))
			return 0;
		signal = SIGKILL;
	}
	if (life_kill(container->pidfd, signal) < 0 && errno != ESRCH)
		return error_set(err, "signal", errno, "cannot signal the container '%s'",
				 container->name);
	return 0;
}

/* the monitor writes the end down, and goes */
static int await_monitor(struct container *container, struct error *err)
{
	auto_close int monitor = monitor_lock_open_holder(container->dir);

	if (monitor < 0 || process_await_end(monitor, MONITOR_TIMEOUT_MS))
		return 0;
	return error_set(err, "monitor-stopped", 0,
			 "the monitor of the container '%s' (process %d) does not go on",
			 container->name, (int)monitor_lock_holder(container->dir)),
	       error_set_arg(err, "%d", (int)monitor_lock_holder(container->dir));
}

/* nobody starts it again: the monitor looks for this file, and may be asleep between two starts */
static int forbid_restart(struct container *container, struct error *err)
{
	auto_close int monitor = -1;
	int file;

	if (container->life.restart == RESTART_NO)
		return 0;
	file = openat(container->dir, LIFE_STOP_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	if (file < 0)
		return error_set(err, "state-write", errno,
				 "cannot tell the monitor of the container '%s' to start it no more",
				 container->name);
	fd_close(file);
	if (container->pidfd >= 0)
		return 0;
	monitor = monitor_lock_open_holder(container->dir);
	if (monitor >= 0)
		life_kill(monitor, SIGTERM);
	return 0;
}

static int kill_at_last(struct container *container, struct error *err)
{
	life_kill(container->pidfd, SIGKILL);
	if (process_await_end(container->pidfd, MONITOR_TIMEOUT_MS))
		return 0;
	return error_set(err, "container-stuck", 0,
			 "the container '%s' (process %d) does not end, though it was killed",
			 container->name, (int)container->pid);
}

int container_stop(struct container *container, uint32_t timeout_s, struct error *err)
{
	if (container->status == CONTAINER_DAMAGED)
		return not_running(container, err);
	if (timeout_s == UINT32_MAX)
		timeout_s = container->life.stop_timeout_s;
	if (forbid_restart(container, err) < 0)
		return -1;
	life_reread(container); /* it may have been started again just before */
	if (container->status == CONTAINER_DAMAGED)
		return error_set(err, "state-damaged", container->damage.errnum,
				 "cannot stop the container '%s': %s", container->name,
				 container->damage.text);
	if (container->pidfd >= 0) {
		if (container_signal(container, container->life.stop_signal, err) < 0)
			return -1;
		/* one that is paused hears it only now */
		if (container->status == CONTAINER_PAUSED)
			life_thaw(container);
		if (!process_await_end(container->pidfd, (int)timeout_s * 1000) &&
		    kill_at_last(container, err) < 0)
			return -1;
	}
	return await_monitor(container, err);
}

int container_wait(struct container *container, struct error *err)
{
	int status;

	if (container->status == CONTAINER_DAMAGED || container->status == CONTAINER_CREATED)
		return not_running(container, err);
	/* the monitor tells it also of a container that removes itself */
	status = life_await_end(container);
	if (status >= 0)
		return status;
	if (container->pidfd >= 0)
		process_await_end(container->pidfd, -1);
	if (await_monitor(container, err) < 0)
		return -1;
	life_reread(container);
	return container->exit_code >= 0 ? container->exit_code : UNSEEN_STATUS;
}

static int force_end(struct container *container, struct error *err)
{
	if (forbid_restart(container, err) < 0)
		return -1;
	life_reread(container);
	if (container->pidfd >= 0 && kill_at_last(container, err) < 0)
		return -1;
	return await_monitor(container, err);
}

/* what it runs is not known any more, but its monitor does know */
static int force_damaged(struct container *container, struct error *err)
{
	auto_close int monitor = monitor_lock_open_holder(container->dir);

	if (monitor < 0)
		return 0;
	life_kill(monitor, SIGTERM);
	return await_monitor(container, err);
}

static int force_off(struct container *container, struct error *err)
{
	return container->status == CONTAINER_DAMAGED ? force_damaged(container, err)
						      : force_end(container, err);
}

int container_remove(struct container *container, bool force, struct error *err)
{
	auto_close int lock = -1;

	if (force && force_off(container, err) < 0)
		return -1;
	if (container->dir >= 0) {
		lock = monitor_lock_take(container->dir);
		if (lock < 0 && errno == ENOENT)
			return 0; /* it removed itself (--rm) */
		if (lock >= 0)
			life_reread(container);
	}
	if (container->pidfd >= 0 || (container->dir >= 0 && lock < 0)) {
		error_set(err, "container-running", 0, "the container '%s' runs", container->name);
		return error_set_arg(err, "%s", container->name);
	}
	return life_discard(container, err);
}
