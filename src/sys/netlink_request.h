/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the kernel by netlink(7): one datagram of one or more messages, and the answer. Runs in
 * every process; allocates nothing.
 */
#ifndef NSRUN_SYS_NETLINK_REQUEST_H
#define NSRUN_SYS_NETLINK_REQUEST_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#define NETLINK_REQUEST_MAX 1024

/** struct netlink_request - What is asked; more than fits is refused when it is sent */
struct netlink_request {
	size_t length;
	size_t message; /* where the last message begins */
	_Alignas(struct nlmsghdr) char bytes[NETLINK_REQUEST_MAX];
};

/**
 * netlink_add_message() - Begin a message; attributes go to the last one
 * @flags: NLM_F_*, besides NLM_F_REQUEST
 * @body:  what follows the header: struct ifinfomsg, ...
 */
void netlink_add_message(struct netlink_request *request, uint16_t type, uint16_t flags,
			 const void *body, size_t size);

void netlink_add(struct netlink_request *request, uint16_t type, const void *data, size_t size);
void netlink_add_u32(struct netlink_request *request, uint16_t type, uint32_t value);
void netlink_add_text(struct netlink_request *request, uint16_t type, const char *text);

/** netlink_add_body() - A struct inside of a nest, which has no header of its own. */
void netlink_add_body(struct netlink_request *request, const void *body, size_t size);

/** netlink_nest() - Begin an attribute of attributes; what netlink_nest_end() takes. */
size_t netlink_nest(struct netlink_request *request, uint16_t type);
void netlink_nest_end(struct netlink_request *request, size_t nest);

/**
 * netlink_ask() - Send it, and wait until the kernel has done it
 * @fd:  a netlink socket; it says which network namespace is meant
 * @ret_reply: receives the first message that is no acknowledgement; NULL: none is expected
 *
 * The right is the caller's own, also on a socket that somebody in the network namespace has made:
 * who owns the user namespaces that two network namespaces belong to can work on both.
 * Return: 0, or -1 with errno.
 */
int netlink_ask(int fd, const struct netlink_request *request, void *ret_reply, size_t size);

typedef void (*netlink_each)(const struct nlmsghdr *message, void *arg);

/**
 * netlink_ask_each() - The same, and each message of the answer, as of a dump (NLM_F_DUMP)
 * @each: is called for each but the last, which says that it was all
 */
int netlink_ask_each(int fd, const struct netlink_request *request, netlink_each each, void *arg);

#endif
