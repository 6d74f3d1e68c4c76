/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor: watches over a container that init is building or that runs. */
#ifndef NSRUN_RUN_SUPERVISOR_H
#define NSRUN_RUN_SUPERVISOR_H

#include "plan/plan.h"
#include "run/attendant.h"
#include "run/bridge_member.h"
#include "run/channel.h"
#include "run/keeper.h"
#include "run/network.h"
#include "run/stdio.h"

/**
 * struct supervisor - What the supervisor watches
 * @attendant:    instead of the caller's terminal and pipes, or NULL
 * @attention:    eventfd(2) by which init asks for its words to be read before its end; -1: the end
 *                of the channel does
 * @signals:      signalfd(2) of everything that is passed on
 * @last_message: what init said last, for messages
 * @running:      the payload has been executed
 * @failed:       init sent FAILED; @failure is it
 * @forced_status: exit status to give instead of the payload's own, or 0
 */
struct supervisor {
	const struct plan *plan;
	struct attendant *attendant;
	nsrun_notice notice;
	void *notice_arg;
	pid_t pid;
	int pidfd;
	int channel;
	int attention;
	int signals;
	int timer;
	struct keeper keeper;
	struct network network;
	struct bridge_member member;
	struct stdio stdio;
	uint32_t last_message;
	bool running;
	bool failed;
	struct error failure;
	int forced_status;
};

/** supervisor_block_signals() - Route signals to a descriptor; 0, or -1 with @err. */
int supervisor_block_signals(struct supervisor *supervisor, struct error *err);

/**
 * supervisor_open_attention() - What init wakes the supervisor by, where nothing waits for its words
 *
 * Does: sets @attention, unless somebody is to be told when the command begins.
 */
void supervisor_open_attention(struct supervisor *supervisor);

/**
 * supervisor_only_endings() - From now on only what ends nsrun itself is routed to the descriptor
 *
 * The container has ended; its SIGCHLD, or a window's new size, must not cut its last output short.
 */
void supervisor_only_endings(struct supervisor *supervisor);

/**
 * supervisor_watch() - Serve until init has ended
 *
 * Forwards signals, moves terminal bytes, takes init's messages, keeps the time limit.
 * Return: exit status of the payload, or -1 with @err when it never ran.
 */
int supervisor_watch(struct supervisor *supervisor, struct error *err);

/**
 * supervisor_prefer_failure() - After a failure elsewhere: what init itself says is the cause
 *
 * Does: replaces @err by init's FAILED, if it sent one.
 */
void supervisor_prefer_failure(struct supervisor *supervisor, struct error *err);

/** supervisor_kill() - Kill the container with all its processes. */
void supervisor_kill(struct supervisor *supervisor);

#endif
