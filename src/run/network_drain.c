// SPDX-License-Identifier: Apache-2.0
/*
 * What a container has sent just before its end is still on its way: in the kernel's queues, which its
 * network namespace keeps while somebody holds that, and in the helper's. A helper that was killed at
 * once would lose all of it: each datagram of a command that sends one and ends. Runs in: supervisor, and
 * a child of it that is in the container's network for that long.
 */
#include "run/network.h"

#include "base/fd.h"
#include "base/file.h"
#include "sys/syscalls.h"
#include "sys/tap.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS	 1
#define BUSY_MS	 200  /* who is woken all the time gets what comes in: nobody sends any more */
#define QUIET_MS 20   /* slirp4netns has queues of its own, and sleeps between two parts of them */
#define STALL_MS 3000 /* nobody takes it: TCP tries again after 0.2, 0.6 and 1.4 s, and then after 3 */
#define MAX_MS	 10000
#define GAP_MS	 100 /* who could not look for so long was not the only one whose turn did not come */
#define MS	 ((uint64_t)1000000)

/**
 * struct traffic - The TCP connections of a network namespace, proc(5) net/tcp
 * @leaving: those of nobody any more, whose end the other side has not seen
 * @unsent:  what of them it has not acknowledged, and what the helper has not taken
 * @any:     there is or was one
 */
struct traffic {
	unsigned leaving;
	uint64_t unsent;
	bool any;
};

enum { TCP_FIN_WAIT1 = 4, TCP_LAST_ACK = 9, TCP_LISTEN = 10, TCP_CLOSING = 11 };

static void count_line(const char *line, struct traffic *ret)
{
	uint64_t unsent, inode;
	unsigned state;

	if (sscanf(line, " %*d: %*s %*s %x %" SCNx64 ":%*x %*s %*s %*s %*s %" SCNu64, &state, &unsent,
		   &inode) != 3)
		return;
	ret->any |= state != TCP_LISTEN;
	if (inode != 0 || (state != TCP_FIN_WAIT1 && state != TCP_LAST_ACK && state != TCP_CLOSING))
		return;
	ret->leaving++;
	ret->unsent += unsent;
}

static void count(const char *path, struct traffic *ret)
{
	static char text[64 * 1024];

	if (file_read_part(path, text, sizeof(text)) < 0)
		return;
	for (const char *line = strchr(text, '\n'); line; line = strchr(line + 1, '\n'))
		count_line(line + 1, ret);
}

/* one of a table of proc(5) net/snmp: a line of names and one of numbers, which begin with its name */
static uint64_t find_counter(const char *text, const char *table, const char *name)
{
	const char *names = strstr(text, table), *values = names ? strchr(names, '\n') : NULL;
	size_t length = strlen(name);

	while (names && values && *names != '\n') {
		size_t word = strcspn(names, " \n");

		if (word == length && strncmp(names, name, length) == 0)
			return strtoull(values, NULL, 10);
		names += word + (names[word] == ' ');
		values += 1 + strcspn(values + 1, " \n");
	}
	return 0;
}

static uint64_t find_counter6(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

/* the kernel's own packets, which every new interface has, do not count */
static bool has_sent(void)
{
	char text[16 * 1024];

	if (file_read_part("/proc/self/net/snmp", text, sizeof(text)) < 0 ||
	    find_counter(text, "Ip:", "OutRequests") > 0 ||
	    find_counter(text, "Ip:", "ForwDatagrams") > 0 || find_counter(text, "Tcp:", "OutSegs") > 0)
		return true;
	return file_read_part("/proc/self/net/snmp6", text, sizeof(text)) > 0 &&
	       (find_counter6(text, "\nUdp6OutDatagrams") > 0 ||
		find_counter6(text, "\nIcmp6OutEchos") > 0 ||
		find_counter6(text, "\nIp6OutForwDatagrams") > 0);
}

/* struct rest - @asleep: blocked in a wait, or gone; @wakings: how often it has been woken from one */
struct rest {
	bool asleep;
	uint64_t wakings;
};

static struct rest look_at(pid_t helper)
{
	struct rest rest = { .asleep = true };
	char path[64], text[4096];
	const char *state, *wakings;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)helper);
	if (file_read_part(path, text, sizeof(text)) <= 0)
		return rest;
	state = strstr(text, "\nState:\t");
	wakings = strstr(text, "\nvoluntary_ctxt_switches:\t");
	if (state)
		rest.asleep = strchr("SZ", state[strlen("\nState:\t")]) != NULL;
	if (wakings)
		rest.wakings = strtoull(wakings + strlen("\nvoluntary_ctxt_switches:\t"), NULL, 10);
	return rest;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 * MS + (uint64_t)now.tv_nsec;
}

/**
 * struct drain - What was seen, and when it changed
 * @netlink: asks about its devices
 * @patient: the helper may have something though it sleeps
 * @looked:  when the last look was, in ns
 * @watched: for how long somebody has looked, in ns; the other times are of this clock
 */
struct drain {
	pid_t helper;
	int netlink;
	bool patient;
	uint64_t looked;
	uint64_t watched;
	uint64_t unsent;
	uint64_t unsent_changed;
	uint64_t wakings;
	uint64_t wakings_changed;
};

/* a machine that stands still, or has others to serve, is nobody's stall */
static uint64_t watched_ns(struct drain *drain)
{
	uint64_t now = now_ns(), gap = now - drain->looked;

	drain->looked = now;
	drain->watched += gap < GAP_MS * MS ? gap : GAP_MS * MS;
	return drain->watched;
}

/*
 * It sleeps since before nothing was left for it: it has passed on all. Seen asleep alone says little: it may
 * have been woken, or wait for its turn on a processor that others use, or see to its packets between two naps.
 */
static bool is_idle(struct drain *drain, uint64_t now, struct traffic *traffic)
{
	struct rest before = look_at(drain->helper), after;
	uint64_t waiting = tap_count_waiting(drain->netlink);

	after = look_at(drain->helper);
	if (after.wakings != drain->wakings)
		drain->wakings_changed = now;
	drain->wakings = after.wakings;
	traffic->unsent += waiting;
	return after.asleep && waiting == 0 &&
	       (before.wakings == after.wakings || now > BUSY_MS * MS);
}

static bool is_drained(struct drain *drain)
{
	struct traffic traffic = { .leaving = 0 };
	uint64_t now = watched_ns(drain);
	bool idle = is_idle(drain, now, &traffic);

	count("/proc/self/net/tcp", &traffic);
	count("/proc/self/net/tcp6", &traffic);
	if (traffic.unsent != drain->unsent)
		drain->unsent_changed = now;
	drain->unsent = traffic.unsent;
	if (now - drain->unsent_changed > STALL_MS * MS || now > MAX_MS * MS)
		return true;
	if (traffic.leaving > 0 || !idle)
		return false;
	return !drain->patient || !traffic.any || now - drain->wakings_changed > QUIET_MS * MS;
}

static _Noreturn void wait_inside(const struct network *network)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	int keep[] = { network->userns, network->netns };
	struct drain drain = {
		.helper = network->process.pid,
		.patient = network->ways->helpers[network->rung].kind == HELPER_SLIRP,
	};

	/* before anything is shared: what runs in there still must not look into a process that has the
	 * host's root directory. EINVAL: it is our own user namespace */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || fd_close_others(3, keep, 2) < 0 ||
	    (setns(network->userns, CLONE_NEWUSER) < 0 && errno != EINVAL) ||
	    setns(network->netns, CLONE_NEWNET) < 0)
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* after setns(2), which forgets it */
	if (!has_sent())
		_exit(0);
	drain.netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	drain.looked = now_ns();
	drain.wakings = look_at(drain.helper).wakings;
	while (!is_drained(&drain))
		nanosleep(&pause, NULL);
	_exit(0);
}

void network_drain(const struct network *network, int hurry)
{
	struct pollfd waits[] = { { -1, POLLIN, 0 }, { hurry, POLLIN, 0 } };
	pid_t pid;

	if (network->process.pid <= 0 || network->rung >= network->ways->n_helpers)
		return;
	pid = sys_clone_process(0, &waits[0].fd);
	if (pid == 0)
		wait_inside(network);
	if (pid < 0)
		return; /* as if the line had been cut */
	while (poll(waits, 2, -1) < 0 && errno == EINTR)
		;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	fd_close(waits[0].fd);
}
