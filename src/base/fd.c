// SPDX-License-Identifier: Apache-2.0
/* Owning file descriptors. Runs in every process. */
#include "base/fd.h"

#include <fcntl.h>
#include <stdlib.h>

int fd_open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* the lowest free number is fd itself, since those below are open */
		if (open("/dev/null", O_RDWR) < 0) /* inherited on purpose: it is a standard fd */
			return -1;
	}
	return 0;
}

int fd_write_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

ssize_t fd_read_full(int fd, void *buffer, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, (char *)buffer + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int fd_close_others(unsigned first, int *keep, size_t n)
{
	qsort(keep, n, sizeof(keep[0]), by_number);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)first)
			continue;
		if (keep[i] > (int)first && close_range(first, (unsigned)keep[i] - 1, 0) < 0)
			return -1;
		first = (unsigned)keep[i] + 1;
	}
	return close_range(first, ~0U, 0);
}
