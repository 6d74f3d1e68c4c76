// SPDX-License-Identifier: Apache-2.0
/*
 * The making of a container, as a list. Runs in: init, the child of clone3, pid 1 of the new
 * namespaces. Must never allocate, and must take silence for failure: end of file on the channel
 * means that the supervisor is dead.
 */
#include "run/init.h"

#include "base/fd.h"
#include "base/file.h"
#include "run/channel.h"
#include "run/reaper.h"
#include "sys/link.h"
#include "sys/namespace.h"
#include "sys/signal.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_parent_death_signal(struct init *init, int signal, struct error *err)
{
	struct pollfd peer = { .fd = init->channel };

	if (prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) < 0)
		return error_set(err, "parent-death", errno, "cannot ask to die with nsrun");
	/* a parent that died before that sends no signal, but its end of the channel is closed */
	if (poll(&peer, 1, 0) > 0 && peer.revents & (POLLHUP | POLLERR))
		return error_set(err, "parent-death", 0, "nsrun died during the start");
	return 0;
}

int init_die_with_parent(struct init *init, struct error *err)
{
	return set_parent_death_signal(init, SIGKILL, err);
}

/* a detached container's monitor may die, and the container is still known by its state */
int init_outlive_parent(struct init *init, struct error *err)
{
	return set_parent_death_signal(init, 0, err);
}

int init_notice(struct init *init, const struct error *notice, struct error *err)
{
	if (init->plan->strict) {
		*err = *notice;
		return -1;
	}
	if (channel_send(init->channel, MESSAGE_NOTICE, -1, notice, err) < 0)
		return -1;
	if (init->attention >= 0)
		eventfd_write(init->attention, 1);
	return 0;
}

/* the own score while /proc/self still belongs to the caller: later it is root's */
int init_set_oom_score(struct init *init, struct error *err)
{
	char text[16];
	int length;

	if (!init->plan->payload.has_oom_score_adj)
		return 0;
	length = snprintf(text, sizeof(text), "%d", init->plan->payload.oom_score_adj);
	if (file_write_once(AT_FDCWD, "/proc/self/oom_score_adj", text, (size_t)length) < 0)
		return error_set(err, "oom-score-adj", errno, "cannot set the oom score to %s",
				 text);
	return 0;
}

static int name_host(struct init *init, struct error *err)
{
	const char *name = init->plan->hostname;

	if (init->plan->ns[NS_UTS].mode != NS_PRIVATE || !name)
		return 0;
	if (sethostname(name, strlen(name)) < 0)
		return error_set(err, "hostname", errno, "cannot set the host name '%s'", name);
	return 0;
}

static int raise_loopback(struct init *init, struct error *err)
{
	return init->plan->ns[NS_NETWORK].mode == NS_PRIVATE ? ns_raise_loopback(err) : 0;
}

static int send_socket(struct init *init, struct error *err)
{
	auto_close int fd = -1;

	if (!plan_sends_socket(init->plan))
		return 0;
	fd = link_open_socket();
	if (fd < 0)
		return error_set(err, "netlink", errno, "cannot open a socket of the own network");
	return channel_send(init->channel, MESSAGE_NETWORK_SOCKET, fd, NULL, err);
}

static int await_idmaps(struct init *init, struct error *err)
{
	struct message message;

	if (channel_receive(init->channel, &message, NULL, err) < 0)
		return -1;
	if (message.type != MESSAGE_IDMAPS_WRITTEN)
		return error_set(err, "parent-death", 0, "nsrun died before the id maps were written");
	return 0;
}

static int write_sysctls(struct init *init, struct error *err)
{
	auto_close int sys = -1;

	if (init->plan->sysctls.n == 0)
		return 0;
	/* through a procfs that is ours, over which nothing can have been mounted */
	sys = openat(init->proc, "sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < init->plan->sysctls.n; i++) {
		const struct sysctl *sysctl = &init->plan->sysctls.v[i];

		if (file_write_once(sys, sysctl->key, sysctl->value, strlen(sysctl->value)) < 0 &&
		    !sysctl->optional)
			return error_set(err, "sysctl", errno, "cannot set the sysctl '%s' to '%s'",
					 sysctl->key, sysctl->value);
	}
	return 0;
}

/* what needs no maps, done with the caller's own rights while they are written */
static int prepare(struct init *init, struct error *err)
{
	if (init->plan->payload.under_reaper || init->plan->payload.idle)
		init->program = reaper_open_program();
	if (init_die_with_parent(init, err) < 0 ||
	    send_socket(init, err) < 0 ||
	    init_reset_process(err) < 0 ||
	    (!plan_joins(init->plan) && init_set_oom_score(init, err) < 0) ||
	    init_isolate_mounts(init, err) < 0 ||
	    init_open_sources(init, false, err) < 0 ||
	    init_make_places(init, err) < 0 ||
	    init_open_kernel_mounts(init, err) < 0 ||
	    raise_loopback(init, err) < 0 ||
	    name_host(init, err) < 0)
		return -1;
	return 0;
}

static int build(struct init *init, struct error *err)
{
	if (await_idmaps(init, err) < 0 ||
	    init_become_root(init, err) < 0 ||
	    init_open_sources(init, true, err) < 0 ||
	    init_make_scratch(init, err) < 0 ||
	    init_enter_rootfs(init, err) < 0 ||
	    init_attach_mounts(init, err) < 0 ||
	    init_make_console(init, err) < 0 ||
	    write_sysctls(init, err) < 0 ||
	    init_guard_paths(init, err) < 0 ||
	    init_resolve_user(init, err) < 0 ||
	    init_chown_volumes(init, err) < 0 ||
	    init_freeze_mounts(init, err) < 0 ||
	    init_lock_namespaces(init, err) < 0 ||
	    init_await_network(init, err) < 0)
		return -1;
	return 0;
}

/* until it cannot be looked into: it has what the caller has open, and is the payload's like any process */
static int await_reaper(const struct init *init, struct error *err)
{
	ssize_t n = 0;
	char byte;

	if (init->reaper >= 0)
		do
			n = read(init->reaper, &byte, 1);
		while (n < 0 && errno == EINTR);
	return n == 0 ? 0 : error_set(err, "fork", errno, "cannot wait for the reaping pid 1");
}

/* in the process that becomes the payload: init itself, or the reaper's child */
static int become_payload(struct init *init, struct error *err)
{
	if (init_take_stdio(init, err) < 0 ||
	    init_set_limits(init, err) < 0 ||
	    init_leave_caller(init, err) < 0 ||
	    init_become_user(init, err) < 0 ||
	    init_enter_workdir(init, err) < 0 ||
	    await_reaper(init, err) < 0 ||
	    init_close_descriptors(init, err) < 0 ||
	    channel_send(init->channel, MESSAGE_STARTING, -1, NULL, err) < 0 ||
	    init_confine_payload(init, err) < 0)
		return -1;
	signal_reset();
	return init_exec(init, err);
}

/* --init: returns in the child, which goes on to be the payload; the parent reaps, as pid 1 */
static int fork_payload(struct init *init, struct error *err)
{
	int unused, ends[2];
	pid_t payload;

	/* the reaper closes all that it has, and has nobody to tell it to when that fails */
	if (close_range(~0U, ~0U, 0) < 0)
		return error_set(err, "close-range", errno, "cannot close what was inherited");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, "fork", errno, "cannot make a pipe to the payload's process");
	payload = sys_clone_process(0, &unused);
	if (payload < 0)
		return error_set(err, "fork", errno, "cannot make the payload's process");
	if (payload == 0) {
		fd_close(ends[1]);
		init->reaper = ends[0];
		return 0;
	}
	/* the other end stays open over execve(2), until the reaper closes all that it has */
	fcntl(ends[1], F_SETFD, 0);
	fd_close(ends[0]);
	/* the reaper has nothing that the payload has not; what that may signal, it may, too */
	if (init_become_user(init, err) < 0)
		return -1; /* the payload dies with it */
	reaper_serve(payload, init->program);
}

/* nothing of the rootfs runs until somebody enters */
static int become_idle(struct init *init, struct error *err)
{
	if (init_take_stdio(init, err) < 0 ||
	    init_leave_caller(init, err) < 0 ||
	    init_become_user(init, err) < 0 ||
	    channel_send(init->channel, MESSAGE_STARTING, -1, NULL, err) < 0)
		return -1;
	reaper_serve(REAPER_IDLE, init->program);
}

static int run_container(struct init *init, struct error *err)
{
	umask(022);
	if (prepare(init, err) < 0 || build(init, err) < 0)
		return -1;
	if (init->plan->payload.idle)
		return become_idle(init, err);
	if (init->plan->payload.under_reaper && fork_payload(init, err) < 0)
		return -1;
	return become_payload(init, err);
}

/* `nsrun unshare`: the maps, and nothing else */
static int run_unshared(struct init *init, struct error *err)
{
	if (init_die_with_parent(init, err) < 0 ||
	    await_idmaps(init, err) < 0 ||
	    init_isolate_mounts(init, err) < 0 ||
	    init_become_root(init, err) < 0 ||
	    init_set_limits(init, err) < 0 ||
	    init_enter_workdir(init, err) < 0 ||
	    init_close_descriptors(init, err) < 0 ||
	    channel_send(init->channel, MESSAGE_STARTING, -1, NULL, err) < 0)
		return -1;
	signal_reset();
	return init_exec(init, err);
}

static int open_root(struct init *init, struct error *err)
{
	init->root = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return init->root < 0 ? error_set(err, "rootfs", errno, "cannot open the container's root") :
				0;
}

/* `nsrun exec`: everything is there and joined; what the container's own command went through */
static int run_joined(struct init *init, struct error *err)
{
	umask(022);
	if (init_die_with_parent(init, err) < 0 ||
	    init_reset_process(err) < 0 ||
	    await_idmaps(init, err) < 0 ||
	    init_become_root(init, err) < 0 ||
	    open_root(init, err) < 0 ||
	    init_make_console(init, err) < 0 ||
	    init_resolve_user(init, err) < 0)
		return -1;
	return become_payload(init, err);
}

void init_main(struct init *init)
{
	struct error err, unsent;

	if (init->plan->action == ACTION_UNSHARE)
		run_unshared(init, &err);
	else if (init->plan->action == ACTION_EXEC)
		run_joined(init, &err);
	else
		run_container(init, &err);
	channel_send(init->channel, MESSAGE_FAILED, -1, &err, &unsent);
	_exit(err.status);
}
