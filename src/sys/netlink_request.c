// SPDX-License-Identifier: Apache-2.0
/* Messages for netlink(7). Runs in every process; allocates nothing. */
#include "sys/netlink_request.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

/* more than there is room for makes a request that is too long, and is not sent */
static void append(struct netlink_request *request, const void *data, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);
	struct nlmsghdr *header = (struct nlmsghdr *)(request->bytes + request->message);

	if (request->length + padded > sizeof(request->bytes)) {
		request->length = sizeof(request->bytes) + 1;
		return;
	}
	memset(request->bytes + request->length, 0, padded);
	if (size > 0)
		memcpy(request->bytes + request->length, data, size);
	request->length += padded;
	header->nlmsg_len = (uint32_t)(request->length - request->message);
}

void netlink_add_message(struct netlink_request *request, uint16_t type, uint16_t flags,
			 const void *body, size_t size)
{
	struct nlmsghdr header = { .nlmsg_type = type,
				   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags) };

	if (request->length + sizeof(header) <= sizeof(request->bytes))
		request->message = request->length;
	append(request, &header, sizeof(header));
	append(request, body, size);
}

void netlink_add(struct netlink_request *request, uint16_t type, const void *data, size_t size)
{
	struct nlattr attribute = { .nla_len = (uint16_t)(sizeof(attribute) + size),
				    .nla_type = type };

	append(request, &attribute, sizeof(attribute));
	append(request, data, size);
}

void netlink_add_u32(struct netlink_request *request, uint16_t type, uint32_t value)
{
	netlink_add(request, type, &value, sizeof(value));
}

void netlink_add_text(struct netlink_request *request, uint16_t type, const char *text)
{
	netlink_add(request, type, text, strlen(text) + 1);
}

void netlink_add_body(struct netlink_request *request, const void *body, size_t size)
{
	append(request, body, size);
}

size_t netlink_nest(struct netlink_request *request, uint16_t type)
{
	size_t nest = request->length;

	netlink_add(request, type, NULL, 0);
	return nest;
}

void netlink_nest_end(struct netlink_request *request, size_t nest)
{
	struct nlattr *attribute = (struct nlattr *)(request->bytes + nest);

	if (request->length <= sizeof(request->bytes))
		attribute->nla_len = (uint16_t)(request->length - nest);
}

/* struct answer - What is done with each message of it */
struct answer {
	netlink_each each;
	void *arg;
};

/* 1: this was the last one; -1 with errno; 0: more follows */
static int take_message(const struct nlmsghdr *message, const struct answer *answer)
{
	const struct nlmsgerr *error = NLMSG_DATA(message);

	if (message->nlmsg_type == NLMSG_DONE)
		return 1;
	if (message->nlmsg_type == NLMSG_ERROR) {
		if (error->error == 0)
			return 1;
		errno = -error->error;
		return -1;
	}
	answer->each(message, answer->arg);
	return 0;
}

/* the kernel has answered when the request is sent; the answer is one datagram or more */
static int take_answer(int fd, const struct answer *answer)
{
	_Alignas(struct nlmsghdr) char buffer[16384]; /* what the kernel expects for a dump */
	ssize_t n;

	for (;;) {
		unsigned left;

		do
			n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return -1;
		left = (unsigned)n;
		for (struct nlmsghdr *at = (struct nlmsghdr *)buffer; NLMSG_OK(at, left);
		     at = NLMSG_NEXT(at, left)) {
			int done = take_message(at, answer);

			if (done != 0)
				return done < 0 ? -1 : 0;
		}
	}
}

int netlink_ask_each(int fd, const struct netlink_request *request, netlink_each each, void *arg)
{
	/* with an address, only the sender's rights count, and not those of who made the socket
	 * (Linux 3.15) */
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct answer answer = { each, arg };
	ssize_t n;

	if (request->length > sizeof(request->bytes)) {
		errno = EMSGSIZE;
		return -1;
	}
	do
		n = sendto(fd, request->bytes, request->length, 0, (struct sockaddr *)&kernel,
			   sizeof(kernel));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : take_answer(fd, &answer);
}

/* struct reply - Where the message that is expected goes; NULL: nowhere */
struct reply {
	void *bytes;
	size_t size;
};

static void keep_reply(const struct nlmsghdr *message, void *arg)
{
	const struct reply *reply = arg;
	size_t length = NLMSG_PAYLOAD(message, 0);

	if (reply->bytes)
		memcpy(reply->bytes, NLMSG_DATA(message), length < reply->size ? length : reply->size);
}

int netlink_ask(int fd, const struct netlink_request *request, void *ret_reply, size_t size)
{
	struct reply reply = { ret_reply, size };

	return netlink_ask_each(fd, request, keep_reply, &reply);
}
