// SPDX-License-Identifier: Apache-2.0
/*
 * Pausing: by the freezer of the container's own control group, else by a signal to each of its
 * processes. That it is paused is said by a file, since state.json is the monitor's to write.
 * Runs in: nsrun.
 */
#include "base/fd.h"
#include "life/life.h"
#include "sys/cgroup.h"
#include "sys/pid_namespace.h"
#include "sys/process.h"
#include "sys/process_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_cgroup(const struct container *container)
{
	return container->cgroup ? cgroup_open(container->cgroup) : -1;
}

/* pid 1 of its pid namespace: whoever is in there is below it */
static bool is_first(pid_t pid)
{
	auto_close int dir = process_directory(pid);
	struct process_facts facts;

	return dir >= 0 && process_read(dir, &facts) == 0 && facts.pids[facts.n_pids - 1] == 1;
}

/* 0 where it has none of its own, so that others would be stopped too */
static uint64_t own_pid_namespace(const struct container *container)
{
	struct process_identity identity;

	if (process_identify(container->pid, &identity) < 0 ||
	    process_has_ended(container->pidfd) || !is_first(container->pid))
		return 0;
	return identity.pid_ns;
}

static int not_running(const struct container *container, struct error *err)
{
	error_set(err, "container-not-running", 0, "the container '%s' does not run",
		  container->name);
	return error_set_arg(err, "%s", container->name);
}

static int freeze(const struct container *container, int cgroup, nsrun_notice notice, void *arg)
{
	uint64_t pid_ns;
	struct error weaker;

	if (cgroup >= 0)
		return cgroup_freeze(cgroup, true);
	pid_ns = own_pid_namespace(container);
	if (pid_ns == 0)
		return errno = ENOTSUP, -1;
	error_set(&weaker, "pause-signals", 0,
		  "the container '%s' has no control group of its own: its processes are stopped by a "
		  "signal each, which they can notice",
		  container->name);
	notice(&weaker, arg);
	return pid_namespace_stop(pid_ns);
}

/* whatever was used to stop it; -1 with errno */
int life_thaw(const struct container *container)
{
	auto_close int cgroup = open_cgroup(container);
	uint64_t pid_ns;
	int result = 0;

	if (container->pidfd >= 0 && cgroup >= 0) {
		result = cgroup_freeze(cgroup, false);
	} else if (container->pidfd >= 0) {
		pid_ns = own_pid_namespace(container);
		result = pid_ns ? pid_namespace_continue(pid_ns) : 0;
	}
	if (result == 0 && unlinkat(container->dir, LIFE_PAUSED_FILE, 0) < 0 && errno != ENOENT)
		return -1;
	return result;
}

int container_pause(struct container *container, nsrun_notice notice, void *arg, struct error *err)
{
	auto_close int cgroup = -1;
	auto_close int flag = -1;
	int errnum;

	if (life_await_command(container, err) < 0)
		return -1;
	if (container->pidfd < 0)
		return not_running(container, err);
	if (container->status == CONTAINER_PAUSED) {
		error_set(err, "container-paused", 0, "the container '%s' is paused already",
			  container->name);
		return error_set_arg(err, "%s", container->name);
	}
	cgroup = open_cgroup(container);
	/* first: what is stopped and does not say so would not be found by who wants it to go on */
	flag = openat(container->dir, LIFE_PAUSED_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	if (flag < 0)
		return error_set(err, "state-write", errno, "cannot note that '%s' is paused",
				 container->name);
	if (freeze(container, cgroup, notice, arg) == 0)
		return 0;
	errnum = errno;
	life_thaw(container);
	if (errnum == ENOTSUP)
		return error_set(err, "pause", 0,
				 "the container '%s' can not be paused: it has neither a control group "
				 "nor a pid namespace of its own",
				 container->name);
	return error_set(err, "pause", errnum, "cannot pause the container '%s'", container->name);
}

int container_unpause(struct container *container, struct error *err)
{
	if (container->pidfd < 0)
		return not_running(container, err);
	if (container->status != CONTAINER_PAUSED)
		return error_set(err, "container-not-paused", 0, "the container '%s' is not paused",
				 container->name);
	if (life_thaw(container) < 0)
		return error_set(err, "pause", errno, "cannot let the container '%s' go on",
				 container->name);
	return 0;
}
