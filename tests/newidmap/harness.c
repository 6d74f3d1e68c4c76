// SPDX-License-Identifier: Apache-2.0
/* What the tests of the id helper share. Runs as root in a mount namespace of its own. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const mode_name[MODES] = { "shadow", "setuid", "capabilities" };
const char *const program_name[PROGRAMS] = { "newuidmap", "newgidmap", "nsrun-newidmap" };

static char paths[MODES][PROGRAMS][256];
static int tap_number;
static int tap_failures;

void die(const char *what)
{
	fprintf(stderr, "Bail out! %s: %s\n", what, strerror(errno));
	exit(99);
}

__attribute__((format(printf, 3, 0))) static void tap(const char *result, const char *reason,
						      const char *format, va_list arguments)
{
	printf("%s %d - ", result, ++tap_number);
	vprintf(format, arguments);
	printf(reason ? " # SKIP %s\n" : "\n", reason);
	fflush(stdout);
}

void check(bool good, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tap(good ? "ok" : "not ok", NULL, format, arguments);
	va_end(arguments);
	tap_failures += !good;
}

void skip(const char *reason, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tap("ok", reason, format, arguments);
	va_end(arguments);
}

int check_finish(void)
{
	printf("1..%d\n", tap_number);
	return tap_failures > 0;
}

const char *program_path(enum mode mode, enum program program)
{
	return paths[mode][program][0] ? paths[mode][program] : NULL;
}

static void find_programs(const char *programs_dir)
{
	for (int program = 0; program < PROGRAMS; program++) {
		snprintf(paths[MODE_SETUID][program], sizeof(paths[0][0]), "%s/setuid/%s",
			 programs_dir, program_name[program]);
		snprintf(paths[MODE_CAPABILITIES][program], sizeof(paths[0][0]),
			 "%s/capabilities/%s", programs_dir, program_name[program]);
		if (program != NSRUN_NEWIDMAP)
			snprintf(paths[MODE_SHADOW][program], sizeof(paths[0][0]), "/usr/bin/%s",
				 program_name[program]);
	}
	for (int mode = 0; mode < MODES; mode++)
		for (int program = 0; program < PROGRAMS; program++)
			if (paths[mode][program][0] && access(paths[mode][program], X_OK) < 0)
				die(paths[mode][program]);
}

static void copy_to_etc(const char *etc, const char *name)
{
	char command[512];

	snprintf(command, sizeof(command), "cp -a /etc/%s %s/ 2>/dev/null", name, etc);
	if (system(command) < 0)
		die("cp");
}

void harness_start(const char *programs_dir)
{
	char etc[] = "/tmp/newidmap-etc-XXXXXX";

	if (geteuid() != 0) {
		errno = EPERM;
		die("these tests run as root, to become others");
	}
	find_programs(programs_dir);
	signal(SIGPIPE, SIG_IGN);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("mount namespace");
	if (!mkdtemp(etc) || mount("tmpfs", etc, "tmpfs", 0, "mode=755") < 0)
		die("an /etc of our own");
	copy_to_etc(etc, "ld.so.*");
	copy_to_etc(etc, "login.defs");
	if (mount(etc, "/etc", NULL, MS_BIND, NULL) < 0 || umount(etc) < 0 || rmdir(etc) < 0)
		die("an /etc of our own");
	etc_reset();
}

void etc_remove(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/etc/%s", name);
	if (unlink(path) < 0 && errno != ENOENT && rmdir(path) < 0)
		die(path);
}

void etc_write(const char *name, const void *content, size_t length)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/etc/%s", name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		die(path);
	while (length > 0) {
		ssize_t written = write(fd, content, length);

		if (written < 0)
			die(path);
		content = (const char *)content + written;
		length -= (size_t)written;
	}
	close(fd);
}

void etc_reset(void)
{
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
				     "alice:x:1001:1001::/:/bin/sh\n"
				     "bob:x:1002:1002::/:/bin/sh\n";
	static const char ranges[] = "alice:100000:65536\nbob:165536:65536\n";
	static const char sources[] = "passwd: files\ngroup: files\n";
	static const char *const names[] = { "passwd", "subuid", "subgid", "nsswitch.conf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		etc_remove(names[i]);
	etc_write("passwd", passwd, sizeof(passwd) - 1);
	etc_write("subuid", ranges, sizeof(ranges) - 1);
	etc_write("subgid", ranges, sizeof(ranges) - 1);
	etc_write("nsswitch.conf", sources, sizeof(sources) - 1);
}

/* The target: becomes what it shall be, says so with one byte, and waits for end of file. */
static void target_main(const struct target_options *options, int hold_fd, int ready_fd)
{
	gid_t egid = options->egid ? options->egid : options->gid;
	char byte = '+';
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (syscall(SYS_setgroups, 0, NULL) < 0 ||
	    syscall(SYS_setresgid, options->gid, egid, options->gid) < 0 ||
	    syscall(SYS_setresuid, options->uid, options->uid, options->uid) < 0)
		byte = '-';
	if (!options->same_namespace && unshare(CLONE_NEWUSER) < 0)
		byte = '-';
	/* a change of ids takes it away */
	prctl(PR_SET_DUMPABLE, 1);
	if (options->deny_setgroups) {
		fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "deny", 4) != 4)
			byte = '-';
	}
	prctl(PR_SET_DUMPABLE, options->undumpable ? 0 : 1);
	if (write(ready_fd, &byte, 1) != 1)
		_exit(1);
	while (read(hold_fd, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

void target_start(const struct target_options *options, struct target *ret_target)
{
	int hold[2];
	int ready[2];
	char byte;

	if (pipe2(hold, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		die("pipe");
	ret_target->pid = fork();
	if (ret_target->pid < 0)
		die("fork");
	if (ret_target->pid == 0) {
		close(hold[1]);
		target_main(options, hold[0], ready[1]);
	}
	close(hold[0]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1 || byte != '+')
		die("target");
	close(ready[0]);
	ret_target->hold_fd = hold[1];
}

void target_stop(struct target *target)
{
	if (target->pid == 0)
		return;
	close(target->hold_fd);
	kill(target->pid, SIGKILL);
	waitpid(target->pid, NULL, 0);
	target->pid = 0;
}

static void read_proc(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t length = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	while ((got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	close(fd);
}

void maps_read(pid_t pid, struct maps *ret_maps)
{
	read_proc(pid, "uid_map", ret_maps->uid_map, sizeof(ret_maps->uid_map));
	read_proc(pid, "gid_map", ret_maps->gid_map, sizeof(ret_maps->gid_map));
	read_proc(pid, "setgroups", ret_maps->setgroups, sizeof(ret_maps->setgroups));
}

bool maps_equal(const struct maps *a, const struct maps *b)
{
	return strcmp(a->uid_map, b->uid_map) == 0 && strcmp(a->gid_map, b->gid_map) == 0 &&
	       strcmp(a->setgroups, b->setgroups) == 0;
}

bool maps_empty(const struct maps *maps)
{
	return maps->uid_map[0] == '\0' && maps->gid_map[0] == '\0';
}

/* Between clone and exec: system calls only, the memory is the parent's. Returns if something
 * failed. */
static void become_and_exec(const char *path, char *const argv[], const struct run_options *options,
			    int said_fd)
{
	static char *const empty[] = { NULL };

	if (dup2(said_fd, 2) < 0 || dup2(said_fd, 1) < 0)
		return;
	if (options->pass_fd && dup2(options->pass_fd, options->pass_as) < 0)
		return;
	if (options->also_pass_as && dup2(options->pass_fd, options->also_pass_as) < 0)
		return;
	if (options->close_standard)
		syscall(SYS_close_range, 0, 2, 0);
	if (syscall(SYS_setgroups, options->n_groups, options->groups) < 0 ||
	    syscall(SYS_setresgid, options->gid, options->gid, options->gid) < 0 ||
	    syscall(SYS_setresuid, options->uid, options->uid, options->uid) < 0)
		return;
	if (options->no_new_privs && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return;
	for (int i = 0; i < options->n_limits; i++) {
		const struct rlimit limit = { options->limit[i].value, options->limit[i].value };

		if (syscall(SYS_prlimit64, 0, options->limit[i].resource, &limit, NULL) < 0)
			return;
	}
	syscall(SYS_execve, path, options->no_arguments ? empty : argv,
		options->envp ? options->envp : empty);
}

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct start {
	const char *path;
	char *const *argv;
	const struct run_options *options;
	int said_fd;
};

static int start_main(void *arg)
{
	const struct start *start = arg;

	become_and_exec(start->path, start->argv, start->options, start->said_fd);
	_exit(127);
}

/* What vfork() does, on a stack of its own: the memory is shared until the child execs. */
static pid_t start_program(struct start *start)
{
	static char stack[65536] __attribute__((aligned(16)));

	return clone(start_main, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, start);
}

void program_run(const char *path, char *const argv[], const struct run_options *options,
		 struct outcome *ret_outcome)
{
	static int null_fd = -1;
	int said[2] = { -1, -1 };
	ssize_t length = 0;
	pid_t pid;

	if (null_fd < 0)
		null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (!options->quiet && pipe2(said, O_CLOEXEC) < 0)
		die("pipe");
	pid = start_program(&(struct start){ .path = path,
					     .argv = argv,
					     .options = options,
					     .said_fd = options->quiet ? null_fd : said[1] });
	if (pid < 0)
		die("fork");
	ret_outcome->said[0] = '\0';
	if (!options->quiet) {
		size_t filled = 0;

		close(said[1]);
		while ((length = read(said[0], ret_outcome->said + filled,
				      sizeof(ret_outcome->said) - 1 - filled)) > 0)
			filled += (size_t)length;
		ret_outcome->said[filled] = '\0';
		close(said[0]);
	}
	ret_outcome->status = wait_status(pid);
}
