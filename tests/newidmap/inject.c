// SPDX-License-Identifier: Apache-2.0
/*
 * The helper, disturbed at every system call: killed, stopped, and with every call failing. Runs
 * as root, which may trace a program with privilege without taking the privilege from it. Prints
 * TAP, or with --opens what files a run looks at.
 *
 * Whatever happens: each map is complete or absent, a map of the own gid alone is never there
 * without setgroups denied, and exit status 0 means that everything is there.
 *
 * usage: inject PROGRAMS-DIRECTORY [--opens | --fail-only]
 */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

extern long ptrace(int request, ...);

#define STOPS_MAX 2000
#define UID_MAP	  "         0       1001          1\n         1     100000      65536\n"
#define GID_MAP	  "         0       1001          1\n"

enum action {
	NOTHING,
	KILL,
	ALARM,
	STOP,
	SPY,   /* another process of alice's tries to get at the memory */
	REUSE, /* the target dies and bob's process gets its pid */
	FAIL,  /* the call is not made and returns an error */
	ACTIONS,
};

static const char *const action_name[ACTIONS] = { "undisturbed", "killed",   "alarmed",
						  "stopped",	 "spied on", "target replaced",
						  "failing" };

static char *const arguments[PROGRAMS][16] = {
	[NEWUIDMAP] = { "x", NULL, "0", "1001", "1", "1", "100000", "65536", NULL },
	[NEWGIDMAP] = { "x", NULL, "0", "1001", "1", NULL },
	[NSRUN_NEWIDMAP] = { "x", NULL, "-u", "0", "1001", "1", "1", "100000", "65536", "-g", "0",
			     "1001", "1", NULL },
};

/* What to do, at which stop (each system call has two: before and after), to which program. */
struct plan {
	enum mode mode;
	enum program program;
	enum action action;
	int stop;
	int error;
};

struct traced {
	pid_t pid;
	int wait_status;
	int stops;    /* how many there were */
	int status;   /* exit status, or 128 + signal */
	bool seen;    /* SPY: alice could open its memory */
	bool partial; /* STOP: a map was incomplete while it stood still */
};

static pid_t start(const struct plan *plan, pid_t target_pid)
{
	pid_t pid = fork();
	char *argv[16];
	char target[16];
	static char *const environment[] = { NULL };

	if (pid != 0)
		return pid;
	memcpy(argv, arguments[plan->program], sizeof(argv));
	snprintf(target, sizeof(target), "%d", target_pid);
	argv[1] = target;
	if (ptrace(PTRACE_TRACEME, 0, 0L, 0L) < 0 || syscall(SYS_setgroups, 0, NULL) < 0 ||
	    syscall(SYS_setresgid, ALICE, ALICE, ALICE) < 0 ||
	    syscall(SYS_setresuid, ALICE, ALICE, ALICE) < 0)
		_exit(126);
	raise(SIGSTOP);
	fclose(stderr);
	close(2);
	if (open("/dev/null", O_RDWR) != 2)
		_exit(126);
	execve(program_path(plan->mode, plan->program), argv, environment);
	_exit(127);
}

static bool is_whole(const char *text, const char *whole)
{
	return text[0] == '\0' || strcmp(text, whole) == 0;
}

static bool is_safe(const struct maps *maps)
{
	return is_whole(maps->uid_map, UID_MAP) && is_whole(maps->gid_map, GID_MAP) &&
	       (maps->gid_map[0] == '\0' || strcmp(maps->setgroups, "deny\n") == 0);
}

static bool is_complete(enum program program, const struct maps *maps)
{
	return (maps->uid_map[0] != '\0') == (program != NEWGIDMAP) &&
	       (maps->gid_map[0] != '\0') == (program != NEWUIDMAP);
}

/* Whether alice can open the memory of a process. */
static bool alice_can_open_memory(pid_t pid)
{
	pid_t spy = fork();
	char path[64];
	int status;

	if (spy == 0) {
		snprintf(path, sizeof(path), "/proc/%d/mem", pid);
		if (syscall(SYS_setgroups, 0, NULL) < 0 ||
		    syscall(SYS_setresgid, ALICE, ALICE, ALICE) < 0 ||
		    syscall(SYS_setresuid, ALICE, ALICE, ALICE) < 0)
			_exit(2);
		_exit(open(path, O_RDONLY | O_CLOEXEC) >= 0);
	}
	if (waitpid(spy, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 2)
		die("spy");
	return WEXITSTATUS(status) == 1;
}

/* Make close(-1) of the call, so that the filter has nothing against it; the result comes later. */
static bool replace_call(pid_t pid)
{
#if defined(__x86_64__)
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, 0L, &registers) < 0)
		return false;
	registers.orig_rax = SYS_close;
	registers.rdi = (unsigned long long)-1;
	return ptrace(PTRACE_SETREGS, pid, 0L, &registers) == 0;
#else
	(void)pid;
	return false;
#endif
}

static void replace_result(pid_t pid, int error)
{
#if defined(__x86_64__)
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, 0L, &registers) < 0)
		return;
	registers.rax = (unsigned long long)-error;
	ptrace(PTRACE_SETREGS, pid, 0L, &registers);
#else
	(void)pid;
	(void)error;
#endif
}

/* Let it run to its next stop; false when it ended instead, with the status kept. */
static bool next_stop(struct traced *traced)
{
	ptrace(PTRACE_SYSCALL, traced->pid, 0L, 0L);
	if (waitpid(traced->pid, &traced->wait_status, 0) < 0)
		die("waitpid");
	return WIFSTOPPED(traced->wait_status);
}

/* SIGSTOP, look, SIGCONT: what a caller may do to a program that runs as him. */
static bool stand_still(pid_t target_pid, struct traced *traced)
{
	struct maps maps;

	kill(traced->pid, SIGSTOP);
	/* the next stop is the signal or the call's end, whichever the kernel reports first */
	if (!next_stop(traced))
		return false;
	maps_read(target_pid, &maps);
	traced->partial |= !is_safe(&maps);
	kill(traced->pid, SIGCONT);
	return true;
}

/* The next process of this pid namespace gets the pid behind this one. */
static void set_last_pid(pid_t pid)
{
	char text[16];
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	int length = snprintf(text, sizeof(text), "%d", pid);

	if (fd < 0 || write(fd, text, (size_t)length) != length)
		die("ns_last_pid");
	close(fd);
}

/* What an attacker works for: the pid that was checked is somebody else's when it is used. */
static void replace_target(struct target *target)
{
	const struct target_options bobs = { .uid = BOB, .gid = BOB };
	pid_t pid = target->pid;

	target_stop(target);
	set_last_pid(pid - 1);
	target_start(&bobs, target);
	if (target->pid != pid) {
		errno = EAGAIN;
		die("a pid that is used again");
	}
}

/* Do it; false when the program is gone. */
static bool act(const struct plan *plan, struct target *target, struct traced *traced)
{
	switch (plan->action) {
	case KILL:
		kill(traced->pid, SIGKILL);
		return true;
	case ALARM:
		kill(traced->pid, SIGALRM);
		return true;
	case STOP:
		return stand_still(target->pid, traced);
	case SPY:
		traced->seen |= alice_can_open_memory(traced->pid);
		return true;
	case REUSE:
		replace_target(target);
		return true;
	case FAIL:
		if (!replace_call(traced->pid))
			return true;
		if (!next_stop(traced))
			return false;
		replace_result(traced->pid, plan->error);
		return true;
	case NOTHING:
	case ACTIONS:
		break;
	}
	return true;
}

/* Print what a call is given as a path; the calls that have one come with it in the same place. */
static void print_path(pid_t pid)
{
	struct ptrace_syscall_info info;
	char path[256] = "";
	struct iovec local = { path, sizeof(path) - 1 };
	struct iovec remote;
	const char *name;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	switch (info.entry.nr) {
	case SYS_openat:
		name = (info.entry.args[2] & O_ACCMODE) == O_RDONLY ? "read" : "write";
		break;
#ifdef SYS_open
	case SYS_open:
	case SYS_creat:
		name = "other-open";
		break;
#endif
	default:
		return;
	}
	remote.iov_base = (void *)(uintptr_t)info.entry.args[1];
	remote.iov_len = sizeof(path) - 1;
	/* the string may end near the end of a page: less than asked for is fine */
	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0)
		snprintf(path, sizeof(path), "?");
	if (strncmp(path, "/proc/", 6) == 0 && path[6] >= '0' && path[6] <= '9')
		snprintf(path, sizeof(path), "/proc/PID");
	printf("%s %s\n", name, path);
}

/*
 * The signal to deliver for a stop that is no system call: the stops and goes that we sent
 * ourselves are not for the program.
 */
static int signal_to_deliver(int status)
{
	int signal = WSTOPSIG(status);

	return signal == SIGSTOP || signal == SIGCONT || signal == SIGTRAP ? 0 : signal;
}

static void trace(const struct plan *plan, struct target *target, bool print, struct traced *traced)
{
	bool executed = false;
	bool alive = true;
	long deliver = 0;

	*traced = (struct traced){ .pid = start(plan, target->pid) };
	waitpid(traced->pid, &traced->wait_status, 0);
	ptrace(PTRACE_SETOPTIONS, traced->pid, 0L,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	while (alive) {
		int status;

		ptrace(PTRACE_SYSCALL, traced->pid, 0L, deliver);
		if (waitpid(traced->pid, &traced->wait_status, 0) < 0)
			die("waitpid");
		status = traced->wait_status;
		deliver = 0;
		if (!WIFSTOPPED(status))
			break;
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			executed = true;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			deliver = signal_to_deliver(status);
			continue;
		}
		if (!executed)
			continue;
		if (print)
			print_path(traced->pid);
		if (traced->stops++ == plan->stop || plan->action == SPY)
			alive = act(plan, target, traced);
	}
	traced->status = WIFEXITED(traced->wait_status) ? WEXITSTATUS(traced->wait_status)
							: 128 + WTERMSIG(traced->wait_status);
}

/* One disturbed run on a namespace of its own; false and a comment if a rule was broken. */
static bool is_run_safe(const struct plan *plan, struct traced *traced)
{
	struct target target;
	struct maps maps;
	bool good;

	target_start(&TARGET_USUAL, &target);
	trace(plan, &target, false, traced);
	maps_read(target.pid, &maps);
	good = is_safe(&maps) && !traced->partial && !traced->seen;
	if (plan->action == REUSE)
		good = good && maps_empty(&maps); /* bob's */
	else
		good = good && (traced->status != 0 || is_complete(plan->program, &maps));
	/* who is only stopped and looked at ends as if nothing had been */
	if (plan->action == STOP || plan->action == SPY || plan->action == NOTHING)
		good = good && traced->status == 0;
	if (!good)
		printf("# stop %d, error %d: status %d, seen %d, partial %d\n# uid %s# gid %s# %s",
		       plan->stop, plan->error, traced->status, traced->seen, traced->partial,
		       maps.uid_map, maps.gid_map, maps.setgroups);
	target_stop(&target);
	return good;
}

static int count_stops(enum mode mode, enum program program)
{
	const struct plan plan = { .mode = mode, .program = program, .stop = -1 };
	struct traced traced;

	if (!is_run_safe(&plan, &traced) || traced.stops < 20 || traced.stops > STOPS_MAX) {
		errno = EINVAL;
		die("an undisturbed run");
	}
	return traced.stops;
}

static void disturb(enum mode mode, enum program program, enum action action, int error)
{
	int stops = count_stops(mode, program);
	int bad = 0;
	int ended = 0;

	/* one spied run looks at every stop; stop 0 is the end of execve, so entries are odd */
	for (int stop = action == FAIL; stop < stops; stop += action == FAIL ? 2 : 1) {
		const struct plan plan = { mode, program, action, stop, error };
		struct traced traced;

		bad += !is_run_safe(&plan, &traced);
		ended += traced.status != 0;
		if (action == SPY)
			break;
	}
	check(bad == 0, "57 %s%s%s at %d stops: %s, %s (%d did not end well for it)",
	      action_name[action], error ? " with " : "", error ? strerrorname_np(error) : "",
	      stops, program_name[program], mode_name[mode], ended);
	/* a disturbance that disturbs nothing shows nothing */
	if (action == KILL || action == FAIL || action == REUSE)
		check(ended > stops / 8, "57 it was disturbed: %s, %s", program_name[program],
		      mode_name[mode]);
}

/* Pids of our own, so that one can be used again at will; returns in the first process of them. */
static void enter_pid_namespace(void)
{
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID) < 0)
		die("pid namespace");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		if (mount("proc", "/proc", "proc", 0, NULL) < 0)
			die("/proc");
		return;
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		exit(99);
	exit(WEXITSTATUS(status));
}

/* All but failing calls. */
static void disturb_all(enum mode mode, enum program program)
{
	disturb(mode, program, KILL, 0);
	disturb(mode, program, ALARM, 0);
	disturb(mode, program, STOP, 0);
	disturb(mode, program, SPY, 0);
	if (access("/proc/sys/kernel/ns_last_pid", W_OK) == 0)
		disturb(mode, program, REUSE, 0);
	else
		skip("no ns_last_pid", "46 pids that are used again");
}

int main(int argc, char *argv[])
{
	static const int errors[] = { EINTR, EPERM, ENOMEM, EMFILE, ENOSYS };

	if (argc < 2) {
		fprintf(stderr, "usage: inject PROGRAMS-DIRECTORY [--opens | --fail-only]\n");
		return 2;
	}
	harness_start(argv[1]);
	enter_pid_namespace();
	if (argc > 2 && strcmp(argv[2], "--opens") == 0) {
		const struct plan plan = { MODE_CAPABILITIES, NSRUN_NEWIDMAP, NOTHING, -1, 0 };
		struct traced traced;
		struct target target;

		target_start(&TARGET_USUAL, &target);
		trace(&plan, &target, true, &traced);
		target_stop(&target);
		return traced.status;
	}
	for (enum mode mode = MODE_SETUID; mode < MODES; mode++) {
		for (enum program program = 0; program < PROGRAMS; program++) {
			if (argc == 2)
				disturb_all(mode, program);
#if defined(__x86_64__)
			for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
				disturb(mode, program, FAIL, errors[i]);
#else
			(void)errors;
#endif
		}
	}
	return check_finish();
}
