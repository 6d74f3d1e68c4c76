// SPDX-License-Identifier: Apache-2.0
/*
 * What a shell in a container cannot find out or do. Linked statically, so that it runs in any root
 * file system. Prints what it sees; judging is the test's work.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *errno_name(int result)
{
	return result < 0 ? strerrorname_np(errno) : "ok";
}

/* fds: each open descriptor, one per line */
static int print_fds(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d\n", fd);
	}
	return 0;
}

/* inject FD: try to put bytes into a terminal's input, in every way the kernel has had */
static int inject(int fd)
{
	char byte = 'X';
	unsigned char paste = 3;

	printf("TIOCSTI %s\n", errno_name(ioctl(fd, TIOCSTI, &byte)));
	printf("TIOCSTI-high %s\n",
	       errno_name((int)syscall(SYS_ioctl, fd, 0x100000000UL | TIOCSTI, &byte)));
	printf("TIOCLINUX %s\n", errno_name(ioctl(fd, TIOCLINUX, &paste)));
	return 0;
}

/* connect PATH: what whoever listens at this socket says */
static int print_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char text[256];
	ssize_t n;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		puts(errno_name(-1));
		return 1;
	}
	while ((n = read(fd, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)n, stdout);
	return 0;
}

/* signals: say "ready", then name each signal that arrives, until SIGTERM */
static int print_signals(void)
{
	sigset_t all;
	int number = 0;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	puts("ready");
	while (number != SIGTERM) {
		number = sigwaitinfo(&all, NULL);
		if (number < 0)
			continue;
		if (number >= SIGRTMIN)
			printf("RT%d\n", number - SIGRTMIN);
		else
			printf("%s\n", sigabbrev_np(number));
	}
	return 0;
}

/* become UID GID COMMAND...: what gosu and su-exec do */
static int become(uid_t uid, gid_t gid, char **command)
{
	if (setgroups(1, &gid) < 0 && errno != EPERM) {
		perror("setgroups");
		return 1;
	}
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
		perror("setresuid");
		return 1;
	}
	execv(command[0], command);
	perror(command[0]);
	return 1;
}

/* setgroups: may this process drop its groups? */
static int try_setgroups(void)
{
	gid_t none = 0;

	printf("%s\n", errno_name(setgroups(0, &none)));
	return 0;
}

/* keyring: the serial number of the session keyring, or why there is none */
static int print_keyring(void)
{
	long serial = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);

	if (serial < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%ld\n", serial);
	return 0;
}

/* wait: say "ready", and stay, with every signal as it came (a shell would handle some) */
static _Noreturn void stay(void)
{
	puts("ready");
	for (;;)
		pause();
}

/* orphans COUNT: leave COUNT ended grandchildren to pid 1, wait until they have ended */
static int orphans(int count)
{
	int barrier[2];
	char byte;

	if (pipe(barrier) < 0)
		return 1;
	for (int i = 0; i < count; i++) {
		pid_t child = fork();

		if (child == 0) {
			if (fork() == 0) {
				/* lives until its parent is gone, so that pid 1 gets it */
				while (getppid() != 1)
					usleep(1000);
				_exit(0);
			}
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	close(barrier[1]);
	/* end of file: the last grandchild has closed its end */
	while (read(barrier[0], &byte, 1) > 0)
		;
	puts("orphaned");
	return 0;
}

/* open PATH: open for writing, without the O_CREAT and O_TRUNC of a shell, and write a line */
static int open_and_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || dprintf(fd, "%s\n", text) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerrorname_np(errno));
		return 1;
	}
	return 0;
}

/* die SIGNAL: end by a signal, also as pid 1, where the default action does not happen */
static int die(int number)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		raise(number);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* send udp|tcp ADDRESS PORT BYTES: and end at once, whatever is still on its way */
static int send_and_end(const char *kind, const char *address, int port, size_t length)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, strcmp(kind, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM, 0);
	char *bytes = calloc(1, length);
	int room = (int)length;
	size_t sent = 0;
	ssize_t n;

	/* how far a queue grows that nobody takes from differs between kernels; more than this is not given */
	if (length <= 212992)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	if (!bytes || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		puts(errno_name(-1));
		free(bytes);
		return 1;
	}
	while (sent < length && (n = write(fd, bytes + sent, length - sent)) > 0)
		sent += (size_t)n;
	_exit(sent < length);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "fds") == 0)
		return print_fds();
	if (strcmp(what, "inject") == 0 && argc == 3)
		return inject(atoi(argv[2]));
	if (strcmp(what, "signals") == 0)
		return print_signals();
	if (strcmp(what, "become") == 0 && argc > 4)
		return become((uid_t)atoi(argv[2]), (gid_t)atoi(argv[3]), argv + 4);
	if (strcmp(what, "connect") == 0 && argc == 3)
		return print_socket(argv[2]);
	if (strcmp(what, "wait") == 0)
		stay();
	if (strcmp(what, "setgroups") == 0)
		return try_setgroups();
	if (strcmp(what, "keyring") == 0)
		return print_keyring();
	if (strcmp(what, "orphans") == 0 && argc == 3)
		return orphans(atoi(argv[2]));
	if (strcmp(what, "open") == 0 && argc == 4)
		return open_and_write(argv[2], argv[3]);
	if (strcmp(what, "die") == 0 && argc == 3)
		return die(atoi(argv[2]));
	if (strcmp(what, "send") == 0 && argc == 6)
		return send_and_end(argv[2], argv[3], atoi(argv[4]), (size_t)atoi(argv[5]));
	fprintf(stderr, "probe: unknown word '%s'\n", what);
	return 64;
}
