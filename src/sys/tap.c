// SPDX-License-Identifier: Apache-2.0
/* Counting what tap devices hold. */
#include "sys/tap.h"

#include "sys/netlink_request.h"

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

static void take_link(const struct nlmsghdr *message, void *arg)
{
	struct taps *taps = arg;
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

static void take_discipline(const struct nlmsghdr *message, void *arg)
{
	struct taps *taps = arg;
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

/* where the kernel does not tell, nothing is found */
static void dump(int netlink, uint16_t type, const void *body, size_t size, netlink_each take,
		 struct taps *taps)
{
	struct netlink_request request = { .length = 0 };

	netlink_add_message(&request, type, NLM_F_DUMP, body, size);
	netlink_ask_each(netlink, &request, take, taps);
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
