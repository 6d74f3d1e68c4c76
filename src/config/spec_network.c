// SPDX-License-Identifier: Apache-2.0
/* The setters of the network: which one, and which ports lead into it. Pure. Runs in: supervisor. */
#include "nsrun/bridge.h"
#include "nsrun/container.h"

#include "base/arena.h"
#include "base/parse.h"
#include "config/spec_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define PORTS_MAX 4096 /* each is a socket of the helper */

/* --- --network --- */

/* a word of pasta's own command line */
static int add_pasta_option(struct spec *spec, const char *text, size_t length, struct error *err)
{
	const char *word = arena_strndup(spec->arena, text, length);

	if (length == 0)
		return error_set(err, "usage", 0, "--network=pasta has an empty option");
	*array_push(spec->arena, &spec->pasta_options) = word;
	return 0;
}

static int parse_cidr(const char *text, struct error *err)
{
	unsigned a, b, c, d, bits;
	int end = 0;

	/* slirp4netns takes networks of 128 addresses or more */
	if (sscanf(text, "%3u.%3u.%3u.%3u/%2u%n", &a, &b, &c, &d, &bits, &end) == 5 &&
	    text[end] == '\0' && a < 256 && b < 256 && c < 256 && d < 256 && bits >= 1 && bits <= 25)
		return 0;
	return error_set(err, "usage", 0, "cidr takes a network such as 10.0.2.0/24, not '%s'", text);
}

static int set_slirp_option(struct spec *spec, const char *name, const char *value,
			    struct error *err)
{
	struct slirp_options *slirp = &spec->slirp;

	if (strcmp(name, "mtu") == 0 && parse_u32(value, &slirp->mtu) == 0 && slirp->mtu >= 576 &&
	    slirp->mtu <= 65521)
		return 0;
	if (strcmp(name, "allow_host_loopback") == 0 && parse_bool(value, &slirp->host_loopback) == 0)
		return 0;
	if (strcmp(name, "enable_ipv6") == 0 && parse_bool(value, &slirp->ipv6) == 0)
		return 0;
	if (strcmp(name, "outbound_addr") == 0 && text_is_address(value)) {
		slirp->outbound_addr = value;
		return 0;
	}
	if (strcmp(name, "cidr") == 0) {
		slirp->cidr = value;
		return parse_cidr(value, err);
	}
	return error_set(err, "usage", 0,
			 "--network=slirp4netns takes mtu=576-65521, cidr=NETWORK, "
			 "allow_host_loopback=BOOL, enable_ipv6=BOOL and outbound_addr=ADDRESS, not "
			 "'%s=%s'",
			 name, value);
}

static int add_slirp_option(struct spec *spec, const char *text, size_t length, struct error *err)
{
	char *name = arena_strndup(spec->arena, text, length);
	char *equals = strchr(name, '=');

	if (equals)
		*equals = '\0';
	return set_slirp_option(spec, name, equals ? equals + 1 : "", err);
}

/* HELPER[:OPTION,...] */
static int set_helper(struct spec *spec, enum network_mode mode, const char *options,
		      struct error *err)
{
	const char *option;
	size_t length;

	spec->network = mode;
	spec->ns[NS_NETWORK] = (struct ns_choice){ .mode = NS_PRIVATE };
	spec->pasta_options.n = 0;
	spec->slirp = (struct slirp_options){ .mtu = 0 };
	while ((option = parse_next_field(&options, ',', &length)))
		if ((mode == NETWORK_PASTA ? add_pasta_option : add_slirp_option)(spec, option,
										  length, err) < 0)
			return -1;
	return 0;
}

/* what follows WORD in WORD[:REST]; NULL: it is another word */
static const char *rest_of(const char *text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(text, word, length) != 0 || (text[length] != '\0' && text[length] != ':'))
		return NULL;
	return text + length;
}

bool bridge_name_is_reserved(const char *name)
{
	static const char *const words[] = { "private",     "none", "host",	 "pasta",
					     "slirp4netns", "ns",   "container", "default" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return false;
}

/* NAME[:ip=ADDRESS] */
static int set_bridge(struct spec *spec, const char *text, struct error *err)
{
	const char *colon = strchr(text, ':');
	struct in_addr address = { .s_addr = 0 };

	spec->network = NETWORK_BRIDGE;
	spec->bridge_name = colon ? arena_strndup(spec->arena, text, (size_t)(colon - text)) :
				    arena_strdup(spec->arena, text);
	if (container_name_check(spec->bridge_name, err) < 0 ||
	    bridge_name_is_reserved(spec->bridge_name))
		return error_set(err, "usage", 0,
				 "--network takes private, none, host, pasta[:OPTIONS], "
				 "slirp4netns[:OPTIONS], ns:PATH, container:NAME or "
				 "NAME[:ip=ADDRESS], not '%s'",
				 text);
	if (colon && (strncmp(colon, ":ip=", 4) != 0 ||
		      inet_pton(AF_INET, colon + 4, &address) != 1 || address.s_addr == 0))
		return error_set(err, "usage", 0,
				 "--network=%s takes ip=ADDRESS with an IPv4 address, not '%s'",
				 spec->bridge_name, colon + 1);
	spec->bridge_address = ntohl(address.s_addr);
	return 0;
}

int spec_set_network(struct spec *spec, const char *text, struct error *err)
{
	struct ns_choice *choice = &spec->ns[NS_NETWORK];
	const char *rest;

	if ((rest = rest_of(text, "pasta")))
		return set_helper(spec, NETWORK_PASTA, *rest ? rest + 1 : NULL, err);
	if ((rest = rest_of(text, "slirp4netns")))
		return set_helper(spec, NETWORK_SLIRP, *rest ? rest + 1 : NULL, err);
	spec->network = NETWORK_OTHER;
	*choice = (struct ns_choice){ .mode = NS_PRIVATE };
	if (strcmp(text, "private") == 0)
		spec->network = NETWORK_PRIVATE;
	else if (strcmp(text, "none") == 0)
		spec->network = NETWORK_NONE;
	else if (strcmp(text, "host") == 0)
		choice->mode = NS_HOST;
	else if (!spec_join(spec, choice, text))
		return set_bridge(spec, text, err);
	return 0;
}

/* --- --publish --- */

static int bad_port(struct error *err, const char *text)
{
	return error_set(err, "usage", 0,
			 "--publish takes [ADDRESS:][HOST:]PORT[-END][/tcp|/udp] with ports from 1 to "
			 "65535, not '%s'",
			 text);
}

/* FIRST[-LAST] */
static int parse_ports(const char *text, size_t length, uint64_t *ret_first, uint64_t *ret_count)
{
	const char *dash = memchr(text, '-', length);
	size_t first = dash ? (size_t)(dash - text) : length;
	uint64_t last;

	if (parse_decimal(text, first, 65535, ret_first) < 0 || *ret_first == 0)
		return -1;
	*ret_count = 1;
	if (!dash)
		return 0;
	if (parse_decimal(dash + 1, length - first - 1, 65535, &last) < 0 || last < *ret_first)
		return -1;
	*ret_count = last - *ret_first + 1;
	return *ret_count <= PORTS_MAX ? 0 : -1;
}

/* "ADDRESS:" or "[ADDRESS]:" at the start of @text; returns what follows, or NULL with @err */
static const char *take_address(struct spec *spec, const char *text, const char **ret_address,
				struct error *err)
{
	const char *end = text[0] == '[' ? strstr(text, "]:") : NULL;
	char *address;

	*ret_address = NULL;
	if (end) {
		address = arena_strndup(spec->arena, text + 1, (size_t)(end - text) - 1);
		text = end + 2;
	} else {
		const char *colon = strchr(text, ':');

		if (!colon || !strchr(colon + 1, ':'))
			return text; /* HOST:PORT or PORT */
		address = arena_strndup(spec->arena, text, (size_t)(colon - text));
		text = colon + 1;
	}
	if (*address == '\0')
		return text;
	if (!text_is_address(address)) {
		error_set(err, "usage", 0, "--publish: '%s' is no IP address", address);
		return NULL;
	}
	*ret_address = address;
	return text;
}

static int take_protocol(const char *text, size_t *ret_length, bool *ret_udp)
{
	const char *slash = strchr(text, '/');

	*ret_length = slash ? (size_t)(slash - text) : strlen(text);
	*ret_udp = slash && strcmp(slash, "/udp") == 0;
	return !slash || *ret_udp || strcmp(slash, "/tcp") == 0 ? 0 : -1;
}

int spec_add_published(struct spec *spec, const char *text, struct error *err)
{
	struct published published = { .count = 0 };
	const char *rest = take_address(spec, text, &published.address, err), *colon;
	uint64_t host, inside, host_count, count;
	size_t length, first;

	if (!rest)
		return -1;
	if (take_protocol(rest, &length, &published.udp) < 0)
		return bad_port(err, text);
	colon = memchr(rest, ':', length);
	first = colon ? (size_t)(colon - rest) : 0;
	if (parse_ports(colon ? colon + 1 : rest, colon ? length - first - 1 : length, &inside,
			&count) < 0)
		return bad_port(err, text);
	host = 0; /* any that is free */
	host_count = count;
	if (first > 0 && parse_ports(rest, first, &host, &host_count) < 0)
		return bad_port(err, text);
	if (host == 0 && count > 1)
		return error_set(err, "usage", 0,
				 "--publish '%s': a range needs the host's ports, too", text);
	if (host_count != count)
		return error_set(err, "usage", 0,
				 "--publish '%s': %llu ports of the host and %llu of the container",
				 text, (unsigned long long)host_count, (unsigned long long)count);
	published.host = (uint16_t)host;
	published.inside = (uint16_t)inside;
	published.count = (uint16_t)count;
	*array_push(spec->arena, &spec->published) = published;
	return 0;
}

/* --- --expose and --publish-all: what a rootfs cannot say, its user does --- */

static void publish_exposed(struct spec *spec, const struct published *exposed)
{
	*array_push(spec->arena, &spec->published) = *exposed;
}

int spec_add_exposed(struct spec *spec, const char *text, struct error *err)
{
	uint64_t first, count;
	size_t length;
	bool udp;

	if (take_protocol(text, &length, &udp) < 0 ||
	    parse_ports(text, length, &first, &count) < 0)
		return error_set(err, "usage", 0,
				 "--expose takes PORT[-END][/tcp|/udp] with ports from 1 to 65535, "
				 "not '%s'",
				 text);
	for (uint64_t i = 0; i < count; i++) {
		struct published *exposed = array_push(spec->arena, &spec->exposed);

		/* the host's port is any that is free */
		*exposed = (struct published){ .inside = (uint16_t)(first + i),
					       .count = 1,
					       .udp = udp };
		if (spec->publish_all)
			publish_exposed(spec, exposed);
	}
	return 0;
}

void spec_publish_all(struct spec *spec)
{
	if (!spec->publish_all)
		for (size_t i = 0; i < spec->exposed.n; i++)
			publish_exposed(spec, &spec->exposed.v[i]);
	spec->publish_all = true;
}
