// SPDX-License-Identifier: Apache-2.0
/*
 * The monitor: starts a container, takes its output, writes down its end, starts it again where
 * that was asked for. Runs in: a process of its own, on the host's side, in a session of its own.
 * Must never grow: whatever it works with is made before the container.
 */
#include "life/monitor.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/placement.h"
#include "life/attach_server.h"
#include "life/clock.h"
#include "life/life.h"
#include "life/log.h"
#include "life/monitor_lock.h"
#include "life/record.h"
#include "run/attendant.h"
#include "run/channel.h"
#include "sys/cgroup.h"
#include "sys/signal.h"
#include "sys/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESTART_DELAY_MS     ((uint64_t)100)
#define RESTART_DELAY_MAX_MS ((uint64_t)60000)
#define STEADY_NS	     (10 * NS_PER_S) /* what ran so long begins with the short delay again */

/**
 * struct monitor - Everything the monitor has
 * @report:  to the nsrun that waits for the start; -1 afterwards
 * @lock:    descriptor of the monitor lock
 * @hurry:   signalfd for SIGTERM: somebody wants an end, so nobody is waited for
 * @untrimmed: the pages of the start are still there
 * @cgroup:  path of the control group that each of its lives gets
 * @sources: what the container writes: pipes for 1 and 2, or its terminal's master in [0]
 */
struct monitor {
	struct container *container;
	const struct plan *plan;
	struct record record;
	char boot_id[BOOT_ID_SIZE];
	char cgroup[PATH_MAX];
	int report;
	int lock;
	int hurry;
	int sources[2];
	bool untrimmed;
	struct log log;
	char chunk[ATTACH_BYTES_MAX];
	struct attach_server server;
	struct attendant attendant;
};

static struct monitor the_monitor; /* large and one of a kind: not on the stack */

_Static_assert(2 + ATTACH_POLLS_MAX <= ATTENDANT_POLLS_MAX, "both streams and who is attached");

/* --- what is written down --- */

static int commit(struct monitor *monitor, struct error *err)
{
	struct arena arena = { .on_exhausted = monitor->plan->arena->on_exhausted };
	int result = record_write_state(&arena, monitor->container->dir, &monitor->record, err);

	arena_free_all(&arena);
	return result;
}

static int init_made(void *arg, pid_t pid, struct error *err)
{
	struct monitor *monitor = arg;

	if (process_identify(pid, &monitor->record.init) < 0)
		return error_set(err, "monitor", errno, "cannot look at the container's process");
	/* without one it can still be paused, by signals */
	monitor->record.cgroup = monitor->attendant.cgroup >= 0 ? monitor->cgroup : NULL;
	monitor->record.status = RECORD_STARTING;
	monitor->record.started_ns = clock_now_ns();
	monitor->record.error = "";
	return commit(monitor, err);
}

/* --- streams --- */

static void close_sources(struct monitor *monitor)
{
	for (size_t i = 0; i < 2; i++)
		fd_close(take_fd(&monitor->sources[i]));
}

static int open_pipe(int *ret_inside, int *ret_own, bool input, struct error *err)
{
	int ends[2], own = input ? 1 : 0;

	/* whoever the payload is may open /dev/stdout: a pipe has no name, its mode is its own */
	if (pipe2(ends, O_CLOEXEC) < 0 || fchmod(ends[0], 0666) < 0 ||
	    fcntl(ends[own], F_SETFL, O_NONBLOCK) < 0)
		return error_set(err, "monitor", errno, "cannot make a pipe");
	*ret_own = ends[own];
	*ret_inside = ends[!own];
	return 0;
}

static int open_streams(struct monitor *monitor, struct error *err)
{
	int *inside = monitor->attendant.take_inside;
	int input = -1;

	if (monitor->plan->tty)
		return 0; /* init sends the terminal */
	if (open_pipe(&inside[1], &monitor->sources[0], false, err) < 0 ||
	    open_pipe(&inside[2], &monitor->sources[1], false, err) < 0)
		return -1;
	if (!monitor->container->interactive) {
		inside[0] = openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);
		return inside[0] < 0 ? error_set(err, "monitor", errno, "cannot open '/dev/null'")
				     : 0;
	}
	if (open_pipe(&inside[0], &input, true, err) < 0)
		return -1;
	attach_server_set_input(&monitor->server, input, -1);
	return 0;
}

static int take_console(void *arg, int take_master, struct error *err)
{
	struct monitor *monitor = arg;
	int input = fcntl(take_master, F_DUPFD_CLOEXEC, 3);

	monitor->sources[0] = take_master;
	if (input < 0 || fcntl(take_master, F_SETFL, O_RDWR | O_NONBLOCK) < 0) {
		fd_close(input);
		return error_set(err, "terminal", errno, "cannot use the new terminal");
	}
	attach_server_set_input(&monitor->server, input, take_master);
	return 0;
}

IDLE_LOOP static void take_output(struct monitor *monitor, size_t i)
{
	ssize_t n = read(monitor->sources[i], monitor->chunk, sizeof(monitor->chunk));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) { /* a pty's master says EIO when the last slave is closed */
		fd_close(take_fd(&monitor->sources[i]));
		return;
	}
	log_write(&monitor->log, (int)i + 1, monitor->chunk, (size_t)n);
	attach_server_output(&monitor->server, (int)i + 1, monitor->chunk, (size_t)n);
}

/* what is still in the pipes when the container is dead */
static void drain(struct monitor *monitor)
{
	for (size_t i = 0; i < 2; i++) {
		struct pollfd wait = { monitor->sources[i], POLLIN, 0 };

		while (monitor->sources[i] >= 0 && poll(&wait, 1, 0) > 0) {
			attach_server_finish(&monitor->server, monitor->hurry);
			take_output(monitor, i);
		}
	}
	close_sources(monitor);
}

IDLE_LOOP static size_t poll_streams(void *arg, struct pollfd *waits)
{
	struct monitor *monitor = arg;
	bool ready = attach_server_ready(&monitor->server);

	/* here, since what follows is the wait: little comes back before something happens */
	if (monitor->untrimmed)
		life_trim_memory();
	monitor->untrimmed = false;
	for (size_t i = 0; i < 2; i++)
		waits[i] = (struct pollfd){ ready ? monitor->sources[i] : -1, POLLIN, 0 };
	return 2 + attach_server_poll(&monitor->server, waits + 2);
}

/* whoever writes to what nobody reads learns it, as from any pipe */
IDLE_LOOP static void close_unread(struct monitor *monitor)
{
	for (size_t i = 0; i < 2; i++)
		if (monitor->server.unread[i] && !monitor->plan->tty)
			fd_close(take_fd(&monitor->sources[i]));
}

/* ^C goes to the container by its terminal; a pid 1 without a handler would never notice */
IDLE_LOOP static void take_pressed(struct monitor *monitor)
{
	pid_t init = monitor->record.init.pid;
	int signal = monitor->server.pressed;

	monitor->server.pressed = 0;
	if (signal && tcgetpgrp(monitor->server.terminal) == init && signal_is_dropped(init, signal))
		raise(signal); /* the supervisor's loop takes it, as one that was sent to us */
}

/* what was run in the foreground does not outlive who ran it */
IDLE_LOOP static void end_with_owner(const struct monitor *monitor)
{
	if (monitor->server.abandoned && monitor->container->pidfd >= 0)
		life_kill(monitor->container->pidfd, SIGKILL);
}

IDLE_LOOP static void serve_streams(void *arg, const struct pollfd *waits, size_t n)
{
	struct monitor *monitor = arg;

	for (size_t i = 0; i < 2; i++)
		if (waits[i].fd >= 0 && waits[i].revents && attach_server_ready(&monitor->server))
			take_output(monitor, i);
	attach_server_serve(&monitor->server, waits + 2, n - 2);
	close_unread(monitor);
	take_pressed(monitor);
	end_with_owner(monitor);
}

/* --- the start --- */

static void report(struct monitor *monitor, enum message_type type, const struct error *error)
{
	struct error unsent;

	if (monitor->report >= 0)
		channel_send(monitor->report, type, -1, error, &unsent);
}

static void pass_notice(const struct error *notice, void *arg)
{
	report(arg, MESSAGE_NOTICE, notice);
}

/* the plan has the name of the first start */
static void retell_name(const struct monitor *monitor)
{
	struct arena arena = { .on_exhausted = monitor->plan->arena->on_exhausted };

	if (monitor->record.restarts > 0)
		life_retell_name(&arena, monitor->container);
	arena_free_all(&arena);
}

static int running(void *arg, struct error *err)
{
	struct monitor *monitor = arg;

	monitor->record.status = RECORD_RUNNING;
	if (commit(monitor, err) < 0)
		return -1;
	monitor->container->pidfd = process_open(&monitor->record.init);
	/* what init inherited on purpose (--preserve-fds) is the container's alone now */
	if (monitor->plan->payload.preserve_fds > 0)
		close_range(3, 2 + monitor->plan->payload.preserve_fds, 0);
	report(monitor, MESSAGE_STARTING, NULL);
	fd_close(take_fd(&monitor->report));
	retell_name(monitor);
	end_with_owner(monitor); /* who went during the start, when there was nothing to kill */
	monitor->untrimmed = true;
	return 0;
}

/* --- the end, and the next start --- */

static bool was_stopped(const struct monitor *monitor)
{
	return faccessat(monitor->container->dir, LIFE_STOP_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool starts_again(const struct monitor *monitor, int status)
{
	const struct spec_life *life = &monitor->container->life;

	if (life->restart == RESTART_NO || was_stopped(monitor) || monitor->server.abandoned)
		return false;
	if (life->restart_max > 0 && monitor->record.restarts >= life->restart_max)
		return false;
	return life->restart == RESTART_ALWAYS || status != 0;
}

static uint64_t next_delay_ms(const struct monitor *monitor, uint64_t delay_ms)
{
	if (monitor->record.finished_ns - monitor->record.started_ns > STEADY_NS)
		return RESTART_DELAY_MS;
	return delay_ms * 2 < RESTART_DELAY_MAX_MS ? delay_ms * 2 : RESTART_DELAY_MAX_MS;
}

enum { WAIT_TIMER, WAIT_HURRY, WAIT_CLIENTS };

/* whether it is still wanted afterwards; meanwhile who is attached may come and go */
static bool wait_for_restart(struct monitor *monitor, uint64_t delay_ms)
{
	struct pollfd waits[WAIT_CLIENTS + ATTACH_POLLS_MAX];
	auto_close int timer = timer_open(delay_ms);

	while (timer >= 0 && !monitor->server.abandoned) {
		size_t n = attach_server_poll(&monitor->server, &waits[WAIT_CLIENTS]);

		waits[WAIT_TIMER] = (struct pollfd){ timer, POLLIN, 0 };
		waits[WAIT_HURRY] = (struct pollfd){ monitor->hurry, POLLIN, 0 };
		if (poll(waits, WAIT_CLIENTS + (nfds_t)n, -1) < 0)
			continue;
		if (waits[WAIT_HURRY].revents)
			return false;
		if (waits[WAIT_TIMER].revents)
			return !was_stopped(monitor);
		attach_server_serve(&monitor->server, &waits[WAIT_CLIENTS], n);
	}
	return false;
}

/* for being paused; where the caller's own group is not his to change, there is none */
static void make_cgroup(struct monitor *monitor)
{
	char name[CONTAINER_ID_SIZE];

	snprintf(name, sizeof(name), "nsrun-%.*s", CONTAINER_ID_SHORT, monitor->container->id);
	monitor->attendant.cgroup = cgroup_make_child(name, monitor->cgroup);
	if (monitor->attendant.cgroup < 0)
		monitor->cgroup[0] = '\0';
}

/* one life; its exit status, or -1 with @err */
static int live(struct monitor *monitor, struct error *err)
{
	int status;

	if (open_streams(monitor, err) < 0)
		return -1;
	make_cgroup(monitor);
	status = launch_attended(monitor->plan, &monitor->attendant, pass_notice, monitor, err);
	/* a network helper that was killed and not waited for: there may be many restarts */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	for (size_t i = 0; i < 3; i++)
		fd_close(take_fd(&monitor->attendant.take_inside[i]));
	fd_close(take_fd(&monitor->container->pidfd));
	fd_close(take_fd(&monitor->attendant.cgroup));
	if (*monitor->cgroup)
		cgroup_remove(monitor->cgroup);
	drain(monitor);
	attach_server_close_input(&monitor->server);
	return status;
}

/* what is written of an end: a start that failed has the status that nsrun gives */
static int write_end(struct monitor *monitor, int status, const struct error *failure)
{
	struct error err;

	monitor->record.status = RECORD_EXITED;
	monitor->record.finished_ns = clock_now_ns();
	monitor->record.exit_code = status >= 0 ? status : failure->status;
	monitor->record.error = status >= 0 ? "" : failure->text;
	unlinkat(monitor->container->dir, LIFE_PAUSED_FILE, 0);
	commit(monitor, &err); /* where it cannot be written, its end is seen all the same */
	return monitor->record.exit_code;
}

static int live_on(struct monitor *monitor)
{
	uint64_t delay_ms = RESTART_DELAY_MS / 2;
	struct error failure;

	for (;;) {
		int status = live(monitor, &failure);
		int code = write_end(monitor, status, &failure);

		if (status < 0 && monitor->report >= 0) {
			report(monitor, MESSAGE_FAILED, &failure);
			return code;
		}
		if (!starts_again(monitor, code))
			return code;
		delay_ms = next_delay_ms(monitor, delay_ms);
		if (!wait_for_restart(monitor, delay_ms))
			return code;
		monitor->record.restarts++;
	}
}

/* --- the process --- */

/* nothing of the caller's stays open: no terminal, no pipe whose reader waits for its end */
static int leave_caller(struct monitor *monitor, struct error *err)
{
	auto_close int nothing = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	int keep[] = { monitor->container->dir, monitor->report,
		       monitor->server.clients[0].socket };
	unsigned first = 3 + monitor->plan->payload.preserve_fds;

	setsid();
	for (int fd = 0; fd <= 2; fd++)
		if (nothing < 0 || dup2(nothing, fd) < 0)
			return error_set(err, "monitor", errno,
					 "cannot leave the caller's terminal");
	if (fd_close_others(first, keep, sizeof(keep) / sizeof(keep[0])) < 0)
		return error_set(err, "monitor", errno, "cannot close what the caller has open");
	return 0;
}

/* from now on it is this process that starts and ends it; what the caller saw may be past */
static int take_over(struct monitor *monitor, struct error *err)
{
	struct container *container = monitor->container;

	monitor->lock = monitor_lock_take(container->dir);
	if (monitor->lock < 0 && errno == ENOENT)
		return life_refuse_gone(container, err);
	if (monitor->lock < 0 && errno != EAGAIN)
		return error_set(err, "monitor", errno, "cannot lock the container '%s'",
				 container->name);
	if (monitor->lock >= 0)
		life_read_state(monitor->plan->arena, container);
	if (monitor->lock < 0 || container->pidfd >= 0)
		return life_refuse_start(container, err);
	if (!life_is_kept(container))
		return life_refuse_gone(container, err);
	/* it may run */
	return container->status == CONTAINER_DAMAGED ? container_refuse_damaged(container, err) : 0;
}

static int open_hurry(struct monitor *monitor)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	monitor->hurry = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return monitor->hurry < 0 ? -1 : 0;
}

static int prepare(struct monitor *monitor, int owner, struct error *err)
{
	const struct spec_life *life = &monitor->container->life;

	prctl(PR_SET_NAME, "nsrun-monitor", 0, 0, 0);
	monitor->server.clients[0].socket = owner;
	if (leave_caller(monitor, err) < 0)
		return -1;
	if (process_boot_id(monitor->boot_id) < 0 || open_hurry(monitor) < 0)
		return error_set(err, "monitor", errno, "cannot prepare the container's monitor");
	if (take_over(monitor, err) < 0)
		return -1;
	unlinkat(monitor->container->dir, LIFE_STOP_FILE, 0);
	unlinkat(monitor->container->dir, LIFE_PAUSED_FILE, 0);
	if (life->log_driver == LOG_FILE &&
	    log_open(&monitor->log, monitor->container->dir, life->log_max_bytes,
		     life->log_max_files, err) < 0)
		return -1;
	return attach_server_open(&monitor->server, monitor->container->dir, owner, err);
}

static void end(struct monitor *monitor, int status)
{
	struct error err;

	attach_server_unname(&monitor->server, monitor->container->dir);
	if (monitor->container->life.remove && monitor->record.started_ns > 0)
		life_discard(monitor->container, &err);
	/* who is told of the end may start it again, or remove it, at once */
	fd_close(take_fd(&monitor->lock));
	attach_server_end(&monitor->server, status, monitor->hurry);
}

void monitor_main(struct container *container, const struct plan *plan, int report_channel,
		  int owner)
{
	struct monitor *monitor = &the_monitor;
	struct error err;

	*monitor = (struct monitor){
		.container = container,
		.plan = plan,
		.record = { .status = RECORD_CREATED,
			    .viewer = process_pid_namespace(),
			    .boot_id = monitor->boot_id,
			    .exit_code = -1,
			    .error = "" },
		.report = report_channel,
		.lock = -1,
		.hurry = -1,
		.sources = { -1, -1 },
		.log = { .fd = -1 },
		.attendant = { .arg = monitor,
			       .take_inside = { -1, -1, -1 },
			       .cgroup = -1,
			       .init_made = init_made,
			       .take_console = take_console,
			       .running = running,
			       .poll = poll_streams,
			       .serve = serve_streams },
	};
	if (prepare(monitor, owner, &err) < 0) {
		report(monitor, MESSAGE_FAILED, &err);
		_exit(err.status);
	}
	end(monitor, live_on(monitor));
	_exit(0);
}
