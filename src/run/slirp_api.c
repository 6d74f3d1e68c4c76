// SPDX-License-Identifier: Apache-2.0
/* slirp4netns's control socket: one request and one answer a connection. Runs in: supervisor. */
#include "run/slirp_api.h"

#include "base/fd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#define ANSWER_TIMEOUT_S 3

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = ANSWER_TIMEOUT_S };
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) >=
			      (int)sizeof(address.sun_path))
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -1 : take_fd(&fd);
}

static int publish_one(const struct plan_network *ways, const struct published *published, uint16_t offset,
		       struct error *err)
{
	unsigned host = published->host + offset;
	auto_close int fd = connect_to(ways->api_socket);
	char request[256], answer[512];
	ssize_t n;
	int length = snprintf(request, sizeof(request),
			      "{\"execute\": \"add_hostfwd\", \"arguments\": {\"proto\": \"%s\", "
			      "\"host_addr\": \"%s\", \"host_port\": %u, \"guest_port\": %u}}",
			      published->udp ? "udp" : "tcp",
			      published->address ? published->address : "0.0.0.0", host,
			      published->inside + (unsigned)offset);

	if (fd < 0 || fd_write_all(fd, request, (size_t)length) < 0 || shutdown(fd, SHUT_WR) < 0)
		return error_set(err, "publish", errno, "cannot ask 'slirp4netns' for port %u", host);
	n = fd_read_full(fd, answer, sizeof(answer) - 1);
	if (n <= 0)
		return error_set(err, "publish", n < 0 ? errno : 0,
				 "'slirp4netns' gave no answer about port %u", host);
	answer[n] = '\0';
	if (strstr(answer, "\"error\""))
		return error_set(err, "publish", 0, "'slirp4netns' cannot publish port %u", host);
	return 0;
}

int slirp_publish(const struct plan_network *ways, struct error *err)
{
	for (size_t i = 0; i < ways->published.n; i++)
		for (uint16_t port = 0; port < ways->published.v[i].count; port++)
			if (publish_one(ways, &ways->published.v[i], port, err) < 0)
				return -1;
	return 0;
}
