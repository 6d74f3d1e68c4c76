// SPDX-License-Identifier: Apache-2.0
/* Signals, stopping, waiting, removing. Runs in: nsrun; by pidfd only. */
#include "base/arena.h"
#include "base/fd.h"
#include "life/life.h"
#include "life/monitor_lock.h"
#include "life/record.h"
#include "sys/cgroup.h"
#include "sys/process.h"
#include "sys/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#define MONITOR_TIMEOUT_MS  10000 /* to write an exit status down */
#define MONITOR_PATIENCE_MS 2000  /* before it is told not to wait for a reader */
#define COPY_PATIENCE_MS    1000  /* before who copies is killed */
#define REMOVAL_PAUSE_MS    1	  /* between looks at somebody else's removal */
#define REMOVE_TRIES	    20	  /* by force, while others start it again */
#define UNSEEN_STATUS	    255	  /* of an end that nobody has seen */

int life_kill(int pidfd, int signal)
{
	return pidfd_send_signal(pidfd, signal, NULL, 0);
}

/* a few readings of a small file; verbs end soon after */
static struct arena verb_arena;

int life_refuse_gone(const struct container *container, struct error *err)
{
	return error_set(err, "container-unknown", 0, "the container '%s' was removed",
			 container->name);
}

static int refuse_copied(const struct container *container, struct error *err)
{
	return error_set(err, "container-copied", 0,
			 "somebody copies from or to the container '%s' at the moment",
			 container->name);
}

int life_refuse_start(const struct container *container, struct error *err)
{
	auto_close int copier = monitor_lock_open_copier(container->dir);

	/* held by nobody any more: then whoever it was has copied, or looked, or removes it */
	if (container->pidfd < 0 && (copier >= 0 || monitor_lock_holder(container->dir) == 0))
		return life_is_kept(container) ? refuse_copied(container, err)
					       : life_refuse_gone(container, err);
	return error_set(err, "container-started", 0, "the container '%s' runs already",
			 container->name);
}

int life_refuse_running(const struct container *container, struct error *err)
{
	error_set(err, "container-running", 0, "the container '%s' runs", container->name);
	return error_set_arg(err, "%s", container->name);
}

void life_reread(struct container *container)
{
	container_refresh(&verb_arena, container);
}

void life_reread_locked(struct container *container)
{
	life_read_state(&verb_arena, container);
}

static int not_running(const struct container *container, struct error *err)
{
	if (container->status == CONTAINER_DAMAGED)
		return container_refuse_damaged(container, err);
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

static int signal_process(struct container *container, int signal, struct error *err)
{
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

int container_signal(struct container *container, int signal, struct error *err)
{
	/* whoever is attached since long has seen it started again */
	if (container->pidfd < 0 || process_has_ended(container->pidfd))
		life_reread(container);
	if (container->pidfd < 0)
		return not_running(container, err);
	return signal_process(container, signal, err);
}

/* the monitor writes the end down, and goes; true: there is none any more */
static bool await_monitor(const struct container *container, int timeout_ms)
{
	auto_close int monitor = monitor_lock_open_holder(container->dir);

	return monitor < 0 || process_await_end(monitor, timeout_ms);
}

static int is_stuck(const struct container *container, const char *who, pid_t pid,
		    struct error *err)
{
	error_set(err, "monitor-stopped", 0, "%s the container '%s' (process %d) does not go on", who,
		  container->name, (int)pid);
	return error_set_arg(err, "%d", (int)pid);
}

static int monitor_is_stuck(const struct container *container, struct error *err)
{
	return is_stuck(container, "the monitor of", monitor_lock_holder(container->dir), err);
}

/* the monitor looks for this file before it starts it again */
static int make_stop_file(const struct container *container, struct error *err)
{
	int file = openat(container->dir, LIFE_STOP_FILE,
			  O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (file < 0 && container->life.restart != RESTART_NO)
		return error_set(err, "state-write", errno,
				 "cannot tell the monitor of the container '%s' to start it no more",
				 container->name);
	fd_close(file);
	return 0;
}

/*
 * A monitor without a container is in the middle of a start, waits for the next, or for somebody to take
 * the last output: SIGTERM ends all three.
 */
int life_forbid_restart(const struct container *container, struct error *err)
{
	auto_close int monitor = -1;

	if (make_stop_file(container, err) < 0)
		return -1;
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

static int end_process(struct container *container, int signal, uint32_t timeout_s,
		       struct error *err)
{
	int timeout_ms = timeout_s < INT_MAX / 1000 ? (int)timeout_s * 1000 : INT_MAX;

	if (container->pidfd < 0)
		return 0;
	if (signal_process(container, signal, err) < 0)
		return -1;
	/* one that is paused hears it only now */
	if (container->status == CONTAINER_PAUSED)
		life_thaw(container);
	if (process_await_end(container->pidfd, timeout_ms))
		return 0;
	return kill_at_last(container, err);
}

/* its state cannot be read any more: because it is removed, or for a reason to tell */
static int lost_sight(const struct container *container, struct error *err)
{
	if (!life_is_kept(container))
		return 0;
	return error_set(err, "state-damaged", container->damage.errnum,
			 "cannot stop the container '%s': %s", container->name,
			 container->damage.text);
}

/* more than once: it may be in the middle of a start */
static int end(struct container *container, int signal, uint32_t timeout_s, struct error *err)
{
	for (int i = 0; i < MONITOR_TIMEOUT_MS / MONITOR_PATIENCE_MS; i++) {
		if (life_forbid_restart(container, err) < 0)
			return -1;
		life_reread(container);
		if (container->status == CONTAINER_DAMAGED)
			return lost_sight(container, err);
		if (end_process(container, signal, timeout_s, err) < 0)
			return -1;
		if (await_monitor(container, MONITOR_PATIENCE_MS))
			return 0;
		life_reread(container);
	}
	return monitor_is_stuck(container, err);
}

int container_stop(struct container *container, uint32_t timeout_s, struct error *err)
{
	if (container->status == CONTAINER_DAMAGED)
		return not_running(container, err);
	if (timeout_s == UINT32_MAX)
		timeout_s = container->life.stop_timeout_s;
	return end(container, container->life.stop_signal, timeout_s, err);
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
	if (!await_monitor(container, MONITOR_TIMEOUT_MS))
		return monitor_is_stuck(container, err);
	life_reread(container);
	if (container->exit_code >= 0)
		return container->exit_code;
	return life_is_kept(container) ? UNSEEN_STATUS : life_refuse_gone(container, err);
}

/* its first process, as far as its state can be read though something else of it cannot; -1: none */
static int open_damaged(const struct container *container)
{
	struct record record;
	struct error unused;

	if (container->dir < 0 ||
	    record_read_state(&verb_arena, container->dir, &record, &unused) < 0)
		return -1;
	return record_open_process(&record);
}

/* what it runs may not be known any more: its monitor knows, and whoever it has made is its child */
static int end_damaged(const struct container *container, struct error *err)
{
	auto_close int monitor = monitor_lock_open_holder(container->dir);
	auto_close int init = open_damaged(container);
	struct error unused;

	make_stop_file(container, &unused);
	if (monitor >= 0)
		life_kill(monitor, SIGTERM);
	if (monitor >= 0 && process_await_end(monitor, COPY_PATIENCE_MS))
		return 0;
	if (init >= 0)
		life_kill(init, SIGKILL);
	else if (monitor >= 0)
		process_kill_children(monitor);
	if (init >= 0)
		process_await_end(init, MONITOR_TIMEOUT_MS);
	return monitor < 0 || process_await_end(monitor, MONITOR_TIMEOUT_MS) ?
		       0 : monitor_is_stuck(container, err);
}

/* what is copied while it does not run ends, and half of it may be there */
static void end_copies(const struct container *container)
{
	auto_close int copier = monitor_lock_open_copier(container->dir);

	if (copier < 0)
		return;
	life_kill(copier, SIGTERM);
	if (process_await_end(copier, COPY_PATIENCE_MS))
		return;
	life_kill(copier, SIGKILL);
	process_await_end(copier, MONITOR_TIMEOUT_MS);
}

static int force_off(struct container *container, struct error *err)
{
	end_copies(container);
	return container->status == CONTAINER_DAMAGED ? end_damaged(container, err)
						      : end(container, SIGKILL, 0, err);
}

/* whether it is held by somebody who does not remove it; @ret_result: the refusal of that */
static bool is_held(const struct container *container, int *ret_result, struct error *err)
{
	auto_close int copier = monitor_lock_open_copier(container->dir);

	if (copier >= 0)
		*ret_result = refuse_copied(container, err);
	else if (monitor_lock_holder(container->dir) != 0)
		*ret_result = life_refuse_running(container, err);
	return *ret_result < 0;
}

/*
 * The lock, or -1: why not is in @ret_result, 0 where it is gone, since it removed itself (--rm), or somebody
 * else removed it. Who does so at the moment is waited for: its name is to be free when we say that it is.
 */
static int lock_for_removal(const struct container *container, int *ret_result, struct error *err)
{
	const struct timespec pause = { .tv_nsec = REMOVAL_PAUSE_MS * 1000000L };

	*ret_result = 0;
	for (int i = 0; i < MONITOR_TIMEOUT_MS / REMOVAL_PAUSE_MS; i++) {
		int lock = monitor_lock_take_removal(container->dir);

		if (lock >= 0 || errno == ENOENT)
			return lock;
		if (errno != EAGAIN) {
			*ret_result = error_set(err, "state-write", errno,
						"cannot lock the container '%s'", container->name);
			return -1;
		}
		if (is_held(container, ret_result, err) || !life_is_kept(container))
			return -1;
		nanosleep(&pause, NULL);
	}
	*ret_result = is_stuck(container, "who removes", monitor_lock_remover(container->dir), err);
	return -1;
}

/* that of a monitor which was killed; whatever the state says, it is one of our making */
static void remove_cgroup(const struct container *container)
{
	char own[sizeof("/nsrun-") + CONTAINER_ID_SHORT];
	const char *name = container->cgroup ? strrchr(container->cgroup, '/') : NULL;

	snprintf(own, sizeof(own), "/nsrun-%.*s", CONTAINER_ID_SHORT, container->id);
	if (name && strcmp(name, own) == 0)
		cgroup_remove(container->cgroup);
}

static int remove_off(struct container *container, struct error *err)
{
	auto_close int lock = -1;
	auto_close int init = -1;
	int result;

	if (container->dir >= 0) {
		lock = lock_for_removal(container, &result, err);
		if (lock < 0)
			return result;
		life_reread_locked(container);
		if (!life_is_kept(container))
			return 0; /* somebody else removes it, and its state may be gone already */
		if (container->status == CONTAINER_DAMAGED)
			init = open_damaged(container);
		if ((container->pidfd >= 0 && !process_has_ended(container->pidfd)) || init >= 0)
			return life_refuse_running(container, err);
		remove_cgroup(container);
	}
	return life_discard(container, err);
}

int container_remove(struct container *container, bool force, struct error *err)
{
	int result = -1;

	/* somebody may start it again in between */
	for (int i = 0; i < REMOVE_TRIES && result < 0; i++) {
		if (force && force_off(container, err) < 0)
			return -1;
		result = remove_off(container, err);
		if (!force || (result < 0 && strcmp(err->id, "container-running") != 0))
			return result;
	}
	return result;
}
