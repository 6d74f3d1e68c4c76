// SPDX-License-Identifier: Apache-2.0
/* The kinds of namespaces, and what can be done with one of them. */
#include "sys/namespace.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>


static const struct ns_kind_info kinds[NS_KINDS] = {
	[NS_USER] = { "user", "user", "user", CLONE_NEWUSER },
	[NS_MOUNT] = { "mount", "mount", "mnt", CLONE_NEWNS },
	[NS_PID] = { "pid", "pid", "pid", CLONE_NEWPID },
	[NS_NETWORK] = { "network", "network", "net", CLONE_NEWNET },
	[NS_IPC] = { "ipc", "ipc", "ipc", CLONE_NEWIPC },
	[NS_UTS] = { "uts", "uts", "uts", CLONE_NEWUTS },
	[NS_CGROUP] = { "cgroup", "cgroup", "cgroup", CLONE_NEWCGROUP },
};

const struct ns_kind_info *ns_kind_info(enum ns_kind kind)
{
	return &kinds[kind];
}

int ns_raise_loopback(struct error *err)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo" };

	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_set(err, "loopback", errno, "cannot set the interface 'lo' up");
	return 0;
}

int ns_open(enum ns_kind kind, const char *path, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int type;

	if (fd < 0)
		return error_set(err, "ns-open", errno, "cannot open the %s namespace '%s'",
				 kinds[kind].name, path);
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type < 0 || (uint64_t)type != kinds[kind].clone_flag)
		return error_set(err, "ns-open", 0, "'%s' is not a %s namespace", path,
				 kinds[kind].name);
	return take_fd(&fd);
}

int ns_owner(int ns_fd)
{
	return ioctl(ns_fd, NS_GET_USERNS);
}
