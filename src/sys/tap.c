// SPDX-License-Identifier: Apache-2.0
/* Counting what tap devices hold. */
#include "sys/tap.h"

#include "sys/netlink_request.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#define TAPS_MAX 8 /* a container has one, and those that it makes itself */

/* struct tap - @given: by the kernel; @taken: by whoever reads, and what was dropped */
struct tap {
	int index;
	uint64_t given;
	uint64_t taken;
};

struct taps {
	size_t n;
	struct tap tap[TAPS_MAX];
};

/* struct span - Attributes: what follows the body of a message, or lies in a nest */
struct span {
	const char *bytes;
	size_t size;
};

/* the value of the attribute of a type; { NULL } where there is none, or it is shorter than @size */
static struct span find(struct span in, unsigned short type, size_t size)
{
	while (in.bytes && in.size >= sizeof(struct rtattr)) {
		const struct rtattr *at = (const struct rtattr *)in.bytes;
		size_t step = RTA_ALIGN((size_t)at->rta_len);

		if (at->rta_len < sizeof(*at) || at->rta_len > in.size)
			break;
		if ((at->rta_type & NLA_TYPE_MASK) == type && RTA_PAYLOAD(at) >= size)
			return (struct span){ RTA_DATA(at), RTA_PAYLOAD(at) };
		in = (struct span){ in.bytes + step, step < in.size ? in.size - step : 0 };
	}
	return (struct span){ NULL, 0 };
}

static struct span attributes_of(const struct nlmsghdr *message, size_t body)
{
	size_t header = NLMSG_SPACE(body);

	if (message->nlmsg_len < header)
		return (struct span){ NULL, 0 };
	return (struct span){ (const char *)message + header, message->nlmsg_len - header };
}

static void take_link(const struct nlmsghdr *message, struct taps *taps)
{
	const size_t enough = offsetof(struct rtnl_link_stats64, multicast);
	const struct ifinfomsg *link = NLMSG_DATA(message);
	struct span all = attributes_of(message, sizeof(*link));
	struct span kind = find(find(all, IFLA_LINKINFO, 0), IFLA_INFO_KIND, sizeof("tun"));
	struct span counts = find(all, IFLA_STATS64, enough);
	struct rtnl_link_stats64 stats = { 0 };

	if (!kind.bytes || !counts.bytes || memcmp(kind.bytes, "tun", sizeof("tun")) != 0 ||
	    taps->n == TAPS_MAX)
		return;
	memcpy(&stats, counts.bytes, enough);
	taps->tap[taps->n++] = (struct tap){
		.index = link->ifi_index,
		.taken = stats.tx_packets + stats.tx_dropped + stats.tx_errors,
	};
}

static void take_discipline(const struct nlmsghdr *message, struct taps *taps)
{
	const struct tcmsg *discipline = NLMSG_DATA(message);
	struct gnet_stats_basic left;
	struct gnet_stats_queue queued;
	struct span stats = find(attributes_of(message, sizeof(*discipline)), TCA_STATS2, 0);
	struct span basic = find(stats, TCA_STATS_BASIC, sizeof(left));
	struct span queue = find(stats, TCA_STATS_QUEUE, sizeof(queued));

	if (!basic.bytes || !queue.bytes || discipline->tcm_parent != TC_H_ROOT)
		return;
	memcpy(&left, basic.bytes, sizeof(left));
	memcpy(&queued, queue.bytes, sizeof(queued));
	for (size_t i = 0; i < taps->n; i++)
		if (taps->tap[i].index == discipline->tcm_ifindex)
			taps->tap[i].given = (uint64_t)left.packets + queued.qlen;
}

/* the answer to a dump: 1: more follows */
static int take_part(int netlink, void (*take)(const struct nlmsghdr *, struct taps *),
		     struct taps *taps)
{
	_Alignas(struct nlmsghdr) char buffer[16384];
	ssize_t n;
	unsigned left;

	do
		n = recv(netlink, buffer, sizeof(buffer), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -1;
	left = (unsigned)n;
	for (struct nlmsghdr *at = (struct nlmsghdr *)buffer; NLMSG_OK(at, left);
	     at = NLMSG_NEXT(at, left)) {
		if (at->nlmsg_type == NLMSG_DONE || at->nlmsg_type == NLMSG_ERROR)
			return 0;
		take(at, taps);
	}
	return 1;
}

static void dump(int netlink, uint16_t type, const void *body, size_t size,
		 void (*take)(const struct nlmsghdr *, struct taps *), struct taps *taps)
{
	struct netlink_request request = { .length = 0 };

	netlink_add_message(&request, type, NLM_F_DUMP, body, size);
	if (send(netlink, request.bytes, request.length, 0) < 0)
		return;
	while (take_part(netlink, take, taps) > 0)
		;
}

uint64_t tap_count_waiting(int netlink)
{
	const struct ifinfomsg links = { .ifi_family = AF_UNSPEC };
	const struct tcmsg disciplines = { .tcm_family = AF_UNSPEC };
	struct taps taps = { .n = 0 };
	uint64_t waiting = 0;

	dump(netlink, RTM_GETLINK, &links, sizeof(links), take_link, &taps);
	dump(netlink, RTM_GETQDISC, &disciplines, sizeof(disciplines), take_discipline, &taps);
	for (size_t i = 0; i < taps.n; i++)
		if (taps.tap[i].given > taps.tap[i].taken)
			waiting += taps.tap[i].given - taps.tap[i].taken;
	return waiting;
}
