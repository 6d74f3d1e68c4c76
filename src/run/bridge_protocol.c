// SPDX-License-Identifier: Apache-2.0
/* Speaking with the holder of a bridge. Runs in: both; does not allocate. */
#include "run/bridge_protocol.h"

#include "base/fd.h"
#include "sys/local_socket.h"

#include <errno.h>

int bridge_send(int socket, const struct bridge_message *message, const int *fds, unsigned n)
{
	return local_send(socket, message, sizeof(*message), fds, n);
}

int bridge_receive(int socket, struct bridge_message *ret, int ret_fds[BRIDGE_FDS_MAX])
{
	ssize_t n = local_receive(socket, ret, sizeof(*ret), ret_fds, BRIDGE_FDS_MAX);

	if (n < 0)
		return -1;
	if (n == 0) {
		ret->type = BRIDGE_END;
	} else if (n != (ssize_t)sizeof(*ret) || ret->type >= BRIDGE_TYPES) {
		for (size_t i = 0; i < BRIDGE_FDS_MAX; i++)
			fd_close(take_fd(&ret_fds[i]));
		return errno = EPROTO, -1;
	}
	ret->interface[sizeof(ret->interface) - 1] = '\0';
	ret->names[sizeof(ret->names) - 1] = '\0';
	error_end_texts(&ret->error);
	return 0;
}

int bridge_connect(int dir)
{
	return local_connect(dir, BRIDGE_SOCKET);
}
