// SPDX-License-Identifier: Apache-2.0
/*
 * Launching: from a plan to an exit status. Runs in: supervisor. Whatever was begun is undone in
 * reverse order, on every path.
 */
#include "nsrun/nsrun.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"
#include "newidmap/client.h"
#include "run/init.h"
#include "run/join.h"
#include "run/own_program.h"
#include "run/supervisor.h"
#include "sys/cgroup.h"
#include "sys/idmap.h"
#include "sys/link.h"
#include "sys/missing_call.h"
#include "sys/namespace.h"
#include "sys/syscalls.h"
#include "sys/userns_advice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* struct launch - A launch under way: what clean_up() has to undo */
struct launch {
	const struct plan *plan;
	struct arena scratch; /* a plan may be launched many times, and must not grow */
	struct supervisor supervisor;
	struct init init;
	struct newidmap_job job;
	ino_t pidfile_inode; /* 0: not written */
	dev_t pidfile_device;
	bool subreaper;
};

static void prepare_init(struct launch *launch, int channel)
{
	const struct plan *plan = launch->plan;
	struct init *init = &launch->init;

	*init = (struct init){
		.plan = plan,
		.channel = channel,
		.attention = launch->supervisor.attention,
		.target = -1,
		.root = -1,
		.dev = -1,
		.scratch = -1,
		.proc = -1,
		.user_sysctls = -1,
		.mask_dir = { .fd = -1 },
		.mask_file = { .fd = -1 },
		.console = -1,
		.program = -1,
		.reaper = -1,
		.rootfs = { -1, -1 },
		.setgroups = plan->setgroups,
		.mounts = arena_alloc(&launch->scratch,
				      (plan->mounts.n + 1) * sizeof(*init->mounts)),
	};
	for (size_t i = 0; i < plan->mounts.n; i++)
		init->mounts[i] = (struct init_mount){ -1, -1 };
	for (int fd = 0; fd <= 2; fd++)
		init->stdio[fd] = launch->supervisor.stdio.inside[fd];
}

static int clone_failed(const struct plan *plan, int errnum, struct error *err)
{
	if (plan->clone_flags & ns_kind_info(NS_USER)->clone_flag)
		return userns_explain(errnum, err);
	return error_set(err, "clone", errnum, "cannot make init's namespaces");
}

/* a control group is a convenience: where the kernel does not let init begin in it, it has none */
static pid_t clone_init(struct attendant *attendant, uint64_t flags, int *ret_pidfd)
{
	pid_t pid;

	if (!attendant || attendant->cgroup < 0)
		return sys_clone_process(flags, ret_pidfd);
	pid = sys_clone_process_into(flags, attendant->cgroup, ret_pidfd);
	if (pid >= 0)
		return pid;
	fd_close(take_fd(&attendant->cgroup));
	return sys_clone_process(flags, ret_pidfd);
}

static pid_t join_init(struct launch *launch, struct error *err)
{
	struct supervisor *supervisor = &launch->supervisor;
	struct attendant *attendant = supervisor->attendant;
	const char *path = launch->plan->container_cgroup;
	auto_close int opened = path ? cgroup_open(path) : -1;
	struct error weaker = { .errnum = 0 };
	pid_t pid;

	pid = join_clone_init(&launch->init, attendant ? attendant->cgroup : opened,
			      &supervisor->pidfd, &weaker, err);
	if (pid <= 0 || !*weaker.id)
		return pid;
	if (attendant)
		fd_close(take_fd(&attendant->cgroup));
	else if (supervisor->notice)
		supervisor->notice(&weaker, supervisor->notice_arg);
	return pid;
}

static int start_init(struct launch *launch, struct error *err)
{
	struct supervisor *supervisor = &launch->supervisor;
	const struct plan *plan = launch->plan;
	int channel[2];

	if (channel_open(channel, err) < 0)
		return -1;
	supervisor->channel = channel[0];
	supervisor_open_attention(supervisor);
	prepare_init(launch, channel[1]);
	if (plan->action == ACTION_RUN && init_open_closed(&launch->init, err) < 0) {
		fd_close(channel[1]);
		return -1;
	}
	if (plan_joins(plan)) {
		supervisor->pid = join_init(launch, err);
	} else {
		supervisor->pid = clone_init(supervisor->attendant, plan->clone_flags,
					     &supervisor->pidfd);
		if (supervisor->pid < 0)
			clone_failed(plan, errno, err);
	}
	if (supervisor->pid == 0) {
		/* the supervisor's end must not live on here: its end of file is its death */
		fd_close(channel[0]);
		init_main(&launch->init);
	}
	fd_close(channel[1]);
	stdio_started(&supervisor->stdio);
	if (supervisor->pid < 0) {
		supervisor->pid = 0;
		return -1;
	}
	/* what can end init, and pass signals on: without it nothing must begin */
	if (pidfd_send_signal(supervisor->pidfd, 0, NULL, 0) < 0 && errno == ENOSYS)
		return error_set(err, "signals", errno, "cannot send signals to init");
	return 0;
}

static int start_idmaps(struct launch *launch, struct error *err)
{
	const struct plan *plan = launch->plan;
	pid_t pid = launch->supervisor.pid;

	switch (plan->map_writer) {
	case MAPS_HELPER:
		return newidmap_start(&plan->newidmap, pid, &plan->uid_maps, &plan->gid_maps,
				      &launch->job, err);
	case MAPS_DIRECT:
	case MAPS_SINGLE:
		return idmap_write(pid, plan->uid_map_text, plan->gid_map_text,
				   plan->map_writer == MAPS_SINGLE, err);
	default:
		return 0;
	}
}

static int finish_idmaps(struct launch *launch, struct error *err)
{
	/* also said where there are none to write: only now the keeper is there */
	if (launch->plan->map_writer == MAPS_HELPER && newidmap_finish(&launch->job, err) < 0)
		return -1;
	return channel_send(launch->supervisor.channel, MESSAGE_IDMAPS_WRITTEN, -1, NULL, err);
}

static int write_pidfile(struct launch *launch, struct error *err)
{
	const char *path = launch->plan->pidfile;
	auto_close int fd = -1;
	struct stat st;

	if (!path)
		return 0;
	/* a file, and no device or pipe that would be waited for or taken away afterwards */
	fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, "pidfile", errno, "cannot write '%s'", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, "pidfile", 0, "the pidfile '%s' is not a regular file", path);
	/* from here on it is taken away again, also when it cannot be written */
	launch->pidfile_inode = st.st_ino;
	launch->pidfile_device = st.st_dev;
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)launch->supervisor.pid) < 0)
		return error_set(err, "pidfile", errno, "cannot write '%s'", path);
	return 0;
}

/* the first thing that init says, where it says it: a socket of its network namespace */
static int await_socket(struct supervisor *supervisor, int *ret_socket, struct error *err)
{
	struct message message;

	if (channel_receive(supervisor->channel, &message, ret_socket, err) < 0)
		return -1;
	if (message.type == MESSAGE_FAILED)
		return *err = message.error, -1;
	if (message.type != MESSAGE_NETWORK_SOCKET || *ret_socket < 0)
		return error_set(err, "init-died", 0, "init died before it had a network");
	return 0;
}

static int open_network(const struct supervisor *supervisor, int socket, struct error *err)
{
	char path[64];
	int netns;

	if (socket >= 0) {
		netns = link_namespace(socket);
		return netns < 0 ? error_set(err, "network-helper", errno,
					     "cannot find the container's network") :
				   netns;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)supervisor->pid);
	return ns_open(NS_NETWORK, path, err);
}

static int start_network(struct launch *launch, struct error *err)
{
	struct supervisor *supervisor = &launch->supervisor;
	auto_close int socket = -1;
	int netns;

	if (plan_sends_socket(launch->plan) && await_socket(supervisor, &socket, err) < 0)
		return -1;
	if (launch->plan->bridge.bridge &&
	    bridge_member_join(&supervisor->member, socket, supervisor->pidfd, err) < 0)
		return -1;
	if (launch->plan->network.n_helpers == 0)
		return 0;
	netns = open_network(supervisor, socket, err);
	return netns < 0 ? -1 : network_start(&supervisor->network, netns, err);
}

/* not for what outlives nsrun anyway, nor for a reaper, which dies with its parent by itself */
static int start_keeper(struct launch *launch, struct error *err)
{
	struct supervisor *supervisor = &launch->supervisor;
	int helper = supervisor->network.process.pidfd;

	if (launch->plan->detached && helper >= 0)
		return keeper_start_for_helper(&supervisor->keeper, supervisor->pidfd, helper,
					       supervisor->network.process.lifeline, err);
	if (launch->plan->action == ACTION_UNSHARE || launch->plan->detached ||
	    (launch->plan->payload.under_reaper && launch->plan->ns[NS_PID].mode == NS_PRIVATE &&
	     helper < 0))
		return 0;
	return keeper_start(&supervisor->keeper, supervisor->pidfd, helper, err);
}

/* only now would it end with us, whatever ends us */
static int release_network(struct launch *launch, bool mapped)
{
	network_release(&launch->supervisor.network, mapped);
	return 0;
}

static int prepare_stdio(struct launch *launch, struct error *err)
{
	struct attendant *attendant = launch->supervisor.attendant;

	if (!attendant)
		return stdio_prepare(&launch->supervisor.stdio, launch->plan, err);
	for (int fd = 0; fd <= 2; fd++)
		launch->supervisor.stdio.inside[fd] = take_fd(&attendant->take_inside[fd]);
	return 0;
}

static int tell_attendant(struct launch *launch, struct error *err)
{
	struct attendant *attendant = launch->supervisor.attendant;

	return attendant ? attendant->init_made(attendant->arg, launch->supervisor.pid, err) : 0;
}

static int run(struct launch *launch, struct error *err)
{
	struct supervisor *supervisor = &launch->supervisor;

	if (supervisor_block_signals(supervisor, err) < 0 ||
	    prepare_stdio(launch, err) < 0 ||
	    start_init(launch, err) < 0 ||
	    tell_attendant(launch, err) < 0 ||
	    start_idmaps(launch, err) < 0 ||
	    start_network(launch, err) < 0 ||
	    start_keeper(launch, err) < 0 ||
	    release_network(launch, false) < 0 ||
	    write_pidfile(launch, err) < 0 ||
	    finish_idmaps(launch, err) < 0 ||
	    release_network(launch, true) < 0) {
		supervisor_prefer_failure(supervisor, err);
		return -1;
	}
	return supervisor_watch(supervisor, err);
}

/* kill what /proc lists; the last number may be cut in half, and is left for the next turn */
static bool kill_children(const char *path)
{
	char children[4096], *end, *at = children;
	ssize_t n = file_read_part(path, children, sizeof(children));

	if (n <= 0)
		return false;
	while ((end = strchr(at, ' '))) {
		int32_t pid;

		*end = '\0';
		if (parse_i32(at, &pid) == 0 && pid > 1)
			kill(pid, SIGKILL);
		at = end + 1;
	}
	return true;
}

/*
 * Without a pid namespace of its own a container can leave processes behind. As a subreaper we
 * inherit them, and end them; unless there were children before us, which are not ours to end.
 */
static void kill_orphans(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	while (kill_children(path)) {
		if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
			return;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

/* whether this process has no child yet: a shell that ended in "exec nsrun" may have left some */
static bool is_childless(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

static void unlink_pidfile(struct launch *launch)
{
	struct stat st;

	if (launch->pidfile_inode && lstat(launch->plan->pidfile, &st) == 0 &&
	    st.st_ino == launch->pidfile_inode && st.st_dev == launch->pidfile_device)
		unlink(launch->plan->pidfile);
}

/* @status, or -1 when the end brought an error of its own */
static int clean_up(struct launch *launch, int status, struct error *err)
{
	struct supervisor *supervisor = &launch->supervisor;

	newidmap_cancel(&launch->job);
	if (supervisor->pid > 0) {
		supervisor_kill(supervisor);
		while (waitpid(supervisor->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	supervisor_only_endings(supervisor);
	/* who was killed has lost what was on its way */
	if (supervisor->running && status >= 0 && status != 128 + SIGKILL && !supervisor->forced_status)
		network_drain(&supervisor->network, supervisor->signals);
	bridge_member_close(&supervisor->member);
	network_stop(&supervisor->network);
	if (stdio_finish(&supervisor->stdio, launch->plan->ns[NS_PID].mode == NS_PRIVATE,
			 supervisor->signals, err) < 0)
		status = -1;
	keeper_stop(&supervisor->keeper);
	if (launch->subreaper)
		kill_orphans();
	unlink_pidfile(launch);
	fd_close(take_fd(&supervisor->timer));
	fd_close(take_fd(&supervisor->signals));
	fd_close(take_fd(&supervisor->channel));
	fd_close(take_fd(&supervisor->attention));
	fd_close(take_fd(&supervisor->pidfd));
	arena_free_all(&launch->scratch);
	return status;
}

int nsrun_prepare_process(void)
{
	/* inherited as ignored, it would take every child's status away */
	signal(SIGCHLD, SIG_DFL);
	return fd_open_standard();
}

int launch_attended(const struct plan *plan, struct attendant *attendant, nsrun_notice notice,
		    void *arg, struct error *err)
{
	struct launch launch = {
		.plan = plan,
		.scratch = { .on_exhausted = plan->arena->on_exhausted },
		.job = NEWIDMAP_JOB_NONE,
	};
	int status;

	if (notice && !attendant)
		nsrun_plan_notices(plan, notice, arg);
	launch.supervisor = (struct supervisor){
		.plan = plan,
		.attendant = attendant,
		.notice = notice,
		.notice_arg = arg,
		.pidfd = -1,
		.channel = -1,
		.attention = -1,
		.signals = -1,
		.timer = -1,
		.keeper = { .supervisor = -1 },
		.stdio = { .inside = { -1, -1, -1 },
			   .master = -1,
			   .master_in = -1,
			   .reopened = -1 },
	};
	network_init(&launch.supervisor.network, &plan->network);
	bridge_member_init(&launch.supervisor.member, &plan->bridge);
	launch.subreaper = plan->ns[NS_PID].mode != NS_PRIVATE && plan->action == ACTION_RUN &&
			   is_childless() && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
	status = run(&launch, err);
	if (status < 0 && !launch.supervisor.running)
		missing_call_explain(err);
	if (status < 0 && !launch.supervisor.running && plan->ns[NS_USER].mode == NS_PRIVATE)
		userns_suspect_apparmor(err);
	return clean_up(&launch, status, err);
}

int nsrun_protect_program(const struct plan *plan, struct error *err)
{
	if (plan->action == ACTION_UNSHARE || own_program_protect(plan, err) == 0)
		return 0;
	missing_call_explain(err);
	return -1;
}

int nsrun_launch(const struct plan *plan, nsrun_notice notice, void *arg, struct error *err)
{
	if (nsrun_protect_program(plan, err) < 0)
		return -1;
	return launch_attended(plan, NULL, notice, arg, err);
}
