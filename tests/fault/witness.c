// SPDX-License-Identifier: Apache-2.0
/*
 * The command of the fault sweep: says from inside what it may do, and ends with status 42, which
 * nothing else uses. What can be seen from outside is told by inject.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "allowed");
}

/* how much there is to read: a mask has nothing */
static void tell_size(const char *path)
{
	char bytes[64];
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		tell(path, -1);
	else
		printf("%s: %s\n", path, read(fd, bytes, sizeof(bytes)) > 0 ? "readable" : "empty");
}

int main(int argc, char **argv)
{
	char byte = 'x';

	/* one whose namespaces are joined: what it tries below may succeed there */
	if (argc > 1 && strcmp(argv[1], "idle") == 0)
		pause();
	tell("a user namespace", unshare(CLONE_NEWUSER));
	tell("a mount namespace", unshare(CLONE_NEWNS));
	tell("mount", mount("none", "/", "tmpfs", 0, NULL));
	tell("mount_setattr", syscall(SYS_mount_setattr, -1, "", 0, NULL, 0));
	tell("bpf", syscall(SYS_bpf, 0, NULL, 0));
	tell("keyring", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0));
	tell("TIOCSTI", ioctl(0, TIOCSTI, &byte));
	tell("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
	tell("sysctl", open("/proc/sys/kernel/hostname", O_WRONLY));
	tell("sysrq", open("/proc/sysrq-trigger", O_WRONLY));
	tell("the root", access("/", W_OK));
	tell("mknod", mknod("/null", S_IFCHR | 0600, 0x103));
	tell_size("/proc/kcore");
	tell_size("/proc/keys");
	tell_size("/proc/kallsyms");
	puts("witnessed");
	fflush(stdout);
	/* a container that stays; what follows marks it for who looks for it */
	if (argc > 1 && strcmp(argv[1], "stay") == 0)
		pause();
	return 42;
}
