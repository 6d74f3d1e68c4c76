// SPDX-License-Identifier: Apache-2.0
/* Signals. Runs in: init (reset) and supervisor. */
#include "sys/signal.h"

#include "base/file.h"
#include "base/parse.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOKS_MAX 200 /* a millisecond apart */

void signal_reset(void)
{
	/* the kernel's struct of all zeros: SIG_DFL, no flags, an empty mask */
	static const uint64_t standard[8];
	sigset_t none;

	/* sigaction(3) does not touch the C library's own two, which posix_spawn(3) leaves ignored */
	for (int i = 1; i < NSIG; i++)
		syscall(SYS_rt_sigaction, i, standard, NULL, (NSIG - 1) / 8); /* KILL, STOP: fails */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* a line of /proc/PID/status such as "SigCgt:\t0000000000010002" */
static uint64_t read_mask(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? strtoull(line + strlen(name), NULL, 16) : 0;
}

static bool kills_by_default(int signal)
{
	switch (signal) {
	case SIGCHLD:
	case SIGCONT:
	case SIGURG:
	case SIGWINCH:
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return false;
	default:
		return true;
	}
}

enum awaited {
	AWAITED_NO,	 /* it sleeps somewhere else */
	AWAITED_YES,	 /* it is inside sigwait(3), or the like */
	AWAITED_RUNNING, /* it runs, or where it sleeps is not for us to see */
};

/*
 * A thread inside sigwait(3) takes a signal, though its mask does not show it meanwhile. The system
 * call's number is for who has the same ids to read; the name of the place where it sleeps is for
 * everybody who could trace it.
 */
static enum awaited waits_for_signals(pid_t pid)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	if (file_read_part(path, text, sizeof(text)) > 0) {
		if (strncmp(text, "running", 7) == 0)
			return AWAITED_RUNNING;
		return strtol(text, NULL, 10) == SYS_rt_sigtimedwait ? AWAITED_YES : AWAITED_NO;
	}
	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	if (file_read_part(path, text, sizeof(text)) <= 0 || strcmp(text, "0") == 0)
		return AWAITED_RUNNING;
	return strstr(text, "sigtimedwait") ? AWAITED_YES : AWAITED_NO;
}

/* the last number of a line such as "NSpid:\t300\t1": the pid in its own namespace */
static bool is_first_of_namespace(const char *status)
{
	const char *line = strstr(status, "\nNSpid:");
	size_t length = line ? strcspn(line + 1, "\n") : 0;

	return length > 2 && line[length] == '1' && line[length - 1] == '\t';
}

/* struct attitude - What /proc/PID/status says of a process and one signal, at one moment */
struct attitude {
	bool first; /* of its pid namespace */
	bool minds; /* it has a handler, ignores or blocks it */
	bool runs;
};

static int read_attitude(pid_t pid, int signal, struct attitude *ret)
{
	uint64_t bit = (uint64_t)1 << (signal - 1);
	char path[32], status[4096];
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read(AT_FDCWD, path, status, sizeof(status)) < 0)
		return -1;
	state = strstr(status, "\nState:\t");
	ret->first = is_first_of_namespace(status);
	ret->minds = (read_mask(status, "\nSigCgt:") | read_mask(status, "\nSigIgn:") |
		      read_mask(status, "\nSigBlk:")) &
		     bit;
	ret->runs = state && state[sizeof("\nState:\t") - 1] == 'R';
	return 0;
}

/*
 * A process that runs may be on its way into sigwait(3) or out of it, whose mask is shown for a
 * moment only: so what is seen before and after must agree.
 */
bool signal_is_dropped(pid_t pid, int signal)
{
	struct attitude before, after;
	enum awaited awaited;

	if (!kills_by_default(signal))
		return false;
	for (int i = 0; i < LOOKS_MAX; i++) {
		if (read_attitude(pid, signal, &before) < 0 || !before.first || before.minds)
			return false;
		awaited = waits_for_signals(pid);
		if (awaited == AWAITED_YES || read_attitude(pid, signal, &after) < 0 || after.minds)
			return false;
		if (awaited == AWAITED_NO || (before.runs && after.runs))
			return true;
		/* one that has just gone to sleep counts as running for a while (since Linux 6.12) */
		poll(NULL, 0, 1);
	}
	return false; /* where it sleeps is not for us to see: then it is not for us to judge */
}

bool signal_stays_here(int signal)
{
	return signal == SIGCHLD || signal == SIGPIPE;
}

static int realtime_number(const char *name)
{
	uint32_t offset = 0;

	if (strncasecmp(name, "RTMIN", 5) == 0 &&
	    (!name[5] || (name[5] == '+' && parse_u32(name + 6, &offset) == 0)) &&
	    offset <= (uint32_t)(SIGRTMAX - SIGRTMIN))
		return SIGRTMIN + (int)offset;
	if (strncasecmp(name, "RTMAX", 5) == 0 &&
	    (!name[5] || (name[5] == '-' && parse_u32(name + 6, &offset) == 0)) &&
	    offset <= (uint32_t)(SIGRTMAX - SIGRTMIN))
		return SIGRTMAX - (int)offset;
	return -1;
}

int signal_number(const char *text)
{
	uint32_t number;

	if (parse_u32(text, &number) == 0)
		return number > 0 && number <= (uint32_t)SIGRTMAX ? (int)number : -1;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (int signal = 1; signal < SIGRTMIN; signal++) {
		const char *name = sigabbrev_np(signal);

		if (name && strcasecmp(name, text) == 0)
			return signal;
	}
	return realtime_number(text);
}
