// SPDX-License-Identifier: Apache-2.0
/* Signals. Runs in: init (reset) and supervisor. */
#include "sys/signal.h"

#include "base/file.h"
#include "base/parse.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>

void signal_reset(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i <= SIGRTMAX; i++)
		sigaction(i, &standard, NULL); /* fails for KILL, STOP and libc's own: no matter */
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

/*
 * A thread inside sigwait(3) takes a signal, though its mask does not show it meanwhile. The system
 * call's number is for who has the same ids to read; the name of the place where it sleeps is for
 * everybody who could trace it.
 */
static bool waits_for_signals(pid_t pid)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	if (file_read_part(path, text, sizeof(text)) > 0)
		return strtol(text, NULL, 10) == SYS_rt_sigtimedwait;
	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	if (file_read_part(path, text, sizeof(text)) <= 0 || strcmp(text, "0") == 0)
		return true; /* not for us to see: then it is not for us to judge */
	return strstr(text, "sigtimedwait");
}

/* the last number of a line such as "NSpid:\t300\t1": the pid in its own namespace */
static bool is_first_of_namespace(const char *status)
{
	const char *line = strstr(status, "\nNSpid:");
	size_t length = line ? strcspn(line + 1, "\n") : 0;

	return length > 2 && line[length] == '1' && line[length - 1] == '\t';
}

bool signal_is_dropped(pid_t pid, int signal)
{
	uint64_t bit = (uint64_t)1 << (signal - 1);
	char path[32], status[4096];

	if (!kills_by_default(signal))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read(AT_FDCWD, path, status, sizeof(status)) < 0)
		return false;
	if (!is_first_of_namespace(status))
		return false;
	return !((read_mask(status, "\nSigCgt:") | read_mask(status, "\nSigIgn:") |
		  read_mask(status, "\nSigBlk:")) & bit) &&
	       !waits_for_signals(pid);
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
