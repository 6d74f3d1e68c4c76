// SPDX-License-Identifier: Apache-2.0
/* The supervisor's one loop. Runs in: supervisor, in the host's namespaces. */
#include "run/supervisor.h"

#include "base/fd.h"
#include "base/placement.h"
#include "sys/signal.h"
#include "sys/timer.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- signals --- */

int supervisor_block_signals(struct supervisor *supervisor, struct error *err)
{
	bool own_terminal = supervisor->plan->action == ACTION_UNSHARE;
	sigset_t set;

	/* inherited by a reaper, which waits for its children by it */
	sigfillset(&set);
	/* touching the terminal from the background stops a job: so it is, here too */
	sigdelset(&set, SIGTTIN);
	sigdelset(&set, SIGTTOU);
	if (own_terminal)
		sigdelset(&set, SIGTSTP); /* ^Z stops the whole job, of which we are a part */
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* who ends is known by other descriptors */
	sigdelset(&set, SIGCHLD);
	supervisor->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (supervisor->signals < 0)
		return error_set(err, "signals", errno, "cannot make a signalfd");
	return 0;
}

void supervisor_only_endings(struct supervisor *supervisor)
{
	static const int endings[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		sigaddset(&set, endings[i]);
	/* any other signal would be taken for the wish to end, and output would be lost */
	if (supervisor->signals >= 0 &&
	    signalfd(supervisor->signals, &set, SFD_CLOEXEC | SFD_NONBLOCK) < 0)
		fd_close(take_fd(&supervisor->signals));
}

void supervisor_kill(struct supervisor *supervisor)
{
	/* by its pid, which is ours until we wait for it, where there is no other way */
	if (supervisor->pidfd >= 0 &&
	    pidfd_send_signal(supervisor->pidfd, SIGKILL, NULL, 0) < 0 && supervisor->pid > 0)
		kill(supervisor->pid, SIGKILL);
}

/* a group is addressed by its leader's pid, which is ours until we wait for it */
static void signal_group(struct supervisor *supervisor, int signal)
{
	if (kill(-supervisor->pid, signal) < 0)
		pidfd_send_signal(supervisor->pidfd, signal, NULL, 0);
}

/*
 * ^C at a terminal that is not the payload's goes to its whole process group, as a terminal would
 * send it; what somebody sends to nsrun goes to the payload.
 */
static void forward(struct supervisor *supervisor, int signal, bool from_terminal)
{
	const struct plan *plan = supervisor->plan;
	bool payload_is_first = !plan->payload.under_reaper && plan->ns[NS_PID].mode == NS_PRIVATE;

	/* a payload without a handler would have died of it, were it not pid 1 */
	if (payload_is_first && signal_is_dropped(supervisor->pid, signal)) {
		supervisor->forced_status = 128 + signal;
		supervisor_kill(supervisor);
		return;
	}
	if (from_terminal && !plan->payload.under_reaper)
		signal_group(supervisor, signal);
	else
		pidfd_send_signal(supervisor->pidfd, signal, NULL, 0);
}

/*
 * Stops here, until somebody sends SIGCONT. What a terminal asks for is done as the kernel would: an
 * orphaned job, which nobody could continue, is not stopped.
 */
static void stop_self(bool from_terminal)
{
	sigset_t stop;

	if (!from_terminal) {
		raise(SIGSTOP);
		return;
	}
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

static void stop_and_continue(struct supervisor *supervisor, bool from_terminal)
{
	bool reaper = supervisor->plan->payload.under_reaper;

	stdio_suspend(&supervisor->stdio);
	if (reaper)
		pidfd_send_signal(supervisor->pidfd, SIGTSTP, NULL, 0);
	else
		signal_group(supervisor, SIGSTOP);
	stop_self(from_terminal);
	if (reaper)
		pidfd_send_signal(supervisor->pidfd, SIGCONT, NULL, 0);
	else
		signal_group(supervisor, SIGCONT);
	stdio_resume(&supervisor->stdio);
}

static void end_early(struct supervisor *supervisor, int signal)
{
	supervisor->forced_status = 128 + signal;
	supervisor_kill(supervisor);
}

static void take_signal(struct supervisor *supervisor, const struct signalfd_siginfo *info)
{
	int signal = (int)info->ssi_signo;
	bool from_terminal = info->ssi_code == SI_KERNEL;
	bool ends = signal == SIGTERM || signal == SIGINT || signal == SIGQUIT || signal == SIGHUP;

	if (signal == SIGWINCH && supervisor->plan->tty)
		stdio_resize(&supervisor->stdio); /* the kernel tells the payload */
	else if (signal == SIGTSTP)
		stop_and_continue(supervisor, from_terminal);
	else if (signal_stays_here(signal))
		return;
	else if (supervisor->plan->action == ACTION_UNSHARE && from_terminal)
		return; /* the command is of the same job and got it too */
	else if (ends && (!supervisor->running || !supervisor->plan->sig_proxy))
		end_early(supervisor, signal);
	else if (supervisor->running && supervisor->plan->sig_proxy)
		forward(supervisor, signal, from_terminal);
}

/*
 * ^C typed at the payload's own terminal goes to the payload by that terminal; a payload that is
 * pid 1 and has no handler would never notice.
 */
static void take_typed(struct supervisor *supervisor)
{
	pid_t group;
	int signal = stdio_typed_signal(&supervisor->stdio, &group);

	if (signal == 0 || group != supervisor->pid || supervisor->plan->payload.under_reaper ||
	    supervisor->plan->ns[NS_PID].mode != NS_PRIVATE)
		return;
	if (signal_is_dropped(supervisor->pid, signal))
		end_early(supervisor, signal);
}

static void take_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(supervisor, &info);
}

/* --- init's messages --- */

static int start_timer(struct supervisor *supervisor, struct error *err)
{
	if (supervisor->plan->timeout_ms == 0)
		return 0;
	supervisor->timer = timer_open(supervisor->plan->timeout_ms);
	if (supervisor->timer < 0)
		return error_set(err, "timeout", errno, "cannot set a timer");
	return 0;
}

static int channel_ended(struct supervisor *supervisor, struct error *err)
{
	fd_close(take_fd(&supervisor->channel));
	if (supervisor->failed || supervisor->last_message != MESSAGE_STARTING)
		return 0; /* its end will follow, and be explained */
	supervisor->running = true;
	if (supervisor->attendant &&
	    supervisor->attendant->running(supervisor->attendant->arg, err) < 0)
		return -1;
	return start_timer(supervisor, err);
}

static int take_console(struct supervisor *supervisor, int take_master, struct error *err)
{
	struct attendant *attendant = supervisor->attendant;

	if (take_master < 0)
		return error_set(err, "channel", 0, "CONSOLE_READY came without a terminal");
	if (attendant)
		return attendant->take_console(attendant->arg, take_master, err);
	return stdio_attach_terminal(&supervisor->stdio, take_master, err);
}

static int take_message(struct supervisor *supervisor, struct error *err)
{
	struct message message;
	auto_close int attached = -1;

	if (channel_receive(supervisor->channel, &message, &attached, err) < 0)
		return -1;
	switch (message.type) {
	case MESSAGE_END:
		return channel_ended(supervisor, err);
	case MESSAGE_NOTICE:
		if (supervisor->notice)
			supervisor->notice(&message.error, supervisor->notice_arg);
		break;
	case MESSAGE_NETWORK_HOSTS:
		bridge_member_send_hosts(&supervisor->member, attached);
		break;
	case MESSAGE_NETWORK_WANTED:
		if (network_wanted(&supervisor->network, err) < 0)
			return -1;
		break;
	case MESSAGE_STARTING:
		network_settle(&supervisor->network);
		break;
	case MESSAGE_CONSOLE_READY:
		if (take_console(supervisor, take_fd(&attached), err) < 0)
			return -1;
		break;
	case MESSAGE_FAILED:
		supervisor->failed = true;
		supervisor->failure = message.error;
		break;
	default:
		break;
	}
	supervisor->last_message = message.type;
	return 0;
}

/* what lies there already */
static int take_waiting(struct supervisor *supervisor, struct error *err)
{
	struct pollfd wait = { supervisor->channel, POLLIN, 0 };

	while (supervisor->channel >= 0 && poll(&wait, 1, 0) > 0)
		if (take_message(supervisor, err) < 0)
			return -1;
	return 0;
}

void supervisor_prefer_failure(struct supervisor *supervisor, struct error *err)
{
	struct error unused;

	take_waiting(supervisor, &unused);
	if (supervisor->failed)
		*err = supervisor->failure;
}

/* --- the end --- */

static int init_died(const struct supervisor *supervisor, const siginfo_t *info, struct error *err)
{
	const char *last = supervisor->last_message == MESSAGE_END ?
				   "it was made" : message_name(supervisor->last_message);

	if (info->si_code == CLD_EXITED)
		return error_set(err, "init-died", 0, "init ended with status %d after %s",
				 info->si_status, last);
	return error_set(err, "init-died", 0, "init was killed by signal %d after %s",
			 info->si_status, last);
}

static int wait_for_init(struct supervisor *supervisor, struct error *err)
{
	siginfo_t info = { 0 };

	while (waitid(P_PIDFD, (id_t)supervisor->pidfd, &info, WEXITED) < 0)
		if (errno != EINTR)
			return error_set(err, "wait", errno, "cannot wait for init");
	supervisor->pid = 0;
	/* what init said last may still lie in the channel; without a reader it cannot block */
	while (supervisor->channel >= 0)
		if (take_message(supervisor, err) < 0)
			return -1;
	if (supervisor->failed) {
		*err = supervisor->failure;
		return -1;
	}
	if (supervisor->forced_status)
		return supervisor->forced_status;
	if (!supervisor->running)
		return init_died(supervisor, &info, err);
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/* --- the loop --- */

enum {
	WAIT_INIT,
	WAIT_SIGNALS,
	WAIT_CHANNEL,
	WAIT_TIMER,
	WAIT_BRIDGE,
	WAIT_NETWORK,
	WAIT_STREAMS = WAIT_NETWORK + NETWORK_POLLS
};

#define WAITS_MAX (WAIT_STREAMS + ATTENDANT_POLLS_MAX)

_Static_assert(STDIO_RELAYS <= ATTENDANT_POLLS_MAX, "both are served in the same places");

static bool answers_init(const struct plan *plan)
{
	return plan->tty || plan->bridge.bridge || plan->network.n_helpers > 0;
}

static bool leaves_init(const struct plan *plan)
{
	return plan->action == ACTION_EXEC && plan->detached;
}

/*
 * To be woken by each word of init's would cost the start as much as saying it. Where it awaits no answer,
 * they are kept for the last one: the end of the channel, which is the command's beginning, or init's end.
 * And where nobody asks when the command begins, for the container's end, unless there is a notice.
 */
void supervisor_open_attention(struct supervisor *supervisor)
{
	const struct plan *plan = supervisor->plan;

	supervisor->attention = -1;
	if (!answers_init(plan) && !leaves_init(plan) && !supervisor->attendant && plan->timeout_ms == 0)
		supervisor->attention = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static struct pollfd await_words(const struct supervisor *supervisor)
{
	if (supervisor->attention >= 0)
		return (struct pollfd){ supervisor->attention, POLLIN, 0 };
	return (struct pollfd){ supervisor->channel, answers_init(supervisor->plan) ? POLLIN : 0, 0 };
}

static int take_messages(struct supervisor *supervisor, short revents, struct error *err)
{
	if (supervisor->attention >= 0) {
		fd_close(take_fd(&supervisor->attention));
		return take_waiting(supervisor, err);
	}
	do
		if (take_message(supervisor, err) < 0)
			return -1;
	while (revents & POLLHUP && supervisor->channel >= 0);
	return 0;
}

/* returns how many streams there are to serve */
IDLE_LOOP static size_t wait_for_event(struct supervisor *supervisor, struct pollfd *waits)
{
	struct attendant *attendant = supervisor->attendant;
	size_t streams = supervisor->stdio.n_relays;

	waits[WAIT_INIT] = (struct pollfd){ supervisor->pidfd, POLLIN, 0 };
	waits[WAIT_SIGNALS] = (struct pollfd){ supervisor->signals, POLLIN, 0 };
	waits[WAIT_CHANNEL] = await_words(supervisor);
	waits[WAIT_TIMER] = (struct pollfd){ supervisor->timer, POLLIN, 0 };
	waits[WAIT_BRIDGE] = (struct pollfd){ supervisor->member.socket, POLLIN, 0 };
	network_poll(&supervisor->network, &waits[WAIT_NETWORK]);
	if (attendant)
		streams = attendant->poll(attendant->arg, &waits[WAIT_STREAMS]);
	else
		stdio_poll(&supervisor->stdio, &waits[WAIT_STREAMS]);
	while (poll(waits, WAIT_STREAMS + (nfds_t)streams, -1) < 0 && errno == EINTR)
		;
	return streams;
}

IDLE_LOOP static void serve_streams(struct supervisor *supervisor, const struct pollfd *waits, size_t n)
{
	struct attendant *attendant = supervisor->attendant;

	if (attendant) {
		attendant->serve(attendant->arg, waits, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		relay_move(&supervisor->stdio.relays[i], &waits[i]);
	take_typed(supervisor);
}

/* `exec --detach`: it runs, and is the container's from now on */
IDLE_LOOP static bool supervisor_leaves(struct supervisor *supervisor)
{
	if (!leaves_init(supervisor->plan))
		return false;
	supervisor->pid = 0;
	return true;
}

static void time_is_up(struct supervisor *supervisor)
{
	struct error notice;

	fd_close(take_fd(&supervisor->timer));
	error_set(&notice, "timeout", 0, "killed after %llu s (--timeout)",
		  (unsigned long long)(supervisor->plan->timeout_ms / 1000));
	if (supervisor->notice)
		supervisor->notice(&notice, supervisor->notice_arg);
	supervisor_kill(supervisor);
}

IDLE_LOOP static int serve_network(struct supervisor *supervisor, const struct pollfd *waits,
			 struct error *err)
{
	const struct network_listener listener = { supervisor->channel, supervisor->notice,
						   supervisor->notice_arg };

	if (waits[WAIT_BRIDGE].revents &&
	    bridge_member_serve(&supervisor->member, &listener, err) < 0)
		return -1;
	return network_serve(&supervisor->network, &waits[WAIT_NETWORK], &listener, err);
}

/* what becomes of a signal depends on whether the command has begun */
IDLE_LOOP static int serve_signals(struct supervisor *supervisor, struct error *err)
{
	if (supervisor->attention >= 0 && take_waiting(supervisor, err) < 0)
		return -1;
	take_signals(supervisor);
	return 0;
}

IDLE_LOOP int supervisor_watch(struct supervisor *supervisor, struct error *err)
{
	struct pollfd waits[WAITS_MAX];

	for (;;) {
		/* a message may add streams, which are not served before they are waited for */
		size_t streams = wait_for_event(supervisor, waits);

		serve_streams(supervisor, &waits[WAIT_STREAMS], streams);
		if (waits[WAIT_CHANNEL].revents &&
		    take_messages(supervisor, waits[WAIT_CHANNEL].revents, err) < 0)
			return -1;
		if (waits[WAIT_SIGNALS].revents && serve_signals(supervisor, err) < 0)
			return -1;
		if (waits[WAIT_TIMER].revents)
			time_is_up(supervisor);
		if (supervisor->running && supervisor_leaves(supervisor))
			return 0;
		if (waits[WAIT_INIT].revents)
			return wait_for_init(supervisor, err);
		if (serve_network(supervisor, waits, err) < 0)
			return -1;
	}
}
