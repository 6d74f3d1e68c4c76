/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets of datagrams have in common: bytes that no peer of ours would send. */
#ifndef NSRUN_TESTS_DATAGRAM_H
#define NSRUN_TESTS_DATAGRAM_H

#include "nsrun/error.h"
#include "tests/fuzz/fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_FDS_MAX 4

/* with so many descriptors, all of them of the socket itself */
static void datagram_send(int to, const uint8_t *bytes, size_t length, size_t descriptors)
{
	struct iovec body = { (void *)(uintptr_t)bytes, length };
	union {
		char bytes[CMSG_SPACE(DATAGRAM_FDS_MAX * sizeof(int))];
		struct cmsghdr header;
	} control = { .bytes = { 0 } };
	struct msghdr datagram = { .msg_iov = &body, .msg_iovlen = 1 };

	if (descriptors) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		for (size_t i = 0; i < descriptors; i++)
			memcpy(CMSG_DATA(&control.header) + i * sizeof(int), &to, sizeof(int));
		datagram.msg_control = control.bytes;
		datagram.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
	}
	REQUIRE(sendmsg(to, &datagram, MSG_NOSIGNAL) == (ssize_t)length);
}

__attribute__((unused)) static void datagram_check_error(const struct error *error)
{
	REQUIRE(memchr(error->id, '\0', sizeof(error->id)));
	REQUIRE(memchr(error->arg, '\0', sizeof(error->arg)));
	REQUIRE(memchr(error->text, '\0', sizeof(error->text)));
}

/* the lowest free number: nothing was left open by what came in between */
__attribute__((unused)) static int datagram_next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

#endif
