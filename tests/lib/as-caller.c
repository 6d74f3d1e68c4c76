// SPDX-License-Identifier: Apache-2.0
/*
 * Become the user who calls nsrun, as a fresh login would: his ids and groups, a clean environment,
 * default signal dispositions, umask 022, and nothing of root. Becomes the command itself, so that
 * the pid of this process is that of the command. Linked statically, and no script: a test suite
 * calls it thousands of times.
 *
 * usage: as-caller USER COMMAND [ARG...]
 *
 *   CALLER_ENV     more variables for the environment, one NAME=VALUE per line
 *   CALLER_BINDS   files to lay over others first, one SOURCE:TARGET per line (in a private mount
 *                  namespace, which is the caller's "host" then)
 *   CALLER_PREFIX  words to put before the command, separated by spaces (nice -n 5, strace ...)
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_GROUPS = 256 };

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "as-caller: ");
	vfprintf(stderr, format, arguments);
	fprintf(stderr, ": %s\n", strerror(error));
	va_end(arguments);
	exit(error == ENOENT ? 127 : 126);
}

static char *copy_of(const char *text)
{
	char *copy = strdup(text ? text : "");

	if (!copy)
		die("no memory");
	return copy;
}

/* CALLER_BINDS */
static void bind_files(void)
{
	char *lines = copy_of(getenv("CALLER_BINDS")), *rest = NULL;

	if (*lines &&
	    (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0))
		die("no mount namespace");
	for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *target = strchr(line, ':');

		if (!target)
			die("no target in '%s'", line);
		*target++ = '\0';
		if (mount(line, target, NULL, MS_BIND, NULL) < 0)
			die("cannot bind '%s' to '%s'", line, target);
	}
	free(lines);
}

/* The files themselves: a static program cannot load what nsswitch.conf names. */
static struct passwd *find_user(const char *name)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *entry;

	if (!file)
		die("/etc/passwd");
	while ((entry = fgetpwent(file))) {
		if (!strcmp(entry->pw_name, name))
			return entry;
	}
	errno = EINVAL;
	die("no user '%s'", name);
}

static int find_groups(const char *user, gid_t first, gid_t *groups)
{
	FILE *file = fopen("/etc/group", "re");
	struct group *entry;
	int count = 0;

	if (!file)
		die("/etc/group");
	groups[count++] = first;
	while ((entry = fgetgrent(file))) {
		for (char **member = entry->gr_mem; *member; member++) {
			if (!strcmp(*member, user) && entry->gr_gid != first && count < MAX_GROUPS)
				groups[count++] = entry->gr_gid;
		}
	}
	fclose(file);
	return count;
}

/* A setresuid() away from 0 takes what is permitted and effective; inheritable stays. */
static void become(const struct passwd *user)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	gid_t groups[MAX_GROUPS];
	int count = find_groups(user->pw_name, user->pw_gid, groups);

	if (syscall(SYS_capget, &header, data) < 0)
		die("capget");
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].inheritable = 0;
	if (syscall(SYS_capset, &header, data) < 0)
		die("capset");
	if (setgroups((size_t)count, groups) < 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
		die("cannot become %s", user->pw_name);
}

static void set(const char *name, const char *value)
{
	if (value && setenv(name, value, 1) < 0)
		die("setenv");
}

static void clean_environment(const struct passwd *user)
{
	static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS" };
	enum { KEPT = sizeof(kept) / sizeof(*kept) };
	static char *more; /* putenv() keeps its lines */
	char *rest = NULL, *values[KEPT];

	more = copy_of(getenv("CALLER_ENV"));
	for (int i = 0; i < KEPT; i++)
		values[i] = getenv(kept[i]) ? copy_of(getenv(kept[i])) : NULL;
	clearenv();
	set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	set("LANG", "C");
	set("TERM", "xterm");
	for (int i = 0; i < KEPT; i++) {
		set(kept[i], values[i]);
		free(values[i]);
	}
	set("HOME", user->pw_dir);
	set("USER", user->pw_name);
	set("LOGNAME", user->pw_name);
	set("SHELL", "/bin/bash");
	for (char *line = strtok_r(more, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (putenv(line) != 0)
			die("putenv");
	}
}

static void default_signals(void)
{
	for (int number = 1; number < NSIG; number++) {
		if (number != SIGKILL && number != SIGSTOP)
			signal(number, SIG_DFL);
	}
}

int main(int argc, char **argv)
{
	char *prefix, *rest = NULL, **words;
	struct passwd *user;
	int count = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: as-caller USER COMMAND [ARG...]\n");
		return 125;
	}
	prefix = copy_of(getenv("CALLER_PREFIX"));
	words = calloc(strlen(prefix) + (size_t)argc, sizeof(*words));
	if (!words)
		die("no memory");
	for (char *word = strtok_r(prefix, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	memcpy(words + count, argv + 2, (size_t)(argc - 1) * sizeof(*argv));

	bind_files();
	user = find_user(argv[1]);
	clean_environment(user);
	umask(022);
	default_signals();
	if (user->pw_uid != 0)
		become(user);
	execvp(words[0], words);
	die("cannot execute '%s'", words[0]);
}
