// SPDX-License-Identifier: Apache-2.0
/* Joining a bridge. Runs in: supervisor. */
#include "run/bridge_member.h"

#include "base/fd.h"
#include "run/bridge_holder.h"
#include "run/bridge_protocol.h"
#include "run/channel.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

void bridge_member_init(struct bridge_member *member, const struct plan_bridge *plan)
{
	*member = (struct bridge_member){ .plan = plan, .socket = -1 };
}

/* one that was removed before it was locked has no name any more */
static int open_locked(const struct bridge *bridge, struct error *err)
{
	auto_close int dir =
		openat(AT_FDCWD, bridge->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat own, named;
	int result = -1;

	if (dir >= 0)
		do
			result = flock(dir, LOCK_EX);
		while (result < 0 && errno == EINTR);
	if (result < 0 || fstat(dir, &own) < 0 ||
	    fstatat(AT_FDCWD, bridge->path, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
	    own.st_ino != named.st_ino)
		return error_set_arg(err, "%s", bridge->name),
		       error_set(err, "bridge-unknown", 0, "the network '%s' has just been removed",
				 bridge->name);
	return take_fd(&dir);
}

/* it listens when this returns 0 */
static int start_holder(const struct plan_bridge *plan, int dir, struct error *err)
{
	struct message message;
	int report[2], pidfd = -1;
	pid_t pid;

	if (channel_open(report, err) < 0)
		return -1;
	pid = sys_clone_process(0, &pidfd);
	if (pid == 0) {
		fd_close(report[0]);
		bridge_holder_main(plan, dir, report[1]);
	}
	fd_close(report[1]);
	fd_close(pidfd);
	message.type = MESSAGE_END;
	if (pid > 0 && channel_receive(report[0], &message, NULL, err) < 0)
		message.type = MESSAGE_END;
	fd_close(report[0]);
	if (message.type == MESSAGE_NETWORK_READY)
		return 0;
	if (message.type == MESSAGE_FAILED)
		return *err = message.error, -1;
	return error_set(err, "bridge-holder", pid < 0 ? errno : 0,
			 "cannot start the process that holds the network '%s'",
			 plan->bridge->name);
}

static int connect_to_holder(struct bridge_member *member, int dir, struct error *err)
{
	const struct plan_bridge *plan = member->plan;
	int socket = bridge_connect(dir);

	if (socket >= 0)
		return socket;
	member->lost_holder = errno == ECONNREFUSED; /* one that ends takes its socket away */
	if (start_holder(plan, dir, err) < 0)
		return -1;
	socket = bridge_connect(dir);
	return socket >= 0 ? socket :
			     error_set(err, "bridge-holder", errno,
				       "cannot reach the process that holds the network '%s'",
				       plan->bridge->name);
}

int bridge_member_join(struct bridge_member *member, int netns_socket, int init_pidfd,
		       struct error *err)
{
	const struct plan_bridge *plan = member->plan;
	struct bridge_message message = { .type = BRIDGE_JOIN,
					  .address = plan->address,
					  .routed = plan->routed,
					  .hosts = plan->hosts };
	const int fds[] = { netns_socket, init_pidfd };
	/* the holder ends under this lock only: who was let in while it is held is not forgotten */
	auto_close int dir = open_locked(plan->bridge, err);
	int result;

	if (dir < 0)
		return -1;
	snprintf(message.interface, sizeof(message.interface), "%s", plan->interface);
	snprintf(message.names, sizeof(message.names), "%s", plan->names);
	member->socket = connect_to_holder(member, dir, err);
	result = member->socket < 0 ? -1 : 0;
	if (result == 0 && bridge_send(member->socket, &message, fds, 2) < 0)
		result = error_set(err, "bridge-holder", errno,
				   "cannot speak with the process that holds the network '%s'",
				   plan->bridge->name);
	flock(dir, LOCK_UN); /* a holder that was just made has the descriptor, too */
	return result;
}

void bridge_member_send_hosts(struct bridge_member *member, int hosts)
{
	const struct bridge_message message = { .type = BRIDGE_HOSTS };

	/* a holder that has refused already, or died, is heard of by its answer */
	bridge_send(member->socket, &message, &hosts, 1);
}

static void tell_loss(const struct bridge_member *member, const struct network_listener *listener)
{
	struct error notice;

	if (!member->lost_holder || !listener->notice)
		return;
	error_set(&notice, "bridge-lost", 0,
		  "the process that held the network '%s' was killed: containers that were on it before "
		  "reach nobody until they are started again",
		  member->plan->bridge->name);
	listener->notice(&notice, listener->notice_arg);
}

static int tell_init(const struct network_listener *listener)
{
	struct error unused;

	/* an init that is gone is noticed elsewhere */
	if (listener->channel >= 0)
		channel_send(listener->channel, MESSAGE_NETWORK_JOINED, -1, NULL, &unused);
	return 0;
}

int bridge_member_serve(struct bridge_member *member, const struct network_listener *listener,
			struct error *err)
{
	struct bridge_message message;
	int fds[BRIDGE_FDS_MAX];

	if (bridge_receive(member->socket, &message, fds) < 0)
		message.type = BRIDGE_END;
	for (size_t i = 0; i < BRIDGE_FDS_MAX; i++)
		fd_close(fds[i]);
	switch (message.type) {
	case BRIDGE_NOTICE:
		if (listener->notice)
			listener->notice(&message.error, listener->notice_arg);
		return 0;
	case BRIDGE_JOINED:
		tell_loss(member, listener);
		bridge_member_close(member);
		return tell_init(listener);
	case BRIDGE_FAILED:
		return *err = message.error, -1;
	default:
		return error_set(err, "bridge-holder", 0,
				 "the process that holds the network '%s' has died",
				 member->plan->bridge->name);
	}
}

void bridge_member_close(struct bridge_member *member)
{
	fd_close(take_fd(&member->socket));
}
