// SPDX-License-Identifier: Apache-2.0
/* Speaking with the holder of a bridge. Runs in: both; does not allocate. */
#include "run/bridge_protocol.h"

#include "base/fd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

union control {
	char bytes[CMSG_SPACE(sizeof(int) * BRIDGE_FDS_MAX)];
	struct cmsghdr header;
};

int bridge_send(int socket, const struct bridge_message *message, const int *fds, unsigned n)
{
	struct iovec body = { (void *)message, sizeof(*message) };
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
	return sent == (ssize_t)sizeof(*message) ? 0 : -1;
}

static void take_fds(struct msghdr *datagram, int ret_fds[BRIDGE_FDS_MAX])
{
	struct cmsghdr *header = CMSG_FIRSTHDR(datagram);
	size_t n;

	for (size_t i = 0; i < BRIDGE_FDS_MAX; i++)
		ret_fds[i] = -1;
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return;
	n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(ret_fds, CMSG_DATA(header), sizeof(int) * (n < BRIDGE_FDS_MAX ? n : BRIDGE_FDS_MAX));
}

int bridge_receive(int socket, struct bridge_message *ret, int ret_fds[BRIDGE_FDS_MAX])
{
	struct iovec body = { ret, sizeof(*ret) };
	union control control;
	struct msghdr datagram = { .msg_iov = &body,
				   .msg_iovlen = 1,
				   .msg_control = control.bytes,
				   .msg_controllen = sizeof(control.bytes) };
	ssize_t n;

	/* a peer that ends without reading all leaves an error, once, before what it sent last */
	do
		n = recvmsg(socket, &datagram, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		datagram.msg_controllen = 0;
	take_fds(&datagram, ret_fds);
	if (n < 0)
		return -1;
	if (n == 0)
		ret->type = BRIDGE_END;
	else if (n != (ssize_t)sizeof(*ret) || ret->type >= BRIDGE_TYPES)
		return errno = EPROTO, -1;
	ret->interface[sizeof(ret->interface) - 1] = '\0';
	ret->names[sizeof(ret->names) - 1] = '\0';
	ret->error.id[sizeof(ret->error.id) - 1] = '\0';
	ret->error.arg[sizeof(ret->error.arg) - 1] = '\0';
	ret->error.text[sizeof(ret->error.text) - 1] = '\0';
	return 0;
}

int bridge_connect(int dir)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	/* by the descriptor: the directory's own path may be longer than an address */
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" BRIDGE_SOCKET, dir);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	return take_fd(&fd);
}
