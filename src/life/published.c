// SPDX-License-Identifier: Apache-2.0
/* The ports of a container. Runs in: nsrun. */
#include "life/published.h"

#include "base/arena.h"
#include "base/parse.h"
#include "nsrun/container.h"

#include <stdio.h>
#include <string.h>

/* FIRST[-LAST] */
static int parse_range(const char *text, size_t length, uint16_t *ret_first, uint16_t *ret_count)
{
	const char *dash = memchr(text, '-', length);
	size_t n = dash ? (size_t)(dash - text) : length;
	uint64_t first, last;

	if (parse_decimal(text, n, UINT16_MAX, &first) < 0 || first == 0)
		return -1;
	last = first;
	if (dash && (parse_decimal(dash + 1, length - n - 1, UINT16_MAX, &last) < 0 || last < first))
		return -1;
	*ret_first = (uint16_t)first;
	*ret_count = (uint16_t)(last - first + 1);
	return 0;
}

static int set_address(const char *text, size_t length, struct published_range *ret)
{
	/* an address of IPv6 has brackets */
	if (length > 2 && text[0] == '[' && text[length - 1] == ']') {
		text++;
		length -= 2;
	}
	if (length >= sizeof(ret->address))
		return -1;
	snprintf(ret->address, sizeof(ret->address), "%.*s", length ? (int)length : 7,
		 length ? text : "0.0.0.0");
	return 0;
}

static const char *last_colon(const char *text, size_t length)
{
	return length > 0 ? memrchr(text, ':', length) : NULL;
}

int published_parse(const char *text, struct published_range *ret)
{
	const char *slash = strrchr(text, '/'), *inside, *host;
	size_t length = slash ? (size_t)(slash - text) : strlen(text);
	uint16_t host_count = 1;

	*ret = (struct published_range){ .protocol = slash ? slash + 1 : "tcp" };
	if (strcmp(ret->protocol, "tcp") != 0 && strcmp(ret->protocol, "udp") != 0)
		return -1;
	inside = last_colon(text, length);
	inside = inside ? inside + 1 : text;
	if (parse_range(inside, length - (size_t)(inside - text), &ret->inside, &ret->count) < 0)
		return -1;
	if (inside == text)
		return set_address("", 0, ret);
	length = (size_t)(inside - text) - 1;
	host = last_colon(text, length);
	host = host ? host + 1 : text;
	if (host < text + length &&
	    (parse_range(host, length - (size_t)(host - text), &ret->host, &host_count) < 0 ||
	     host_count != ret->count))
		return -1;
	return set_address(text, host > text ? (size_t)(host - text) - 1 : 0, ret);
}

static const char *describe(struct arena *arena, const struct published_range *range, uint16_t i)
{
	bool brackets = strchr(range->address, ':');
	const char *host = range->host ? arena_printf(arena, "%u", range->host + i) : "?";

	return arena_printf(arena, "%u/%s -> %s%s%s:%s", range->inside + i, range->protocol,
			    brackets ? "[" : "", range->address, brackets ? "]" : "", host);
}

static bool is_asked_for(const struct published_range *range, uint16_t i, const char *port)
{
	unsigned number = range->inside + i;
	char text[16];

	snprintf(text, sizeof(text), "%u/%s", number, range->protocol);
	if (!port || strcmp(text, port) == 0)
		return true;
	*strchr(text, '/') = '\0';
	return strcmp(range->protocol, "tcp") == 0 && strcmp(text, port) == 0;
}

void container_published(struct arena *arena, const struct container *container, const char *port,
			 nsrun_strings *ret)
{
	*ret = (nsrun_strings){ .n = 0 };
	for (size_t i = 0; i < container->ports.n; i++) {
		struct published_range range;

		if (published_parse(container->ports.v[i], &range) < 0) {
			if (!port)
				*array_push(arena, ret) = container->ports.v[i];
			continue;
		}
		for (uint16_t k = 0; k < range.count; k++)
			if (is_asked_for(&range, k, port))
				*array_push(arena, ret) = describe(arena, &range, k);
	}
}
