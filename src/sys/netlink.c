// SPDX-License-Identifier: Apache-2.0
/* Watching routes. Runs in: init; allocates nothing. */
#include "sys/netlink.h"

#include "base/fd.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

static int ask_for_routes(int fd)
{
	struct {
		struct nlmsghdr header;
		struct rtmsg route;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = RTM_GETROUTE,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.route = { .rtm_family = AF_UNSPEC }, /* all of them */
	};

	return send(fd, &request, sizeof(request), 0) < 0 ? -1 : 0;
}

int netlink_watch_routes(struct error *err)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
				       .nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE };
	auto_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	/* first listen, then ask: what comes in between is heard twice, not never */
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    ask_for_routes(fd) < 0)
		return error_set(err, "netlink", errno, "cannot watch the container's network");
	return take_fd(&fd);
}

static unsigned default_route(const struct nlmsghdr *header)
{
	const struct rtmsg *route = NLMSG_DATA(header);

	if (header->nlmsg_type != RTM_NEWROUTE || route->rtm_dst_len != 0 ||
	    route->rtm_type != RTN_UNICAST || route->rtm_table != RT_TABLE_MAIN)
		return 0;
	return route->rtm_family == AF_INET ? NETLINK_ROUTE_IPV4 : NETLINK_ROUTE_IPV6;
}

int netlink_take_routes(int fd, unsigned *routes, struct error *err)
{
	_Alignas(struct nlmsghdr) char buffer[16384];
	ssize_t n;

	while ((n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT)) != 0) {
		unsigned left = (unsigned)n;

		if (n < 0 && errno == ENOBUFS && ask_for_routes(fd) == 0)
			continue; /* something was lost: ask again */
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0)
			return error_set(err, "netlink", errno,
					 "cannot watch the container's network");
		for (struct nlmsghdr *at = (struct nlmsghdr *)buffer; NLMSG_OK(at, left);
		     at = NLMSG_NEXT(at, left))
			*routes |= default_route(at);
	}
	return 0;
}

/* the ioctl(2) for it asks for rights over the whole machine; this one over the own namespace */
int netlink_set_queue(const char *interface, uint32_t packets)
{
	auto_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
		struct rtattr attribute;
		uint32_t packets;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_SETLINK,
			    .nlmsg_flags = NLM_F_REQUEST },
		.link = { .ifi_index = (int)if_nametoindex(interface) },
		.attribute = { .rta_len = RTA_LENGTH(sizeof(packets)), .rta_type = IFLA_TXQLEN },
		.packets = packets,
	};

	return fd < 0 || send(fd, &request, sizeof(request), 0) < 0 ? -1 : 0;
}
