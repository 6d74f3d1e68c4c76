// SPDX-License-Identifier: Apache-2.0
/*
 * inject - run a command as a user, disturb one system call of one of its processes, and tell all
 *
 *     inject [-t] [-T SECONDS] [-m CALL,...] [-a WORDS] USER record|ROLE:CALL:NTH:ERROR|ROLE:CALL:NTH:KILL
 *            COMMAND...
 *
 * ROLE is supervisor (COMMAND's own process), copy (the same, when it has executed itself again), init (the
 * first process of a new pid namespace), payload (init's child, with --init), helper-N (made by vfork: the
 * id helper) or child-N (the keeper, a go-between, a monitor; in the order in which they are made). CALL is a
 * system call's number, NTH counts the role's calls of it from 1, ERROR is an errno. A process is
 * followed until it has executed another program; then it is no longer nsrun.
 *
 * Runs as root, as a tracer: a traced program keeps its setuid bit and its file capabilities only
 * when the tracer has CAP_SYS_PTRACE. strace counts calls per process, but cannot disturb those of
 * one process only; hence this program.
 *
 * Prints, one per line and tab separated: "call ROLE CALL" for each (record), "hit",
 * "witness KEY VALUE" (the command's process, before its first instruction, as the kernel shows it
 * from outside), "left ROLE NAME", "end exited|killed|hung STATUS", "seconds S", and then what the
 * command printed: "stdout LINE", "stderr LINE".
 *
 * With -a, COMMAND runs in peace. When it has ended well and what it leaves behind sleeps, COMMAND's program
 * runs with WORDS, not followed: counted and disturbed is what was left, and the end is that of WORDS.
 *
 * The system calls of -m are missing, as on an older kernel: by a filter, which costs no privilege.
 * With -t standard input and output are a terminal of the user's own; standard error never is.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tell.h"

#ifndef __x86_64__
#error "how a system call is left out is written for x86-64 only"
#endif

extern long ptrace(int request, ...);

#define PROCESSES_MAX 64
#define CALLS_MAX     1024
#define GRACE_SECONDS 3
#define KILL	      (-1)
#define CALLS_LACKING_MAX 16
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |   \
	 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

struct process {
	pid_t pid;
	char role[16];
	bool watched; /* its system calls are counted, and may be disturbed */
	bool failing; /* the call that it is in is to return the error */
	long call;    /* the one that it is in, or was last */
	bool waiting; /* it has stopped and has no role yet */
	long heap_end; /* what brk(2) returned last */
	unsigned short counts[CALLS_MAX];
};

struct disturbance {
	bool record;
	char role[16];
	long call;
	unsigned nth;
	int error;
	bool hit;
};

static struct process processes[PROCESSES_MAX];
static unsigned helpers, children;
static struct disturbance disturbance;
static pid_t first;
static int first_status = -1;
static char *lacking;
static char *afterwards; /* words of -a, until they run */

/* --- processes and their roles --- */

static struct process *find(pid_t pid)
{
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

static struct process *add(pid_t pid)
{
	struct process *process = find(0);

	if (!process)
		errx(1, "too many processes");
	memset(process, 0, sizeof(*process));
	process->pid = pid;
	return process;
}

/* whether a process lives in a pid namespace below ours: it has a number there, too */
static bool is_inside(pid_t pid)
{
	char text[4096], *numbers;

	if (!tell_read(pid, "status", text, sizeof(text)))
		return false;
	numbers = strstr(text, "\nNSpid:\t");
	if (!numbers)
		return false;
	numbers += strlen("\nNSpid:\t");
	numbers[strcspn(numbers, "\n")] = '\0';
	return strchr(numbers, '\t') != NULL;
}

static void name_child(struct process *child, const struct process *parent, int event)
{
	child->watched = parent->watched;
	if (strcmp(parent->role, "init") == 0 || strcmp(parent->role, "payload") == 0)
		strcpy(child->role, "payload");
	else if (is_inside(child->pid))
		strcpy(child->role, "init");
	else if (event == PTRACE_EVENT_VFORK)
		snprintf(child->role, sizeof(child->role), "helper-%u", ++helpers);
	else
		snprintf(child->role, sizeof(child->role), "child-%u", ++children);
}

/* --- system calls --- */

static void enter_call(struct process *process, const struct ptrace_syscall_info *info)
{
	unsigned long long call = info->entry.nr;

	if (call >= CALLS_MAX || afterwards)
		return;
	process->call = (long)call;
	process->counts[call]++;
	if (disturbance.record) {
		printf("call\t%s\t%llu\n", process->role, call);
		return;
	}
	if (disturbance.hit || (long)call != disturbance.call ||
	    process->counts[call] != disturbance.nth ||
	    strcmp(process->role, disturbance.role) != 0)
		return;
	disturbance.hit = true;
	if (disturbance.error == KILL) {
		kill(process->pid, SIGKILL);
		return;
	}
	process->failing = true;
	/* Linux closes a descriptor also where close(2) gives an error */
	if (call != SYS_close)
		ptrace(PTRACE_POKEUSR, process->pid, offsetof(struct user, regs.orig_rax), -1L);
}

static void leave_call(struct process *process, long returned)
{
	long value = -disturbance.error;

	/* brk(2) alone tells of a failure by returning what it returned before */
	if (process->failing && disturbance.call == SYS_brk)
		value = process->heap_end;
	else if (returned > 0)
		process->heap_end = process->call == SYS_brk ? returned : process->heap_end;
	if (process->failing)
		ptrace(PTRACE_POKEUSR, process->pid, offsetof(struct user, regs.rax), value);
	process->failing = false;
}

static void at_call(struct process *process)
{
	struct ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter_call(process, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leave_call(process, info.exit.rval);
}

/* --- following --- */

static void go_on(const struct process *process, int signal)
{
	bool wanted = !disturbance.hit && strcmp(process->role, disturbance.role) == 0;
	bool watch = process->watched && !afterwards &&
		     (disturbance.record || wanted || process->failing);

	ptrace(watch ? PTRACE_SYSCALL : PTRACE_CONT, process->pid, 0L, (long)signal);
}

/* a new child stops first of all; that may be seen before this event, which names it */
static void take_child(const struct process *parent, int event)
{
	unsigned long number;
	struct process *child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, 0L, &number) < 0)
		return; /* killed since: see release_orphans() */
	child = find((pid_t)number);
	if (!child)
		child = add((pid_t)number);
	name_child(child, parent, event);
	if (child->waiting)
		go_on(child, 0);
	child->waiting = false;
}

/* whether a process in the container has just executed witness.c */
static bool is_command(pid_t pid)
{
	char name[32];

	return is_inside(pid) && tell_read(pid, "comm", name, sizeof(name)) &&
	       strcmp(name, "witness\n") == 0;
}

static void at_event(struct process *process, int event)
{

	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		take_child(process, event);
		break;
	case PTRACE_EVENT_EXEC:
		if (is_command(process->pid)) {
			process->watched = false;
			tell_witness(process->pid);
		} else if (is_inside(process->pid)) {
			break; /* the reaper, which executes itself anew: still nsrun */
		} else if (process->pid != first) {
			process->watched = false; /* another program, with tests of its own */
		} else {
			/* no longer this program's child, but the command; or the command's copy */
			if (process->watched)
				strcpy(process->role, "copy");
			memset(process->counts, 0, sizeof(process->counts));
			process->watched = true;
		}
		break;
	default:
		break;
	}
}

static void at_stop(struct process *process, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;

	if (signal == (SIGTRAP | 0x80)) {
		at_call(process);
		go_on(process, 0);
	} else if (event == PTRACE_EVENT_STOP) {
		bool stopped = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
			       signal == SIGTTOU;

		if (stopped)
			ptrace(PTRACE_LISTEN, process->pid, 0L, 0L);
		else
			go_on(process, 0);
	} else if (event) {
		at_event(process, event);
		go_on(process, 0);
	} else {
		go_on(process, signal);
	}
}

static volatile sig_atomic_t alarmed;

static void on_alarm(int signal)
{
	(void)signal;
	alarmed = 1;
}

static bool any_left(void)
{
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (processes[i].pid)
			return true;
	return false;
}

/* Children whose parent died before it could tell of them: the event that names them never comes. What
 * nobody watches ends, or does not, as it would without a tracer. */
static void release_orphans(void)
{
	char text[512];
	const char *name_end;
	int parent;

	for (size_t i = 0; i < PROCESSES_MAX; i++) {
		struct process *process = &processes[i];

		if (!process->pid || !process->waiting ||
		    !tell_read(process->pid, "stat", text, sizeof(text)) ||
		    !(name_end = strrchr(text, ')')) || sscanf(name_end + 1, " %*c %d", &parent) != 1 ||
		    (find(parent) && parent != 0))
			continue;
		strcpy(process->role, "orphan");
		process->waiting = false;
		go_on(process, 0);
	}
}

static void take(pid_t pid, int status)
{
	struct process *process = find(pid);

	if (WIFSTOPPED(status)) {
		if (!process) {
			add(pid)->waiting = true;
			release_orphans();
		} else
			at_stop(process, status);
		return;
	}
	if (pid == first) {
		first_status = status;
		if (status != 0)
			afterwards = NULL; /* there is nothing to go on with */
		if (!afterwards)
			alarm(GRACE_SECONDS);
	}
	if (process)
		process->pid = 0;
	release_orphans();
}

/* whether all that is there waits for something to happen */
static bool all_sleep(void)
{
	char text[512];
	const char *name_end;

	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (processes[i].pid && tell_read(processes[i].pid, "stat", text, sizeof(text)) &&
		    (name_end = strrchr(text, ')')) && strncmp(name_end, ") S", 3) != 0)
			return false;
	return true;
}

/* until the command has ended, and what it leaves sleeps */
static void settle(void)
{
	while (!alarmed && afterwards && (first_status < 0 || !all_sleep())) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL | (first_status < 0 ? 0 : WNOHANG));

		if (pid > 0)
			take(pid, status);
		else
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

static void follow(void)
{
	while ((any_left() || first_status < 0) && !alarmed) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid > 0)
			take(pid, status);
		else if (errno == ECHILD)
			break;
	}
}

/* --- the command --- */

static int make_output(uid_t user, int ret_ends[2])
{
	/* a pipe's owner is who makes it: it is the user's, as it is with a shell */
	if (seteuid(user) < 0 || pipe2(ret_ends, O_CLOEXEC) < 0 || seteuid(0) < 0)
		return -1;
	return fcntl(ret_ends[0], F_SETFL, O_NONBLOCK);
}

/* these system calls are answered with ENOSYS, as by a kernel that does not have them. Loaded with
 * CAP_SYS_ADMIN instead of no_new_privs, which would take the privilege of the id helper */
static void lack_calls(char *numbers)
{
	struct sock_filter program[2 * CALLS_LACKING_MAX + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog filter = { .len = 1, .filter = program };

	for (char *number; (number = strsep(&numbers, ","));) {
		if (filter.len + 3u > sizeof(program) / sizeof(program[0]))
			errx(2, "too many system calls are lacking");
		program[filter.len++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(number), 0, 1);
		program[filter.len++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	}
	program[filter.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
		err(1, "seccomp");
}

static _Noreturn void become(const struct passwd *user, const int stdio[3], bool terminal,
			     bool traced, char **command)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (terminal)
		ioctl(stdio[0], TIOCSCTTY, 0);
	for (int fd = 0; fd <= 2; fd++)
		dup2(stdio[fd], fd);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (lacking)
		lack_calls(lacking);
	if (initgroups(user->pw_name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 ||
	    setuid(user->pw_uid) < 0)
		err(1, "%s", user->pw_name);
	umask(022);
	if (traced)
		raise(SIGSTOP);
	execv(command[0], command);
	err(127, "%s", command[0]);
}

static void start(const struct passwd *user, const int stdio[3], bool terminal, char **command)
{
	int status;

	first = fork();
	if (first == 0)
		become(user, stdio, terminal, true, command);
	if (waitpid(first, &status, WUNTRACED) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SEIZE, first, 0L, (long)OPTIONS) < 0)
		err(1, "cannot trace");
	strcpy(add(first)->role, "supervisor");
	kill(first, SIGCONT);
}

/* the words of -a; what was left is watched from here on */
static void start_afterwards(const struct passwd *user, const int stdio[3], char *program)
{
	char *command[16] = { program }, *words = afterwards;

	for (size_t n = 1; n < 15 && (command[n] = strsep(&words, " ")); n++)
		;
	afterwards = NULL;
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (processes[i].pid)
			ptrace(PTRACE_INTERRUPT, processes[i].pid, 0L, 0L);
	first_status = -1;
	fflush(stdout);
	first = fork();
	if (first == 0)
		become(user, stdio, false, false, command);
}

static void tell_output(const char *key, int fd)
{
	static char text[1 << 16];
	size_t length = 0;
	ssize_t n;

	while (length < sizeof(text) - 1 &&
	       (n = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n"))
		printf("%s\t%s\n", key, line);
}

static void end_all(void)
{
	char name[64];
	int status;
	pid_t pid;

	for (size_t i = 0; i < PROCESSES_MAX; i++) {
		if (!processes[i].pid || processes[i].pid == first)
			continue;
		/* the end of one that was killed at once may be seen before its beginning */
		if (!tell_read(processes[i].pid, "comm", name, sizeof(name)))
			continue;
		name[strcspn(name, "\n")] = '\0';
		printf("left\t%s\t%s\n", processes[i].role, name);
	}
	for (size_t i = 0; i < PROCESSES_MAX; i++)
		if (processes[i].pid)
			kill(processes[i].pid, SIGKILL);
	/* one that was forked just now stops first of all, and is not known yet */
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (pid > 0 && WIFSTOPPED(status))
			kill(pid, SIGKILL);
}

static void tell_end(double seconds)
{
	if (disturbance.hit)
		puts("hit");
	if (first_status < 0)
		puts("end\thung\t0");
	else if (WIFEXITED(first_status))
		printf("end\texited\t%d\n", WEXITSTATUS(first_status));
	else
		printf("end\tkilled\t%d\n", WTERMSIG(first_status));
	printf("seconds\t%.3f\n", seconds);
}

static void parse_disturbance(char *text)
{
	char *field[4] = { NULL };

	if (strcmp(text, "record") == 0) {
		disturbance.record = true;
		return;
	}
	for (size_t i = 0; i < 4; i++)
		if (!(field[i] = strsep(&text, ":")))
			errx(2, "ROLE:CALL:NTH:ERROR is wanted");
	snprintf(disturbance.role, sizeof(disturbance.role), "%s", field[0]);
	disturbance.call = atol(field[1]);
	disturbance.nth = (unsigned)atoi(field[2]);
	disturbance.error = strcmp(field[3], "KILL") == 0 ? KILL : atoi(field[3]);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int out[2], complaints[2], stdio[3], master = -1, slave, option;
	bool terminal = false;
	unsigned seconds = 15;
	struct passwd *user;
	double began;

	while ((option = getopt(argc, argv, "+tT:m:a:")) >= 0) {
		if (option == 't')
			terminal = true;
		else if (option == 'm')
			lacking = optarg;
		else if (option == 'a')
			afterwards = optarg;
		else if (option == 'T')
			seconds = (unsigned)atoi(optarg);
		else
			return 2;
	}
	if (argc - optind < 3)
		errx(2, "usage: inject [-t] [-T SECONDS] [-m CALL,...] [-a WORDS] USER record|ROLE:CALL:NTH:ERROR COMMAND...");
	user = getpwnam(argv[optind]);
	if (!user)
		errx(2, "no user '%s'", argv[optind]);
	parse_disturbance(argv[optind + 1]);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	if (make_output(user->pw_uid, out) < 0 || make_output(user->pw_uid, complaints) < 0)
		err(1, "pipe");
	stdio[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	stdio[1] = out[1];
	stdio[2] = complaints[1];
	if (terminal) {
		if (openpty(&master, &slave, NULL, NULL, NULL) < 0 ||
		    fchown(slave, user->pw_uid, (gid_t)-1) < 0)
			err(1, "openpty");
		fcntl(master, F_SETFL, O_NONBLOCK);
		stdio[0] = stdio[1] = slave;
	}
	began = now();
	sigaction(SIGALRM, &action, NULL);
	alarm(seconds);
	start(user, stdio, terminal, argv + optind + 2);
	settle();
	if (afterwards && first_status == 0)
		start_afterwards(user, stdio, argv[optind + 2]);
	follow();
	tell_end(now() - began);
	end_all();
	tell_output("stdout", terminal ? master : out[0]);
	tell_output("stderr", complaints[0]);
	return 0;
}
