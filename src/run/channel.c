// SPDX-License-Identifier: Apache-2.0
/* The channel between supervisor and init. Runs in: both; does not allocate. */
#include "run/channel.h"

#include "base/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static const char *const names[MESSAGE_TYPES] = {
	[MESSAGE_END] = "END",
	[MESSAGE_IDMAPS_WRITTEN] = "IDMAPS_WRITTEN",
	[MESSAGE_NETWORK_SOCKET] = "NETWORK_SOCKET",
	[MESSAGE_NETWORK_HOSTS] = "NETWORK_HOSTS",
	[MESSAGE_NETWORK_JOINED] = "NETWORK_JOINED",
	[MESSAGE_NETWORK_WANTED] = "NETWORK_WANTED",
	[MESSAGE_NETWORK_CHANGED] = "NETWORK_CHANGED",
	[MESSAGE_NETWORK_READY] = "NETWORK_READY",
	[MESSAGE_NETWORK_ABSENT] = "NETWORK_ABSENT",
	[MESSAGE_CONSOLE_READY] = "CONSOLE_READY",
	[MESSAGE_NOTICE] = "NOTICE",
	[MESSAGE_STARTING] = "STARTING",
	[MESSAGE_FAILED] = "FAILED",
};

const char *message_name(uint32_t type)
{
	return type < MESSAGE_TYPES ? names[type] : "unknown";
}

int channel_open(int ret_ends[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_ends) < 0)
		return error_set(err, "channel", errno, "cannot make the channel to init");
	return 0;
}

int channel_send(int channel, enum message_type type, int attached, const struct error *error,
		 struct error *err)
{
	struct message message = { .type = type };
	struct iovec body = { &message, sizeof(message) };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { .bytes = { 0 } };
	struct msghdr datagram = { .msg_iov = &body, .msg_iovlen = 1 };
	ssize_t n;

	if (error)
		message.error = *error;
	if (attached >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &attached, sizeof(int));
		datagram.msg_control = control.bytes;
		datagram.msg_controllen = sizeof(control.bytes);
	}
	do
		n = sendmsg(channel, &datagram, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(message))
		return error_set(err, "channel", errno, "cannot send %s: the other side is gone",
				 message_name(type));
	return 0;
}

static int take_attached(struct msghdr *datagram)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(datagram);
	int fd = -1;

	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(header), sizeof(int));
	return fd;
}

int channel_receive(int channel, struct message *ret_message, int *ret_attached,
		    struct error *err)
{
	struct iovec body = { ret_message, sizeof(*ret_message) };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control;
	struct msghdr datagram = {
		.msg_iov = &body,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_LEN(sizeof(int)), /* no padding: room for one, not two */
	};
	auto_close int attached = -1;
	ssize_t n;

	/* a peer that ends without reading all leaves an error, which comes once and before what it
	 * sent last: init's FAILED, where it failed without waiting for the maps */
	do
		n = recvmsg(channel, &datagram, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return error_set(err, "channel", errno, "cannot read from the channel");
	attached = take_attached(&datagram);
	if (n == 0) {
		ret_message->type = MESSAGE_END;
		fd_close(take_fd(&attached)); /* an empty datagram reads like the end */
	} else if (n != (ssize_t)sizeof(*ret_message) ||
		   datagram.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || ret_message->type == MESSAGE_END ||
		   ret_message->type >= MESSAGE_TYPES) {
		return error_set(err, "channel", 0, "a datagram of %zd bytes is no message", n);
	}
	/* the texts come from a process that reads a hostile rootfs: they end where they must */
	ret_message->error.id[sizeof(ret_message->error.id) - 1] = '\0';
	ret_message->error.arg[sizeof(ret_message->error.arg) - 1] = '\0';
	ret_message->error.text[sizeof(ret_message->error.text) - 1] = '\0';
	if (ret_attached)
		*ret_attached = take_fd(&attached);
	return 0;
}
