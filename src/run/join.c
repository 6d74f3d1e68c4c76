// SPDX-License-Identifier: Apache-2.0
/* Starting init in namespaces that exist already. Runs in: supervisor, and a process in between. */
#include "run/join.h"

#include "base/fd.h"
#include "base/file.h"
#include "sys/cgroup.h"
#include "sys/namespace.h"
#include "sys/process.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* struct join_report - What the process in between says before it ends */
struct join_report {
	pid_t init_pid; /* -1: @err says why */
	struct error weaker;
	struct error err;
};

static int enter(int fd, enum ns_kind kind, struct error *err)
{
	if (setns(fd, (int)ns_kind_info(kind)->clone_flag) == 0)
		return 0;
	if (kind == NS_USER && errno == EINVAL)
		return error_set(err, "ns-join", 0,
				 "the user namespace to join is the one in which nsrun is already");
	return error_set(err, "ns-join", errno, "cannot join the %s namespace",
			 ns_kind_info(kind)->name);
}

/* the user namespace first: it gives the right to join what it owns */
static int enter_user(const struct plan *plan, const int fds[NS_KINDS], struct error *err)
{
	auto_close int owner = -1;
	int kind = NS_MOUNT;

	if (plan->ns[NS_USER].mode != NS_JOIN)
		return 0;
	if (fds[NS_USER] >= 0)
		return enter(fds[NS_USER], NS_USER, err);
	while (fds[kind] < 0)
		kind++;
	owner = ns_owner(fds[kind]);
	if (owner < 0)
		return error_set(err, "ns-join", errno,
				 "the %s namespace '%s' does not belong to a user namespace of yours",
				 ns_kind_info((enum ns_kind)kind)->name, plan->ns[kind].path);
	return enter(owner, NS_USER, err);
}

/* @proc: descriptor of the host's /proc, since the container's knows nothing of this process */
static bool setgroups_is_denied(int proc)
{
	char text[16];

	return file_read(proc, "self/setgroups", text, sizeof(text)) >= 4 &&
	       strncmp(text, "deny", 4) == 0;
}

/* all at once, or none (Linux 5.8): what was looked at is what is joined, whoever dies meanwhile */
static int enter_container(struct init *init, struct error *err)
{
	uint64_t flags = 0;

	for (int kind = 0; kind < NS_KINDS; kind++)
		if (init->plan->ns[kind].mode == NS_JOIN)
			flags |= ns_kind_info((enum ns_kind)kind)->clone_flag;
	if (setns(init->plan->container_pidfd, (int)flags) == 0)
		return 0;
	if (errno == ESRCH)
		return error_set(err, "container-not-running", 0, "the container has just ended");
	if (errno == EINVAL)
		return error_set(err, "ns-join", errno,
				 "cannot join the container by its pidfd, which takes Linux 5.8");
	return error_set(err, "ns-join", errno, "cannot join the container's namespaces");
}

static int enter_all(struct init *init, const int fds[NS_KINDS], struct error *err)
{
	auto_close int proc = openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return error_set(err, "ns-join", errno, "cannot open '/proc'");
	if (init->plan->action == ACTION_EXEC) {
		if (enter_container(init, err) < 0)
			return -1;
		init->setgroups = !setgroups_is_denied(proc);
		return 0;
	}
	if (enter_user(init->plan, fds, err) < 0)
		return -1;
	for (int kind = NS_MOUNT; kind < NS_KINDS; kind++)
		if (fds[kind] >= 0 && enter(fds[kind], (enum ns_kind)kind, err) < 0)
			return -1;
	init->setgroups = !setgroups_is_denied(proc);
	return 0;
}

/* a container's: that what was opened by its pid is its own, and not of who has that pid now */
static int open_one(const struct ns_choice *choice, enum ns_kind kind, struct error *err)
{
	const struct process_identity identity = { .pid = choice->pid,
						   .start_time = choice->start_time };
	auto_close int fd = -1;
	auto_close int pidfd = -1;

	if (!choice->container)
		return ns_open(kind, choice->path, err);
	pidfd = process_open(&identity);
	if (pidfd >= 0)
		fd = ns_open(kind, choice->path, err);
	if (pidfd < 0 || process_has_ended(pidfd))
		return error_set(err, "ns-join", 0,
				 "the container '%s', whose %s namespace was to be joined, has ended",
				 choice->container, ns_kind_info(kind)->name);
	return take_fd(&fd);
}

static int open_all(const struct plan *plan, int fds[NS_KINDS], struct error *err)
{
	for (int kind = 0; kind < NS_KINDS; kind++)
		fds[kind] = -1;
	for (int kind = 0; kind < NS_KINDS; kind++) {
		if (plan->ns[kind].mode != NS_JOIN || !plan->ns[kind].path)
			continue;
		fds[kind] = open_one(&plan->ns[kind], (enum ns_kind)kind, err);
		if (fds[kind] < 0)
			return -1;
	}
	return 0;
}

static int become_opaque(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(err, "ns-join", errno, "cannot make a process undumpable");
	return 0;
}

static void clone_failed(int errnum, struct error *err)
{
	if (errnum == ENOSPC)
		error_set(err, "userns-nested", errnum,
			  "the user namespace that is joined allows no further namespaces");
	else
		error_set(err, "clone", errnum, "cannot make init's namespaces");
}

/* the container's /proc may be anything; what is written about oneself goes through the host's */
static int keep_proc(struct init *init, struct error *err)
{
	if (!init->plan->payload.apparmor || init->plan->action != ACTION_EXEC)
		return 0;
	init->proc = openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return init->proc < 0 ? error_set(err, "ns-join", errno, "cannot open '/proc'") : 0;
}

/* so that what it starts is paused with the rest; another session's group cannot be left for it */
static int enter_cgroup(const struct init *init, int cgroup, struct join_report *report)
{
	if (cgroup < 0 || cgroup_enter(cgroup) == 0)
		return 0;
	error_set(&report->weaker, "exec-cgroup", errno,
		  "the command cannot enter the container's control group, and is not paused with it");
	if (!init->plan->strict)
		return 0;
	report->err = report->weaker;
	return -1;
}

/* of all that nsrun has open for its own work nothing goes where the container's processes are */
static int drop_own_descriptors(struct init *init, int report_fd, struct error *err)
{
	const struct plan *plan = init->plan;
	int keep[] = { init->channel,  report_fd,      plan->container_pidfd,
		       init->stdio[0], init->stdio[1], init->stdio[2] };

	if (plan->action != ACTION_EXEC ||
	    fd_close_others(3 + plan->payload.preserve_fds, keep, sizeof(keep) / sizeof(keep[0])) ==
		    0)
		return 0;
	return error_set(err, "close-range", errno, "cannot close what was inherited");
}

/*
 * A change of ids makes a process what fs.suid_dumpable says, which may be "for everybody of these
 * ids to look into": so root inside is become where nobody inside sees us, before init is cloned
 * into the container's pid namespace.
 */
static int change_ids_unseen(struct init *init, struct error *err)
{
	return init->plan->action == ACTION_EXEC ? init_become_root(init, err) : 0;
}

/* 0: this is init */
static int go_between(struct init *init, const int fds[NS_KINDS], int cgroup, int report_fd)
{
	struct join_report report = { .init_pid = -1 };

	/* what needs the own /proc/self comes first; then, before anything is shared: who is in
	 * there already must not look into us, or reach the host through /proc/PID/root (S02) */
	if (enter_cgroup(init, cgroup, &report) == 0 &&
	    init_set_oom_score(init, &report.err) == 0 &&
	    drop_own_descriptors(init, report_fd, &report.err) == 0 &&
	    keep_proc(init, &report.err) == 0 &&
	    become_opaque(&report.err) == 0 &&
	    enter_all(init, fds, &report.err) == 0 &&
	    change_ids_unseen(init, &report.err) == 0) {
		report.init_pid = sys_clone_sibling(init->plan->clone_flags);
		if (report.init_pid == 0) {
			/* a go-between that dies now must be an end of file, and no long wait */
			fd_close(report_fd);
			return 0;
		}
		if (report.init_pid < 0)
			clone_failed(errno, &report.err);
	}
	fd_write_all(report_fd, &report, sizeof(report));
	_exit(0);
}

static pid_t read_report(int fd, pid_t between, int *ret_pidfd, struct error *ret_weaker,
			 struct error *err)
{
	struct join_report report;
	bool whole = fd_read_full(fd, &report, sizeof(report)) == (ssize_t)sizeof(report);

	while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
		;
	if (!whole)
		return error_set(err, "ns-join", 0, "the process that joins namespaces died");
	if (report.init_pid < 0) {
		*err = report.err;
		return -1;
	}
	*ret_weaker = report.weaker;
	/* a child of ours that nobody has waited for: its pid cannot be another's */
	*ret_pidfd = pidfd_open(report.init_pid, 0);
	if (*ret_pidfd < 0)
		return error_set(err, "ns-join", errno, "cannot watch init");
	return report.init_pid;
}

pid_t join_clone_init(struct init *init, int cgroup, int *ret_pidfd, struct error *ret_weaker,
		      struct error *err)
{
	int fds[NS_KINDS], ends[2] = { -1, -1 }, unused;
	pid_t pid = -1, between;

	if (open_all(init->plan, fds, err) < 0)
		goto out;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		error_set(err, "ns-join", errno, "cannot make a pipe");
		goto out;
	}
	between = sys_clone_process(0, &unused);
	if (between == 0)
		return go_between(init, fds, cgroup, ends[1]);
	fd_close(take_fd(&ends[1]));
	if (between < 0) {
		error_set(err, "ns-join", errno, "cannot make a process");
		goto out;
	}
	fd_close(unused);
	pid = read_report(ends[0], between, ret_pidfd, ret_weaker, err);
out:
	for (int kind = 0; kind < NS_KINDS; kind++)
		fd_close(fds[kind]);
	fd_close(ends[0]);
	return pid;
}
