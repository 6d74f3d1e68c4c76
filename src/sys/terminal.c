// SPDX-License-Identifier: Apache-2.0
/* Terminals. Runs in: init (making) and supervisor (modes, sizes). */
#include "sys/terminal.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

int terminal_open_peer(int master, struct error *err)
{
	struct statfs fs;
	int unlock = 0;
	int peer;

	/* a rootfs or a volume may offer something else under this name (runc CVE-2025-52565) */
	if (fstatfs(master, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC)
		return error_set(err, "terminal", 0, "'/dev/pts/ptmx' is not of a devpts");
	if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return error_set(err, "terminal", errno, "cannot unlock the new terminal");
	peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer < 0)
		return error_set(err, "terminal", errno, "cannot open the new terminal");
	return peer;
}

int terminal_make_raw(int fd, struct termios *ret_saved)
{
	struct termios raw;

	if (tcgetattr(fd, ret_saved) < 0)
		return -1;
	raw = *ret_saved;
	cfmakeraw(&raw);
	return tcsetattr(fd, TCSADRAIN, &raw);
}

void terminal_restore(int fd, const struct termios *saved)
{
	tcsetattr(fd, TCSANOW, saved); /* not waiting for output that nobody reads */
}

void terminal_copy_size(int from, int to)
{
	struct winsize size;

	if (ioctl(from, TIOCGWINSZ, &size) == 0)
		ioctl(to, TIOCSWINSZ, &size);
}

int terminal_typed_signal(int master, const char *typed, size_t length)
{
	struct termios modes;

	if (tcgetattr(master, &modes) < 0 || !(modes.c_lflag & ISIG))
		return 0;
	if (memchr(typed, modes.c_cc[VINTR], length))
		return SIGINT;
	return memchr(typed, modes.c_cc[VQUIT], length) ? SIGQUIT : 0;
}
