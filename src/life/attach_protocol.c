// SPDX-License-Identifier: Apache-2.0
/* The datagrams between a monitor and who is attached. Runs in: both. */
#include "life/attach_protocol.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

int attach_send(int socket, int flags, enum attach_type type, uint32_t a, uint32_t b,
		const char *bytes, size_t length)
{
	struct attach_header header = { type, a, b };
	struct iovec parts[] = { { &header, sizeof(header) }, { (char *)bytes, length } };
	struct msghdr datagram = { .msg_iov = parts, .msg_iovlen = length > 0 ? 2 : 1 };
	ssize_t n;

	do
		n = sendmsg(socket, &datagram, MSG_NOSIGNAL | flags);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

int attach_receive(int socket, int flags, struct attach_message *ret, size_t *ret_length)
{
	ssize_t n;

	/* a peer that goes without reading all leaves an error, which comes once and before what it
	 * sent last */
	do
		n = recv(socket, ret, sizeof(*ret), flags);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n <= 0)
		return (int)n;
	if ((size_t)n < sizeof(ret->header))
		return errno = EPROTO, -1;
	*ret_length = (size_t)n - sizeof(ret->header);
	return 1;
}
