// SPDX-License-Identifier: Apache-2.0
/*
 * What the seccomp tests need from the product and from the kernel. It judges nothing: what is
 * expected is computed by oracle.py, which shares no code with this.
 *
 * usage:
 *   probe program [OPTION...] default|FILE   the program for a profile, as bytes, to standard
 * output
 *       --caps=HEX --nested --fakeroot --compat32
 *   probe calls PROGRAM   reads "ABI NUMBER A0 A1 A2 A3 A4 A5" per line (ABI: 64, 32), makes each
 * call in a child without and in one with the program, and prints both outcomes: "ok", "errno N",
 * "signal N", "exit N" or "time" probe cost PROGRAM    microseconds that loading it takes, least
 * and median of 200
 */
#include "base/arena.h"
#include "base/fd.h"
#include "config/seccomp_cache.h"
#include "config/seccomp_default.h"
#include "sys/capability.h"

#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define NOBODY 65534
#define TRIES  200

static void memory_is_short(void)
{
	abort();
}

static struct arena arena = { .on_exhausted = memory_is_short };

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "probe: %s: %s\n", what, why);
	return 1;
}

/* --- program --- */

static bool set_option(struct filter_options *options, uint64_t *capabilities, const char *word)
{
	if (strncmp(word, "--caps=", 7) == 0)
		*capabilities = strtoull(word + 7, NULL, 16);
	else if (strcmp(word, "--nested") == 0)
		options->nested = true;
	else if (strcmp(word, "--fakeroot") == 0)
		options->fakeroot = true;
	else if (strcmp(word, "--compat32") == 0)
		options->compat32 = true;
	else
		return false;
	return true;
}

static int print_program(int argc, char *argv[])
{
	uint64_t capabilities = CAPABILITIES_DEFAULT;
	struct filter_options options = { 0 };
	struct filter_program program;
	struct error err;
	int result;

	while (argc > 1 && set_option(&options, &capabilities, argv[0]))
		argc--, argv++;
	if (argc != 1)
		return fail("program", "usage");
	if (strcmp(argv[0], "default") == 0)
		result = seccomp_default_compile(&arena, capabilities, &options, &program, &err);
	else
		result = seccomp_load_file(&arena, argv[0], capabilities, &options, &program, &err);
	if (result < 0)
		return fail(err.id, err.text);
	return fd_write_all(1, program.bytes, program.count * sizeof(struct sock_filter)) < 0;
}

static int read_program(const char *path, struct filter_program *program)
{
	static struct sock_filter instructions[BPF_MAXINSNS];
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, instructions, sizeof(instructions));

	if (n <= 0)
		return -1;
	*program = (struct filter_program){ .bytes = instructions,
					    .count = (size_t)n / sizeof(instructions[0]) };
	return 0;
}

/* --- calls --- */

struct call {
	unsigned abi;
	long number;
	long args[6];
};

/** struct outcome - In memory that parent and child share */
struct outcome {
	bool returned;
	long value;
};

/* i386's gate, which works for a 64-bit program too; it takes 32 bits of everything */
static long call_i386(const struct call *call)
{
#ifdef __x86_64__
	long result;

	/* the sixth argument would need the frame pointer: no call here has one that matters */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(call->number), "b"(call->args[0]), "c"(call->args[1]),
			   "d"(call->args[2]), "S"(call->args[3]), "D"(call->args[4])
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
#else
	(void)call;
	return -1;
#endif
}

static long make_call(const struct call *call)
{
	long result;

	if (call->abi == 32)
		return call_i386(call);
	result = syscall(call->number, call->args[0], call->args[1], call->args[2], call->args[3],
			 call->args[4], call->args[5]);
	return result == -1 ? -errno : result;
}

/* As somebody who can do no harm, whatever the call does. */
static void make_harmless(void)
{
	const struct rlimit little = { .rlim_cur = 1 << 20, .rlim_max = 1 << 20 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_FSIZE, &little) < 0 ||
	    (getuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
			       setresuid(NOBODY, NOBODY, NOBODY) < 0)) ||
	    chdir("/") < 0)
		_exit(99);
}

static void be_child(const struct call *call, const struct filter_program *program,
		     struct outcome *outcome)
{
	pid_t self = getpid();
	struct error err;
	long value;

	make_harmless();
	if (program && filter_load(program, &err) < 0)
		_exit(98);
	value = make_call(call);
	if (syscall(SYS_getpid) != self)
		_exit(0); /* the call has made one more process */
	outcome->value = value;
	outcome->returned = true;
	_exit(0);
}

static void print_outcome(const struct outcome *outcome, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		printf(" time");
	else if (WIFSIGNALED(status))
		printf(" signal %d", WTERMSIG(status));
	else if (!outcome->returned)
		printf(" exit %d", WEXITSTATUS(status));
	else if (outcome->value < 0 && outcome->value >= -4095)
		printf(" errno %ld", -outcome->value);
	else
		printf(" ok");
}

/* A call may sleep, and with all signals blocked. */
static void end_late_child(pid_t pid)
{
	auto_close int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd child = { .fd = fd, .events = POLLIN };

	if (poll(&child, 1, 2000) <= 0)
		kill(pid, SIGKILL);
}

/* What a call leaves is not to be found by the next one, nor by the machine. */
static int enter_own_ipc(void)
{
	return unshare(CLONE_NEWIPC) < 0 ? unshare(CLONE_NEWUSER | CLONE_NEWIPC) : 0;
}

/* msgget(2) is the one call that makes something of odd arguments */
static void remove_queue(void)
{
	int queue = msgget(-1, 0);

	if (queue >= 0)
		msgctl(queue, IPC_RMID, NULL);
}

static int try_call(const struct call *call, const struct filter_program *program,
		    struct outcome *outcome)
{
	int status;
	pid_t pid;

	memset(outcome, 0, sizeof(*outcome));
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		be_child(call, program, outcome);
	if (pid < 0)
		return -1;
	end_late_child(pid);
	if (waitpid(pid, &status, 0) < 0)
		return -1;
	print_outcome(outcome, status);
	remove_queue();
	return 0;
}

static int print_calls(const char *path)
{
	struct outcome *outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct filter_program program;
	struct call call;
	char line[512];

	if (outcome == MAP_FAILED || read_program(path, &program) < 0)
		return fail(path, "cannot be read");
	if (enter_own_ipc() < 0)
		return fail("an ipc namespace", strerror(errno));
	while (fgets(line, sizeof(line), stdin)) {
		unsigned long a[6], number;

		if (sscanf(line, "%u %lu %lu %lu %lu %lu %lu %lu", &call.abi, &number, &a[0], &a[1],
			   &a[2], &a[3], &a[4], &a[5]) != 8)
			return fail(line, "is no call");
		call.number = (long)number;
		for (int i = 0; i < 6; i++)
			call.args[i] = (long)a[i];
		if (try_call(&call, NULL, outcome) < 0 || printf(" |") < 0 ||
		    try_call(&call, &program, outcome) < 0)
			return fail("fork", strerror(errno));
		putchar('\n');
	}
	return 0;
}

/* --- cost --- */

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int print_cost(const char *path)
{
	double *times = mmap(NULL, TRIES * sizeof(*times), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct filter_program program;
	struct error err;

	if (times == MAP_FAILED || read_program(path, &program) < 0)
		return fail(path, "cannot be read");
	for (int i = 0; i < TRIES; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			double start;

			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			start = microseconds();
			filter_load(&program, &err);
			times[i] = microseconds() - start;
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	qsort(times, TRIES, sizeof(*times), compare_doubles);
	printf("%zu instructions, %zu bytes, %.1f us least, %.1f us median\n", program.count,
	       program.count * sizeof(struct sock_filter), times[0], times[TRIES / 2]);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc > 2 && strcmp(argv[1], "program") == 0)
		return print_program(argc - 2, argv + 2);
	if (argc == 3 && strcmp(argv[1], "calls") == 0)
		return print_calls(argv[2]);
	if (argc == 3 && strcmp(argv[1], "cost") == 0)
		return print_cost(argv[2]);
	return fail("usage", "probe program|calls|cost ...");
}
