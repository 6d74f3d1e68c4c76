// SPDX-License-Identifier: Apache-2.0
/* Init's last steps: terminal, descriptors, limits, directory, command. Runs in: init, and the
 * reaper's child. */
#include "run/init.h"

#include "base/fd.h"
#include "base/parse.h"
#include "run/channel.h"
#include "sys/limit.h"
#include "sys/mount.h"
#include "sys/rootfs.h"
#include "sys/syscalls.h"
#include "sys/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* /dev/console is the payload's terminal, bound from its descriptor and no name */
static int bind_console(struct init *init, struct error *err)
{
	auto_close int place = rootfs_place(init->root, "/dev/console", false, err);
	auto_close int mount = -1;

	if (place < 0)
		return -1;
	mount = mount_clone(init->console, "", false);
	if (mount < 0 ||
	    mount_restrict(mount, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, PROPAGATION_PRIVATE) < 0 ||
	    mount_attach(mount, place) < 0)
		return error_set(err, "terminal", errno, "cannot mount on '/dev/console'");
	return 0;
}

int init_make_console(struct init *init, struct error *err)
{
	auto_close int master = -1;

	if (!init->plan->tty)
		return 0;
	master = sys_open_in_root(init->root, "dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0)
		return error_set(err, "terminal", errno, "cannot open '/dev/pts/ptmx'");
	init->console = terminal_open_peer(master, err);
	if (init->console < 0)
		return -1;
	if (init->plan->standard_devices && init->plan->action == ACTION_RUN &&
	    bind_console(init, err) < 0)
		return -1;
	return channel_send(init->channel, MESSAGE_CONSOLE_READY, master, NULL, err);
}

/* who may open /dev/tty, /dev/stdout and /dev/pts/0 by name: the payload's user */
static int give_console(struct init *init, struct error *err)
{
	if (init->user.uid != init->plan->setup_uid &&
	    fchown(init->console, init->user.uid, (gid_t)-1) < 0)
		return error_set(err, "terminal", errno, "cannot give the terminal to user %u",
				 init->user.uid);
	return 0;
}

int init_take_stdio(struct init *init, struct error *err)
{
	/* a session of its own: the caller's terminal is out of reach (TIOCSTI, CVE-2017-5226) */
	if (setsid() < 0 && getsid(0) != getpid())
		return error_set(err, "terminal", errno, "cannot make a session");
	if (init->console >= 0) {
		if (give_console(init, err) < 0)
			return -1;
		if (ioctl(init->console, TIOCSCTTY, 0) < 0)
			return error_set(err, "terminal", errno, "cannot take the terminal");
		init->stdio[0] = init->stdio[1] = init->stdio[2] = init->console;
	}
	for (int fd = 0; fd <= 2; fd++)
		if (init->stdio[fd] >= 0 && dup2(init->stdio[fd], fd) < 0)
			return error_set(err, "stdio", errno, "cannot set descriptor %d", fd);
	return 0;
}

int init_set_limits(struct init *init, struct error *err)
{
	const struct plan_payload *payload = &init->plan->payload;

	for (size_t i = 0; i < payload->limits.n; i++)
		if (limit_set(&payload->limits.v[i]) < 0)
			return error_set(err, "ulimit", errno, "cannot set the limit '%s'",
					 limit_name(payload->limits.v[i].resource));
	if (init->plan->action != ACTION_UNSHARE)
		umask(payload->umask);
	return 0;
}

int init_enter_workdir(struct init *init, struct error *err)
{
	const char *workdir = init->plan->payload.workdir;
	char cwd[PATH_MAX];

	if (!workdir)
		return 0;
	if (chdir(workdir) < 0)
		return error_set(err, "workdir", errno, "cannot use the working directory '%s'",
				 workdir);
	/* the kernel calls a directory outside the root "(unreachable)/..." (runc CVE-2024-21626) */
	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0 || cwd[0] != '/')
		return error_set(err, "workdir", 0,
				 "the working directory '%s' is outside the root file system",
				 workdir);
	return 0;
}

/*
 * Everything but what was asked for is closed before execve(2), and not by it: until then a command
 * that is a link to /proc/self/fd/N would be a program of the host (S03). Only the channel, which is
 * no directory, stays until the program runs.
 */
int init_close_descriptors(struct init *init, struct error *err)
{
	int first = 3 + (int)init->plan->payload.preserve_fds;

	if (init->channel != first && dup3(init->channel, first, O_CLOEXEC) < 0)
		return error_set(err, "close-range", errno, "cannot move the channel");
	init->channel = first;
	if (close_range((unsigned)first + 1, ~0U, 0) < 0)
		return error_set(err, "close-range", errno, "cannot close what was inherited");
	return 0;
}

static int exec_error(int errnum, const char *command, struct error *err)
{
	struct stat st;
	bool there = strchr(command, '/') && fstatat(AT_FDCWD, command, &st, 0) == 0;
	bool missing = errnum == ENOENT || errnum == ENOTDIR;

	if (there && missing)
		error_set(err, "command-interpreter", errnum,
			  "'%s' is there, but the interpreter or loader that it names is not",
			  command);
	else if (there && S_ISDIR(st.st_mode))
		error_set(err, "command-directory", 0, "'%s' is a directory, not a command", command);
	else
		error_set(err, missing ? "command-not-found" : "command-not-executable",
			  missing ? 0 : errnum,
			  missing ? "there is no command '%s' in the container" :
				    "cannot execute '%s'",
			  command);
	return error_set_status(err, missing ? NSRUN_EXIT_NOT_FOUND : NSRUN_EXIT_NOT_EXECUTABLE);
}

/* execvp(3) without allocating and without running a shell for what has no "#!" */
static int exec_in_path(const char *command, const char *path, char *const argv[],
			char *const envp[])
{
	int worst = ENOENT;
	const char *directory;
	size_t length;
	char file[PATH_MAX];

	while ((directory = parse_next_field(&path, ':', &length))) {
		if (snprintf(file, sizeof(file), "%.*s%s%s", (int)length, directory,
			     length ? "/" : "./", command) >= (int)sizeof(file))
			continue;
		execve(file, argv, envp);
		if (errno != ENOENT && errno != ENOTDIR)
			worst = errno;
		if (worst != ENOENT && worst != EACCES)
			break;
	}
	return worst;
}

/* "SHELL=/path" of the first one that is there, else of the last */
static const char *choose_shell(const char *const *shells)
{
	while (shells[1] && faccessat(AT_FDCWD, shells[0] + strlen("SHELL="), X_OK, AT_EACCESS) < 0)
		shells++;
	return shells[0];
}

/* a login shell is one whose name begins with a dash */
static int exec_login_shell(const char *shell, char *const envp[], struct error *err)
{
	char name[64];
	char *const argv[] = { name, NULL };

	snprintf(name, sizeof(name), "-%s", strrchr(shell, '/') + 1);
	execve(shell, argv, envp);
	return exec_error(errno, shell, err);
}

static void complete_environment(struct init *init)
{
	const struct plan_payload *payload = &init->plan->payload;
	size_t n = payload->envp_n;

	if (payload->home_wanted)
		payload->envp[n++] = init->user.home;
	if (payload->shells)
		payload->envp[n] = choose_shell(payload->shells);
}

int init_exec(struct init *init, struct error *err)
{
	const struct plan_payload *payload = &init->plan->payload;
	const char *command = payload->argv[0];
	char *const *argv = (char *const *)payload->argv;
	char *const *envp = (char *const *)payload->envp;
	char listen_pid[32];
	int errnum;

	snprintf(listen_pid, sizeof(listen_pid), "LISTEN_PID=%d", (int)getpid());
	if (payload->listen_pid)
		*payload->listen_pid = listen_pid;
	complete_environment(init);
	if (payload->login_shells && !*command)
		return exec_login_shell(choose_shell(payload->login_shells) + strlen("SHELL="),
					envp, err);
	if (!*command) {
		errnum = ENOENT;
	} else if (strchr(command, '/')) {
		execve(command, argv, envp);
		errnum = errno;
	} else {
		errnum = exec_in_path(command, payload->path ? payload->path : "/usr/bin:/bin", argv,
				      envp);
	}
	return exec_error(errnum, command, err);
}
