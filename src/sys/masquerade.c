// SPDX-License-Identifier: Apache-2.0
/*
 * One nftables rule, as netlink takes it. `nft` would write it as
 *
 *     table inet nsrun { chain out { type nat hook postrouting priority 100; oifname "eth0" masquerade } }
 *
 * Runs in: a process inside the network namespace; allocates nothing.
 */
#include "sys/masquerade.h"

#include "base/fd.h"
#include "base/file.h"
#include "sys/netlink_request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define TABLE "nsrun"
#define CHAIN "out"
#define NAT_AFTER_ROUTING 100 /* where nft's "srcnat" is */

static void add_message(struct netlink_request *request, uint16_t type, uint16_t flags,
			uint8_t family, uint16_t resource)
{
	const struct nfgenmsg body = { .nfgen_family = family,
				       .version = NFNETLINK_V0,
				       .res_id = htons(resource) };

	netlink_add_message(request, type, flags, &body, sizeof(body));
}

static void add_command(struct netlink_request *request, uint16_t command, uint16_t flags)
{
	add_message(request, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | command),
		    (uint16_t)(NLM_F_CREATE | flags), NFPROTO_INET, 0);
}

/* nftables has its numbers in network order */
static void add_number(struct netlink_request *request, uint16_t type, uint32_t value)
{
	netlink_add_u32(request, type, htonl(value));
}

static void add_chain(struct netlink_request *request)
{
	size_t hook;

	add_command(request, NFT_MSG_NEWCHAIN, 0);
	netlink_add_text(request, NFTA_CHAIN_TABLE, TABLE);
	netlink_add_text(request, NFTA_CHAIN_NAME, CHAIN);
	netlink_add_text(request, NFTA_CHAIN_TYPE, "nat");
	hook = netlink_nest(request, NFTA_CHAIN_HOOK | NLA_F_NESTED);
	add_number(request, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
	add_number(request, NFTA_HOOK_PRIORITY, NAT_AFTER_ROUTING);
	netlink_nest_end(request, hook);
}

/* struct expression - One under way */
struct expression {
	size_t element;
	size_t data;
};

static struct expression begin_expression(struct netlink_request *request, const char *name)
{
	struct expression begun = { .element = netlink_nest(request, NFTA_LIST_ELEM | NLA_F_NESTED) };

	netlink_add_text(request, NFTA_EXPR_NAME, name);
	begun.data = netlink_nest(request, NFTA_EXPR_DATA | NLA_F_NESTED);
	return begun;
}

static void end_expression(struct netlink_request *request, const struct expression *begun)
{
	netlink_nest_end(request, begun->data);
	netlink_nest_end(request, begun->element);
}

static void add_rule(struct netlink_request *request, const char *interface)
{
	struct expression expression;
	char name[IFNAMSIZ] = "";
	size_t expressions, value;

	memcpy(name, interface, strnlen(interface, sizeof(name) - 1));
	add_command(request, NFT_MSG_NEWRULE, NLM_F_APPEND | NLM_F_ACK);
	netlink_add_text(request, NFTA_RULE_TABLE, TABLE);
	netlink_add_text(request, NFTA_RULE_CHAIN, CHAIN);
	expressions = netlink_nest(request, NFTA_RULE_EXPRESSIONS | NLA_F_NESTED);

	expression = begin_expression(request, "meta");
	add_number(request, NFTA_META_KEY, NFT_META_OIFNAME);
	add_number(request, NFTA_META_DREG, NFT_REG_1);
	end_expression(request, &expression);

	expression = begin_expression(request, "cmp");
	add_number(request, NFTA_CMP_SREG, NFT_REG_1);
	add_number(request, NFTA_CMP_OP, NFT_CMP_EQ);
	value = netlink_nest(request, NFTA_CMP_DATA | NLA_F_NESTED);
	netlink_add(request, NFTA_DATA_VALUE, name, sizeof(name));
	netlink_nest_end(request, value);
	end_expression(request, &expression);

	expression = begin_expression(request, "masq");
	end_expression(request, &expression);

	netlink_nest_end(request, expressions);
}

int masquerade_enable(const char *interface)
{
	auto_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	struct netlink_request request = { .length = 0 };

	if (fd < 0)
		return -1;
	add_message(&request, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	add_command(&request, NFT_MSG_NEWTABLE, 0);
	netlink_add_text(&request, NFTA_TABLE_NAME, TABLE);
	add_chain(&request);
	add_rule(&request, interface);
	add_message(&request, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	return netlink_ask(fd, &request, NULL, 0);
}

int masquerade_allow_forwarding(void)
{
	if (file_write_once(AT_FDCWD, "/proc/sys/net/ipv4/ip_forward", "1", 1) < 0)
		return -1;
	/* a kernel without IPv6 has nothing to forward */
	if (file_write_once(AT_FDCWD, "/proc/sys/net/ipv6/conf/all/forwarding", "1", 1) < 0 &&
	    errno != ENOENT)
		return -1;
	return 0;
}
