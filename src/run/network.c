// SPDX-License-Identifier: Apache-2.0
/* Helpers for the network, one after the other until one works. Runs in: supervisor. */
#include "run/network.h"

#include "base/fd.h"
#include "base/placement.h"
#include "run/channel.h"
#include "run/slirp_api.h"
#include "sys/namespace.h"
#include "sys/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELPER_TIMEOUT_S 5

enum { POLL_END, POLL_COMPLAINT, POLL_READY, POLL_TIMER };

void network_init(struct network *network, const struct plan_network *ways)
{
	*network = (struct network){
		.ways = ways,
		.process = NETWORK_PROCESS_NONE,
		.userns = -1,
		.netns = -1,
		.timer = -1,
	};
}

static const struct network_helper *current(const struct network *network)
{
	return &network->ways->helpers[network->rung];
}

/* --- starting --- */

/* a directory that only the caller can look into, for as long as the ports are handed over */
static int make_api_dir(struct network *network, struct error *err)
{
	const char *path = network->ways->api_dir;

	if (!path || current(network)->kind != HELPER_SLIRP)
		return 0;
	if (mkdirat(AT_FDCWD, path, 0700) < 0)
		return error_set(err, "network-socket", errno, "cannot make the directory '%s'", path);
	network->api_dir_made = true;
	return 0;
}

static void drop_api_dir(struct network *network)
{
	if (!network->api_dir_made)
		return;
	unlinkat(AT_FDCWD, network->ways->api_socket, 0);
	unlinkat(AT_FDCWD, network->ways->api_dir, AT_REMOVEDIR);
	network->api_dir_made = false;
}

static int start_current(struct network *network, struct error *err)
{
	if (make_api_dir(network, err) < 0)
		return -1;
	return network_process_start(&network->process, current(network), network->userns,
				     network->netns, network->ways->outlives, err);
}

int network_start(struct network *network, int take_netns, struct error *err)
{
	network->netns = take_netns;
	network->userns = ns_owner(network->netns);
	return start_current(network, err);
}

void network_release(struct network *network, bool mapped)
{
	/* slirp4netns wants to be root inside, which it is once there are maps */
	if (network->process.pid > 0 && (mapped || !current(network)->in_userns))
		network_process_release(&network->process);
}

/* --- waiting --- */

static int set_timer(struct network *network, struct error *err)
{
	fd_close(take_fd(&network->timer));
	network->timer = timer_open((uint64_t)HELPER_TIMEOUT_S * 1000);
	if (network->timer < 0)
		return error_set(err, "network-helper", errno, "cannot set a timer");
	return 0;
}

int network_wanted(struct network *network, struct error *err)
{
	return network->settled ? 0 : set_timer(network, err);
}

void network_settle(struct network *network)
{
	network->settled = true;
	fd_close(take_fd(&network->timer));
}

IDLE_LOOP void network_poll(const struct network *network, struct pollfd *polls)
{
	polls[POLL_END] = (struct pollfd){ network->process.pidfd, POLLIN, 0 };
	polls[POLL_COMPLAINT] = (struct pollfd){ network->process.complaint, POLLIN, 0 };
	polls[POLL_READY] = (struct pollfd){ network->process.ready, POLLIN, 0 };
	polls[POLL_TIMER] = (struct pollfd){ network->timer, POLLIN, 0 };
}

/* --- the ladder --- */

static int tell_init(const struct network *network, const struct network_listener *listener,
		     enum message_type type)
{
	struct error unused;

	if (network->settled || listener->channel < 0)
		return 0;
	/* an init that is gone is noticed elsewhere */
	return channel_send(listener->channel, type, -1, NULL, &unused);
}

static void tell_user(const struct network_listener *listener, const struct error *error)
{
	if (listener->notice)
		listener->notice(error, listener->notice_arg);
}

/* the container runs: it goes on, and the user knows why nothing goes out any more */
static int lost_while_running(struct network *network, const struct network_listener *listener,
			      const struct error *why)
{
	struct error notice;

	network->rung = network->ways->n_helpers;
	error_set(&notice, "network-lost", 0, "the container has lost its network: %.350s", why->text);
	tell_user(listener, &notice);
	return 0;
}

static int go_without(struct network *network, const struct network_listener *listener,
		      const struct error *why, struct error *err)
{
	struct error notice;

	if (network->ways->required || network->ways->strict) {
		*err = *why;
		return -1;
	}
	error_set(&notice, "network-none", 0, "the container has no network: %.350s", why->text);
	tell_user(listener, &notice);
	tell_init(network, listener, MESSAGE_NETWORK_ABSENT);
	network_settle(network);
	return 0;
}

/* the helper that ran is of no use */
static int try_next(struct network *network, const struct network_listener *listener,
		    const struct error *why, struct error *err)
{
	struct error failed = *why;

	network_process_stop(&network->process, true);
	drop_api_dir(network);
	if (network->settled)
		return lost_while_running(network, listener, why);
	while (++network->rung < network->ways->n_helpers) {
		tell_init(network, listener, MESSAGE_NETWORK_CHANGED);
		if (start_current(network, &failed) < 0)
			continue;
		/* it has a lifeline of its own, and needs no keeper */
		network_release(network, true);
		return network->timer >= 0 ? set_timer(network, err) : 0;
	}
	return go_without(network, listener, &failed, err);
}

static int helper_ended(struct network *network, const struct network_listener *listener,
			struct error *err)
{
	struct network_process *process = &network->process;
	struct error why;

	while (process->complaint >= 0 && network_process_listen(process))
		;
	error_set(&why, "network-helper", 0, "'%s' ended: %s", current(network)->name,
		  process->said_length > 0 ? process->said : "it said nothing");
	return try_next(network, listener, &why, err);
}

static int helper_hangs(struct network *network, const struct network_listener *listener,
			struct error *err)
{
	struct error why;

	error_set(&why, "network-helper-hangs", 0, "'%s' was not ready within %d s",
		  current(network)->name, HELPER_TIMEOUT_S);
	return try_next(network, listener, &why, err);
}

static int helper_ready(struct network *network, const struct network_listener *listener,
			struct error *err)
{
	struct error why;
	char byte;

	if (read(network->process.ready, &byte, 1) != 1) {
		fd_close(take_fd(&network->process.ready)); /* its end follows */
		return 0;
	}
	fd_close(take_fd(&network->process.ready));
	if (slirp_publish(network->ways, &why) < 0)
		return try_next(network, listener, &why, err);
	drop_api_dir(network);
	tell_init(network, listener, MESSAGE_NETWORK_READY);
	network->ready = true;
	fd_close(take_fd(&network->timer));
	return 0;
}

IDLE_LOOP int network_serve(struct network *network, const struct pollfd *polls,
		  const struct network_listener *listener, struct error *err)
{
	/* whoever is gone meanwhile is not polled again: one event at a time */
	if (polls[POLL_END].revents)
		return helper_ended(network, listener, err);
	if (polls[POLL_COMPLAINT].revents && !network_process_listen(&network->process))
		fd_close(take_fd(&network->process.complaint));
	if (polls[POLL_READY].revents)
		return helper_ready(network, listener, err);
	if (polls[POLL_TIMER].revents)
		return helper_hangs(network, listener, err);
	return 0;
}

void network_stop(struct network *network)
{
	/* its ports may be wanted again at once; else nothing is left that would be in the way */
	network_process_stop(&network->process, network->ways->published.n > 0);
	drop_api_dir(network);
	fd_close(take_fd(&network->timer));
	fd_close(take_fd(&network->userns));
	fd_close(take_fd(&network->netns));
}
