// SPDX-License-Identifier: Apache-2.0
/* Datagrams between processes of one user. Runs in: every process. */
#include "sys/local_socket.h"

#include "base/fd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

union control {
	char bytes[CMSG_SPACE(sizeof(int) * LOCAL_FDS_MAX)];
	struct cmsghdr header;
};

int local_send(int socket, const void *bytes, size_t length, const int *fds, size_t n)
{
	struct iovec body = { (void *)bytes, length };
	union control control = { .bytes = { 0 } };
	struct msghdr datagram = { .msg_iov = &body, .msg_iovlen = 1 };
	ssize_t sent;

	if (n > 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * n);
		datagram.msg_control = control.bytes;
		datagram.msg_controllen = CMSG_SPACE(sizeof(int) * n);
	}
	do
		sent = sendmsg(socket, &datagram, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)length ? 0 : -1;
}

static void take_fds(struct msghdr *datagram, int *ret_fds, size_t n)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(datagram);
	size_t size;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return;
	size = header->cmsg_len - CMSG_LEN(0);
	memcpy(ret_fds, CMSG_DATA(header), size < sizeof(int) * n ? size : sizeof(int) * n);
}

static void close_fds(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fd_close(take_fd(&fds[i]));
}

ssize_t local_receive(int socket, void *buffer, size_t size, int *ret_fds, size_t n)
{
	struct iovec body = { buffer, size };
	union control control;
	struct msghdr datagram;
	ssize_t length;

	for (size_t i = 0; i < n; i++)
		ret_fds[i] = -1;
	do {
		/* no padding: room for so many and no more */
		datagram = (struct msghdr){ .msg_iov = &body,
					    .msg_iovlen = 1,
					    .msg_control = control.bytes,
					    .msg_controllen = CMSG_LEN(sizeof(int) * n) };
		length = recvmsg(socket, &datagram, MSG_CMSG_CLOEXEC);
	} while (length < 0 && (errno == EINTR || errno == ECONNRESET));
	if (length < 0)
		return -1;
	take_fds(&datagram, ret_fds, n);
	if (length > 0 && !(datagram.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return length;
	close_fds(ret_fds, n); /* an empty datagram reads like the end */
	return length == 0 ? 0 : (errno = EPROTO, -1);
}

static struct sockaddr_un address_of(int dir, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", dir, name);
	return address;
}

int local_listen(int dir, const char *name, int backlog)
{
	const struct sockaddr_un address = address_of(dir, name);
	auto_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	unlinkat(dir, name, 0); /* of one that was killed */
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, backlog) < 0)
		return -1;
	return take_fd(&fd);
}

int local_connect(int dir, const char *name)
{
	const struct sockaddr_un address = address_of(dir, name);
	auto_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	return take_fd(&fd);
}
