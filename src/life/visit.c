// SPDX-License-Identifier: Apache-2.0
/*
 * A container that does not run, mounted as if it did, for as long as something is done to its files.
 * There is an init that executes nothing of the rootfs, in the namespaces that a start would make;
 * nothing of it is written down, and it ends with this nsrun, whatever ends that. Runs in: nsrun, which
 * is its supervisor.
 */
#include "life/life.h"

#include "base/fd.h"
#include "life/monitor_lock.h"
#include "plan/plan.h"
#include "run/attendant.h"
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#define START_TRIES    100 /* of somebody else, in which its first process is not known yet */
#define START_PAUSE_MS 50
#define COPY_LONG_MS   1000

/**
 * struct visit - A visit under way
 * @here: the caller's directory
 * @mask: the caller's signals: while the visitor is at work, they end nsrun as they always do
 * @done: it has been there, and did what it wanted
 */
struct visit {
	struct container *container;
	int (*visit)(void *visit_arg, struct error *err);
	void *visit_arg;
	int here;
	sigset_t mask;
	bool done;
};

/* --- the lock --- */

bool life_await_copies(const struct container *container, nsrun_notice notice, void *arg)
{
	struct error waiting;
	bool waited = false;
	int copier;

	while ((copier = monitor_lock_open_copier(container->dir)) >= 0) {
		if (!process_await_end(copier, COPY_LONG_MS)) {
			error_set(&waiting, "container-copied", 0,
				  "waiting until nobody copies from or to the container '%s'",
				  container->name);
			if (notice)
				notice(&waiting, arg);
			process_await_end(copier, -1);
		}
		fd_close(copier);
		waited = true;
	}
	return waited;
}

static void pause_ms(long ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

/* the lock; -1 where it runs now: its pidfd is set; else -1 with @err */
static int take_lock(struct container *container, nsrun_notice notice, void *arg, struct error *err)
{
	for (int i = 0; i < START_TRIES; i++) {
		int lock = monitor_lock_take_copy(container->dir);

		if (lock < 0 && errno == ENOENT)
			return life_refuse_gone(container, err);
		if (lock < 0 && errno != EAGAIN)
			return error_set(err, "copy", errno, "cannot lock the container '%s'",
					 container->name);
		if (lock < 0)
			life_reread(container);
		else
			life_reread_locked(container);
		if (container->status == CONTAINER_DAMAGED && life_is_kept(container)) {
			fd_close(lock);
			return container_refuse_damaged(container, err); /* it may run */
		}
		if (lock >= 0 && container->pidfd < 0 && life_is_kept(container))
			return lock;
		fd_close(lock);
		if (container->pidfd >= 0)
			return -1;
		if (lock >= 0)
			return life_refuse_gone(container, err);
		if (life_await_copies(container, notice, arg))
			i = 0; /* of many that want to copy each has its turn */
		else
			pause_ms(START_PAUSE_MS);
	}
	return error_set(err, "container-started", 0,
			 "the container '%s' is being started, or waits for its next start",
			 container->name);
}

/* --- its supervisor's attendant --- */

static int init_made(void *arg, pid_t pid, struct error *err)
{
	struct visit *visit = arg;

	visit->container->pid = pid;
	visit->container->pidfd = pidfd_open(pid, 0);
	return visit->container->pidfd < 0 ?
		       error_set(err, "copy", errno, "cannot look at the container's process") : 0;
}

static int running(void *arg, struct error *err)
{
	struct visit *visit = arg;
	sigset_t blocked;
	int result;

	if (fchdir(visit->here) < 0)
		return error_set(err, "container-cwd", 0, "cannot go back to the own directory");
	sigprocmask(SIG_SETMASK, &visit->mask, &blocked);
	result = visit->visit(visit->visit_arg, err);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	visit->done = result == 0;
	life_kill(visit->container->pidfd, SIGKILL);
	return result;
}

static size_t poll_nothing(void *arg, struct pollfd *waits)
{
	(void)arg;
	(void)waits;
	return 0;
}

static void serve_nothing(void *arg, const struct pollfd *waits, size_t n)
{
	(void)arg;
	(void)waits;
	(void)n;
}

/* --- the whole --- */

/* where it was made, for what its plan names relative to that */
static int go_where_made(struct visit *visit, struct error *err)
{
	auto_close int there = openat(AT_FDCWD, visit->container->cwd,
				      O_PATH | O_DIRECTORY | O_CLOEXEC);

	visit->here = openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (visit->here < 0 || there < 0 || fchdir(there) < 0)
		return error_set(err, "container-cwd", errno, "cannot go to the directory '%s'",
				 visit->container->cwd);
	return 0;
}

static int launch(struct visit *visit, const struct plan *plan, nsrun_notice notice, void *arg,
		  struct error *err)
{
	struct attendant attendant = { .arg = visit,
				       .cgroup = -1,
				       .init_made = init_made,
				       .running = running,
				       .poll = poll_nothing,
				       .serve = serve_nothing };
	int status = 0;

	for (int fd = 0; fd <= 2; fd++) {
		attendant.take_inside[fd] = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
		if (attendant.take_inside[fd] < 0)
			status = error_set(err, "copy", errno, "cannot open '/dev/null'");
	}
	if (status == 0)
		status = launch_attended(plan, &attendant, notice, arg, err);
	for (int fd = 0; fd <= 2; fd++)
		fd_close(attendant.take_inside[fd]);
	if (status < 0 || visit->done)
		return status < 0 ? -1 : 0;
	error_set(err, "copy", 0, "interrupted");
	return error_set_status(err, status); /* by a signal, during the start */
}

int life_visit(struct container *container, const struct plan *plan,
	       int (*visit)(void *visit_arg, struct error *err), void *visit_arg,
	       nsrun_notice notice, void *arg, struct error *err)
{
	struct visit visitor = { .container = container, .visit = visit, .visit_arg = visit_arg,
				 .here = -1 };
	auto_close int lock = -1;
	int result;

	if (nsrun_protect_program(plan, err) < 0)
		return -1;
	lock = take_lock(container, notice, arg, err);
	if (lock < 0)
		return container->pidfd >= 0 ? 1 : -1;
	sigprocmask(SIG_SETMASK, NULL, &visitor.mask);
	result = go_where_made(&visitor, err);
	if (result == 0)
		result = launch(&visitor, plan, notice, arg, err);
	fd_close(take_fd(&visitor.here));
	fd_close(take_fd(&container->pidfd));
	container->pid = 0;
	return result;
}
