// SPDX-License-Identifier: Apache-2.0
/* Network interfaces. Runs in every process; allocates nothing. */
#include "sys/link.h"

#include "sys/netlink_request.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define ADD (NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)

int link_open_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

int link_namespace(int fd)
{
	return ioctl(fd, SIOCGSKNS);
}

static void begin_link(struct netlink_request *request, uint16_t type, uint16_t flags,
		       const struct ifinfomsg *link)
{
	netlink_add_message(request, type, flags, link, sizeof(*link));
}

int link_add_bridge(int fd, const char *name, uint32_t mtu,
		    const unsigned char hardware[LINK_HARDWARE_BYTES])
{
	struct netlink_request request = { .length = 0 };
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	size_t info, data;
	uint8_t off = 0;

	begin_link(&request, RTM_NEWLINK, ADD, &link);
	netlink_add_text(&request, IFLA_IFNAME, name);
	netlink_add_u32(&request, IFLA_MTU, mtu);
	netlink_add(&request, IFLA_ADDRESS, hardware, LINK_HARDWARE_BYTES);
	info = netlink_nest(&request, IFLA_LINKINFO);
	netlink_add_text(&request, IFLA_INFO_KIND, "bridge");
	data = netlink_nest(&request, IFLA_INFO_DATA);
	/* neighbours are asked for by multicast: nobody must wait until a router is noticed */
	netlink_add(&request, IFLA_BR_MCAST_SNOOPING, &off, sizeof(off));
	netlink_nest_end(&request, data);
	netlink_nest_end(&request, info);
	return netlink_ask(fd, &request, NULL, 0);
}

int link_add_veth(int fd, const char *name, const unsigned char hardware[LINK_HARDWARE_BYTES],
		  const char *peer, int peer_namespace, uint32_t mtu)
{
	struct netlink_request request = { .length = 0 };
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	size_t info, data, other;

	begin_link(&request, RTM_NEWLINK, ADD, &link);
	netlink_add_text(&request, IFLA_IFNAME, name);
	netlink_add_u32(&request, IFLA_MTU, mtu);
	netlink_add(&request, IFLA_ADDRESS, hardware, LINK_HARDWARE_BYTES);
	info = netlink_nest(&request, IFLA_LINKINFO);
	netlink_add_text(&request, IFLA_INFO_KIND, "veth");
	data = netlink_nest(&request, IFLA_INFO_DATA);
	other = netlink_nest(&request, VETH_INFO_PEER);
	netlink_add_body(&request, &link, sizeof(link));
	netlink_add_text(&request, IFLA_IFNAME, peer);
	netlink_add_u32(&request, IFLA_MTU, mtu);
	netlink_add_u32(&request, IFLA_NET_NS_FD, (uint32_t)peer_namespace);
	netlink_nest_end(&request, other);
	netlink_nest_end(&request, data);
	netlink_nest_end(&request, info);
	return netlink_ask(fd, &request, NULL, 0);
}

int link_find(int fd, const char *name)
{
	struct netlink_request request = { .length = 0 };
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct ifinfomsg found = { .ifi_index = 0 };

	begin_link(&request, RTM_GETLINK, NLM_F_ACK, &link);
	netlink_add_text(&request, IFLA_IFNAME, name);
	if (netlink_ask(fd, &request, &found, sizeof(found)) < 0)
		return -1;
	return found.ifi_index;
}

int link_raise(int fd, int index, int master)
{
	struct netlink_request request = { .length = 0 };
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC,
					.ifi_index = index,
					.ifi_flags = IFF_UP,
					.ifi_change = IFF_UP };

	begin_link(&request, RTM_NEWLINK, NLM_F_ACK, &link);
	if (master)
		netlink_add_u32(&request, IFLA_MASTER, (uint32_t)master);
	return netlink_ask(fd, &request, NULL, 0);
}

static size_t address_size(int family)
{
	return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

int link_add_address(int fd, int index, int family, const void *address, unsigned prefix_bits)
{
	struct netlink_request request = { .length = 0 };
	const struct ifaddrmsg body = { .ifa_family = (uint8_t)family,
					.ifa_prefixlen = (uint8_t)prefix_bits,
					.ifa_flags = IFA_F_PERMANENT | IFA_F_NODAD, /* at once */
					.ifa_index = (uint32_t)index };

	netlink_add_message(&request, RTM_NEWADDR, ADD, &body, sizeof(body));
	netlink_add(&request, IFA_LOCAL, address, address_size(family));
	netlink_add(&request, IFA_ADDRESS, address, address_size(family));
	return netlink_ask(fd, &request, NULL, 0);
}

int link_add_default_route(int fd, int family, const void *gateway)
{
	struct netlink_request request = { .length = 0 };
	const struct rtmsg body = { .rtm_family = (uint8_t)family,
				    .rtm_table = RT_TABLE_MAIN,
				    .rtm_protocol = RTPROT_STATIC,
				    .rtm_scope = RT_SCOPE_UNIVERSE,
				    .rtm_type = RTN_UNICAST };

	netlink_add_message(&request, RTM_NEWROUTE, ADD, &body, sizeof(body));
	netlink_add(&request, RTA_GATEWAY, gateway, address_size(family));
	return netlink_ask(fd, &request, NULL, 0);
}
