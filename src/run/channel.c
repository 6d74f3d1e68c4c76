// SPDX-License-Identifier: Apache-2.0
/* The channel between supervisor and init. Runs in: both; does not allocate. */
#include "run/channel.h"

#include "base/fd.h"
#include "sys/local_socket.h"

#include <errno.h>
#include <sys/socket.h>

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
	if (error)
		message.error = *error;
	if (local_send(channel, &message, sizeof(message), &attached, attached >= 0 ? 1 : 0) < 0)
		return error_set(err, "channel", errno, "cannot send %s: the other side is gone",
				 message_name(type));
	return 0;
}

int channel_receive(int channel, struct message *ret_message, int *ret_attached,
		    struct error *err)
{
	auto_close int attached = -1;
	ssize_t n = local_receive(channel, ret_message, sizeof(*ret_message), &attached, 1);

	if (n < 0 && errno != EPROTO)
		return error_set(err, "channel", errno, "cannot read from the channel");
	if (n == 0)
		ret_message->type = MESSAGE_END;
	else if (n != (ssize_t)sizeof(*ret_message) || ret_message->type == MESSAGE_END ||
		 ret_message->type >= MESSAGE_TYPES)
		return error_set(err, "channel", 0, "what was received is no message");
	/* from a process that reads a hostile rootfs */
	error_end_texts(&ret_message->error);
	if (ret_attached)
		*ret_attached = take_fd(&attached);
	return 0;
}
