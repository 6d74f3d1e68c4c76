// SPDX-License-Identifier: Apache-2.0
/*
 * floor - what the kernel alone costs
 *
 *     floor ROOTFS shadow|single|helper=PATH COMMAND [ARG...]
 *
 * Makes the container that `nsrun --network=none ROOTFS COMMAND` makes, with nothing decided at run
 * time: no options, no checks of what the user may do, no error that explains itself, no fallback.
 * It is the yardstick of the benchmark: nsrun can come near it, not below it. So it has to be
 * honest twice: it does all of that work, and it does it in the cheapest order that is known.
 * Everything that does not need the id maps is done while the id helpers run.
 *
 * One file, two processes: supervisor_*() runs in the caller's namespaces, init_*() in the new
 * ones. Needs Linux 6.15, the first that clones mounts out of a detached one (see
 * init_bind_etc_files()).
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

#define NAME	      "floor"
#define SUBID_COUNT   "65536"
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Podman's default set; the rest of the bounding set is dropped. */
#define CAPABILITIES_KEPT                                                                          \
	((1ULL << CAP_CHOWN) | (1ULL << CAP_DAC_OVERRIDE) | (1ULL << CAP_FOWNER) |                 \
	 (1ULL << CAP_FSETID) | (1ULL << CAP_KILL) | (1ULL << CAP_NET_BIND_SERVICE) |              \
	 (1ULL << CAP_SETFCAP) | (1ULL << CAP_SETGID) | (1ULL << CAP_SETPCAP) |                    \
	 (1ULL << CAP_SETUID) | (1ULL << CAP_SYS_CHROOT))

struct parameter {
	const char *key;
	const char *value; /* NULL: a flag */
};

static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty" };

static const char *const device_paths[] = { "/dev/null",   "/dev/zero",	   "/dev/full",
					    "/dev/random", "/dev/urandom", "/dev/tty" };

static const struct {
	const char *name;
	const char *target;
} device_links[] = {
	{ "fd", "/proc/self/fd" },	 { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

static const struct {
	const char *name;
	const char *destination;
	const char *text;
} etc_files[] = {
	{ "hosts", "etc/hosts", "127.0.0.1\tlocalhost " NAME "\n::1\tlocalhost\n" },
	{ "hostname", "etc/hostname", NAME "\n" },
	{ "resolv.conf", "etc/resolv.conf", "" },
};

static const char *const readonly_paths[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
					      "proc/sysrq-trigger" };

/* 0: without the read-only mounts below /proc, for a runner that does not make them. */
#ifndef FLOOR_READONLY
#define FLOOR_READONLY 1
#endif

/*
 * The user and pid namespaces come with clone3, the others by unshare() in init, so that the id
 * helpers start before a network namespace is made: that alone is two thirds of a clone3 with all
 * flags. 1: all in one clone3, to measure what this order saves.
 */
#ifndef FLOOR_ONE_CLONE
#define FLOOR_ONE_CLONE 0
#endif

/*
 * 1: also what nsrun does to confine the command: its system call filter, its masks, its sysctls, a
 * session, a keyring and a limit, and a process that ends it with the runner. FLOOR_FILTER is the
 * filter in C, FLAGS and then bytes.
 */
#ifndef FLOOR_CONFINED
#define FLOOR_CONFINED 0
#endif

/* 0: without that process, to measure what it costs. */
#ifndef FLOOR_KEEPER
#define FLOOR_KEEPER FLOOR_CONFINED
#endif

#define OTHER_NAMESPACES                                                                           \
	(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

#if FLOOR_CONFINED
static const struct {
	const char *path;
	int directory;
} hidden_paths[] = {
	{ "proc/acpi", 1 },	   { "proc/asound", 1 },
	{ "proc/config.gz", 0 },   { "proc/interrupts", 0 },
	{ "proc/kallsyms", 0 },	   { "proc/kcore", 0 },
	{ "proc/keys", 0 },	   { "proc/kmsg", 0 },
	{ "proc/latency_stats", 0 }, { "proc/modules", 0 },
	{ "proc/sched_debug", 0 }, { "proc/scsi", 1 },
	{ "proc/timer_list", 0 },  { "proc/timer_stats", 0 },
	{ "sys/devices/virtual/dmi", 1 }, { "sys/devices/virtual/powercap", 1 },
	{ "sys/firmware", 1 },
};

static const struct {
	const char *name;
	const char *value;
} sysctls[] = {
	{ "net/ipv4/ping_group_range", "0 65536" },
	{ "net/ipv4/ip_unprivileged_port_start", "0" },
	{ "user/max_user_namespaces", "0" },
};

#include FLOOR_FILTER /* filter_flags, filter_bytes */
#endif

static int check(int result, const char *what)
{
	if (result < 0)
		err(125, "%s", what);
	return result;
}

/* ---- init: pid 1 of the container, until it becomes the command ---- */

/* Returns a mount of a new file system that is not attached anywhere yet. */
static int init_make_filesystem(const char *type, const struct parameter *parameters, size_t count,
				unsigned int attributes)
{
	int context = check(fsopen(type, FSOPEN_CLOEXEC), type);
	int mount;

	/* what mountinfo shows: "proc" instead of "none" */
	check(fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0), type);
	for (size_t i = 0; i < count; i++)
		check(fsconfig(context,
			       parameters[i].value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
			       parameters[i].key, parameters[i].value, 0),
		      parameters[i].key);
	check(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	mount = check(fsmount(context, FSMOUNT_CLOEXEC, attributes), type);
	close(context);
	return mount;
}

static void init_attach(int mount, int directory, const char *path)
{
	check(move_mount(mount, "", directory, path, MOVE_MOUNT_F_EMPTY_PATH), path);
	close(mount);
}

static void init_raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	check(ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	close(fd);
}

/* Returns the root file system as a private, nosuid mount that is not attached yet. */
static int init_open_rootfs(const char *path)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_NOSUID, .propagation = MS_PRIVATE };
	int rootfs =
		check(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
		      path);

	check(mount_setattr(rootfs, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
			    sizeof(attributes)),
	      "rootfs nosuid");
	return rootfs;
}

/* The new root goes on top of the current one: no path of the host is needed, nor a directory. */
static void init_pivot(int rootfs)
{
	check(move_mount(rootfs, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH), "move rootfs");
	check(fchdir(rootfs), "fchdir rootfs");
	check((int)syscall(SYS_pivot_root, ".", "."), "pivot_root");
	check(umount2(".", MNT_DETACH), "umount old root");
}

static void init_fill_dev(int dev, const int *nodes)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		check(mknodat(dev, devices[i], S_IFREG | 0644, 0), devices[i]);
		init_attach(nodes[i], dev, devices[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(device_links); i++)
		check(symlinkat(device_links[i].target, dev, device_links[i].name),
		      device_links[i].name);
}

static void init_attach_dev_mount(int mount, int dev, const char *name)
{
	check(mkdirat(dev, name, 0755), name);
	init_attach(mount, dev, name);
}

/* @files is a detached tmpfs: it is never attached itself, only the three files on it are. */
static void init_bind_etc_files(int files, int rootfs)
{
	for (size_t i = 0; i < ARRAY_SIZE(etc_files); i++) {
		size_t length = strlen(etc_files[i].text);
		int fd = check(openat(files, etc_files[i].name,
				      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644),
			       etc_files[i].name);

		if (write(fd, etc_files[i].text, length) != (ssize_t)length)
			err(125, "write %s", etc_files[i].name);
		close(fd);
		init_attach(check(open_tree(files, etc_files[i].name,
					    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
				  etc_files[i].name),
			    rootfs, etc_files[i].destination);
	}
	close(files);
}

static void init_make_readonly(int rootfs, const char *path)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
						     MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
	int tree = open_tree(rootfs, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return; /* a kernel may lack any of them */
	check(mount_setattr(tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)), path);
	init_attach(tree, rootfs, path);
}

static void init_drop_capabilities(void)
{
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(CAPABILITIES_KEPT & (1ULL << cap)))
			check(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "capability");
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

#if FLOOR_CONFINED
/* each is attached itself: one that never is costs a grace period of the kernel's when it is closed */
static void init_make_masks(int files, int masks[2])
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
						     MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

	check(mknodat(files, "mask-file", S_IFREG | 0444, 0), "mask");
	check(mkdirat(files, "mask-directory", 0555), "mask");
	for (int directory = 0; directory < 2; directory++) {
		masks[directory] = check(
			open_tree(files, directory ? "mask-directory" : "mask-file",
				  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
			"mask");
		check(mount_setattr(masks[directory], "", AT_EMPTY_PATH, &attributes,
				    sizeof(attributes)),
		      "mask");
	}
}

/* a kernel may lack any of the paths */
static void init_hide(const int masks[2], int rootfs)
{
	int attached[2] = { 0, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(hidden_paths); i++) {
		int kind = hidden_paths[i].directory, mask = masks[kind];

		if (faccessat(rootfs, hidden_paths[i].path, F_OK, 0) < 0)
			continue;
		if (attached[kind]++)
			mask = check(open_tree(mask, "",
					       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH),
				     "mask");
		check(move_mount(mask, "", rootfs, hidden_paths[i].path, MOVE_MOUNT_F_EMPTY_PATH),
		      hidden_paths[i].path);
		if (mask != masks[kind])
			close(mask);
	}
}

/* @sys: opened before its own name became read-only */
static void init_write_sysctls(int sys)
{
	for (size_t i = 0; i < ARRAY_SIZE(sysctls); i++) {
		int fd = check(openat(sys, sysctls[i].name, O_WRONLY | O_CLOEXEC), sysctls[i].name);

		check((int)write(fd, sysctls[i].value, strlen(sysctls[i].value)), sysctls[i].name);
		close(fd);
	}
}

/* the last thing before the command */
static void init_confine(void)
{
	static const unsigned long every_cpu[128] = { [0 ... 127] = ~0UL };
	static const struct rlimit core = { 1, 1 };
	struct sock_fprog program = {
		.len = sizeof(filter_bytes) / sizeof(struct sock_filter),
		.filter = (struct sock_filter *)(uintptr_t)filter_bytes,
	};

	check(setsid(), "setsid");
	check((int)syscall(SYS_sched_setaffinity, 0, sizeof(every_cpu), every_cpu), "affinity");
	check(setrlimit(RLIMIT_CORE, &core), "limit");
	check((int)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "keyring");
	check((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter_flags, &program), "seccomp");
}
#endif

static void init_await_maps(int channel)
{
	char go;

	if (recv(channel, &go, sizeof(go), 0) != sizeof(go))
		_exit(125); /* end of file: the supervisor died, or a helper failed */
}

static _Noreturn void init_main(int channel, const char *path, int single_id, char **argv)
{
	static const struct parameter dev_parameters[] = { { "mode", "0755" },
							   { "size", "65536k" } };
	static const struct parameter shm_parameters[] = { { "mode", "1777" },
							   { "size", "65536k" } };
	static const struct parameter files_parameters[] = { { "mode", "0755" }, { "size", "1m" } };
	static const struct parameter pts_parameters[] = {
		{ "newinstance", NULL }, { "mode", "0620" }, { "ptmxmode", "0666" }, { "gid", "5" }
	};
	const unsigned int strict = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	int rootfs, proc, sys, cgroup, dev, shm, mqueue, files, pts;
	int nodes[ARRAY_SIZE(devices)];
#if FLOOR_CONFINED
	int proc_sys, masks[2];
#endif

	check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "PDEATHSIG");
	if (!FLOOR_ONE_CLONE)
		check(unshare(OTHER_NAMESPACES), "unshare");

	/*
	 * Before the maps. A fresh procfs and sysfs are refused when no unmasked one is in sight,
	 * so they are made before the old root goes.
	 */
	rootfs = init_open_rootfs(path);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		nodes[i] = check(
			open_tree(AT_FDCWD, device_paths[i], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
			device_paths[i]);
	proc = init_make_filesystem("proc", NULL, 0, strict);
#if FLOOR_CONFINED
	proc_sys = check(openat(proc, "sys", O_PATH | O_CLOEXEC), "sysctls");
#endif
	sys = init_make_filesystem("sysfs", NULL, 0, strict | MOUNT_ATTR_RDONLY);
	cgroup = init_make_filesystem("cgroup2", NULL, 0, strict | MOUNT_ATTR_RDONLY);
	mqueue = init_make_filesystem("mqueue", NULL, 0, strict);
	dev = init_make_filesystem("tmpfs", dev_parameters, ARRAY_SIZE(dev_parameters),
				   MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);
	shm = init_make_filesystem("tmpfs", shm_parameters, ARRAY_SIZE(shm_parameters), strict);
	files = init_make_filesystem("tmpfs", files_parameters, ARRAY_SIZE(files_parameters),
				     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	init_pivot(rootfs);
	init_attach(proc, rootfs, "proc");
	init_attach(sys, rootfs, "sys");
	init_attach(cgroup, rootfs, "sys/fs/cgroup");
	check(move_mount(dev, "", rootfs, "dev", MOVE_MOUNT_F_EMPTY_PATH), "dev");
	for (size_t i = 0; i < FLOOR_READONLY * ARRAY_SIZE(readonly_paths); i++)
		init_make_readonly(rootfs, readonly_paths[i]);
	init_raise_loopback();
	check(sethostname(NAME, strlen(NAME)), "sethostname");

	init_await_maps(channel);

	/* With the maps: whatever creates a file, or names an id. */
	check(setresgid(0, 0, 0), "setresgid");
	if (!single_id)
		check(setgroups(0, NULL), "setgroups");
	check(setresuid(0, 0, 0), "setresuid");
	check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "PDEATHSIG");
	init_fill_dev(dev, nodes);
	pts = init_make_filesystem("devpts", pts_parameters,
				   ARRAY_SIZE(pts_parameters) - (single_id ? 1 : 0),
				   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	init_attach_dev_mount(pts, dev, "pts");
	init_attach_dev_mount(shm, dev, "shm");
	init_attach_dev_mount(mqueue, dev, "mqueue");
#if FLOOR_CONFINED
	init_make_masks(files, masks);
	init_hide(masks, rootfs);
	init_write_sysctls(proc_sys);
#endif
	init_bind_etc_files(files, rootfs);
	init_drop_capabilities();
	check((int)syscall(SYS_close_range, 3, ~0U, 0), "close_range");
#if FLOOR_CONFINED
	init_confine();
#endif

	execv(argv[0], argv);
	err(126, "%s", argv[0]);
}

/* ---- supervisor: stays in the caller's namespaces ---- */

static pid_t supervisor_spawn(const char *const argv[])
{
	static char *empty[] = { NULL };
	pid_t pid;

	errno = posix_spawn(&pid, argv[0], NULL, NULL, (char *const *)argv, empty);
	if (errno)
		err(125, "%s", argv[0]);
	return pid;
}

static void supervisor_wait_helper(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(125, "the id helper failed");
}

static void supervisor_write(int directory, const char *name, const char *text, size_t length)
{
	int fd = check(openat(directory, name, O_WRONLY | O_CLOEXEC), name);

	if (write(fd, text, length) != (ssize_t)length)
		err(125, "write %s", name);
	close(fd);
}

static void supervisor_write_single(pid_t pid)
{
	char path[32], map[32];
	int directory;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	directory = check(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), path);
	supervisor_write(directory, "setgroups", "deny", 4);
	supervisor_write(directory, "gid_map", map,
			 (size_t)snprintf(map, sizeof(map), "0 %u 1\n", getgid()));
	supervisor_write(directory, "uid_map", map,
			 (size_t)snprintf(map, sizeof(map), "0 %u 1\n", getuid()));
	close(directory);
}

/* FLOOR_SUBID: first subordinate id of the caller; a variable only so that any account will do. */
static void supervisor_write_maps(pid_t pid, const char *mode)
{
	const char *given = getenv("FLOOR_SUBID");
	const char *start = given ? given : "100000";
	char target[16], uid[16], gid[16];
	pid_t first, second;

	if (!strcmp(mode, "single")) {
		supervisor_write_single(pid);
		return;
	}
	snprintf(target, sizeof(target), "%d", pid);
	snprintf(uid, sizeof(uid), "%u", getuid());
	snprintf(gid, sizeof(gid), "%u", getgid());
	if (!strncmp(mode, "helper=", 7)) {
		const char *argv[] = { mode + 7,
				 target,
				 "-u",
				 "0",
				 uid,
				 "1",
				 "1",
				 start,
				 SUBID_COUNT,
				 "-g",
				 "0",
				 gid,
				 "1",
				 "1",
				 start,
				 SUBID_COUNT,
				 NULL };

		supervisor_wait_helper(supervisor_spawn(argv));
		return;
	}
	first = supervisor_spawn((const char *[]){ "/usr/bin/newuidmap", target, "0", uid, "1", "1",
					     start, SUBID_COUNT, NULL });
	second = supervisor_spawn((const char *[]){ "/usr/bin/newgidmap", target, "0", gid, "1", "1",
					      start, SUBID_COUNT, NULL });
	supervisor_wait_helper(first);
	supervisor_wait_helper(second);
}

#if FLOOR_KEEPER
/*
 * The parent-death signal of a command that changes its user is forgotten by the kernel: so that it ends with
 * the runner even then, somebody else looks after the two.
 */
struct kept {
	int runner, init; /* pidfds */
};

static int keep(void *arg)
{
	const struct kept *kept = arg;
	struct pollfd wait[] = { { kept->runner, POLLIN, 0 }, { kept->init, POLLIN, 0 } };

	setsid(); /* the runner's session may be killed as one */
	poll(wait, 2, -1);
	syscall(SYS_pidfd_send_signal, kept->init, SIGKILL, NULL, 0);
	return 0;
}

static pid_t supervisor_start_keeper(int init)
{
	static _Alignas(16) char stack[4096];
	static struct kept kept;

	kept.init = init;
	kept.runner = check((int)syscall(SYS_pidfd_open, getpid(), 0), "pidfd");
	return check(clone(keep, stack + sizeof(stack),
			   CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | SIGCHLD, &kept),
		     "keeper");
}
#endif

int main(int argc, char **argv)
{
	int channel[2], pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_PIDFD |
			 (FLOOR_ONE_CLONE ? OTHER_NAMESPACES : 0),
		.exit_signal = SIGCHLD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
	};
	siginfo_t info = { 0 };
	long pid;
#if FLOOR_KEEPER
	pid_t keeper;
#endif

	if (argc < 4)
		errx(125, "usage: floor ROOTFS shadow|single|helper=PATH COMMAND [ARG...]");
	check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), "socketpair");
	pid = syscall(SYS_clone3, &args, sizeof(args));
	check((int)pid, "clone3");
	if (pid == 0) {
		close(channel[0]);
		init_main(channel[1], argv[1], !strcmp(argv[2], "single"), argv + 3);
	}
	close(channel[1]);
#if FLOOR_KEEPER
	keeper = supervisor_start_keeper(pidfd);
#endif
	supervisor_write_maps((pid_t)pid, argv[2]);
	if (send(channel[0], "g", 1, MSG_NOSIGNAL) != 1)
		warn("init has gone");
	check(waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED), "waitid");
#if FLOOR_KEEPER
	check(waitpid(keeper, NULL, 0), "keeper");
#endif
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}
