// SPDX-License-Identifier: Apache-2.0
/*
 * How a private network gets out: which helpers are tried, in which order, with which arguments.
 * Pure. Runs in: supervisor.
 */
#include "plan/plan.h"

#include "base/arena.h"
#include "base/parse.h"
#include "sys/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define HOST_ADDRESS  "169.254.1.2" /* of the host, where pasta can give it one; as podman */
#define MTU_DEFAULT   65520U
#define QUEUE_BYTES   (8U << 20) /* above the window of a fast connection */
#define QUEUE_DEFAULT 1000U	 /* the kernel's, in packets */

static void add(struct plan *plan, nsrun_strings *argv, const char *word)
{
	*array_push(plan->arena, argv) = word;
}

/* struct ways - For which network namespace ways out are looked for */
struct ways {
	const struct spec *spec;
	const struct host *host;
	struct plan *plan;
	struct plan_network *network;
	bool own_userns;  /* it belongs to a user namespace that is not the host's */
	bool root_inside; /* the caller is root there */
};

/* --- pasta --- */

/* whether the user has a word of his own about it */
static bool asked(const struct spec *spec, const char *letter, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < spec->pasta_options.n; i++) {
		const char *word = spec->pasta_options.v[i];

		if (strcmp(word, letter) == 0 ||
		    (strncmp(word, name, length) == 0 && (!word[length] || word[length] == '=')))
			return true;
	}
	return false;
}

/* what the user said to it, or NULL */
static const char *asked_value(const struct spec *spec, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < spec->pasta_options.n; i++) {
		const char *word = spec->pasta_options.v[i];

		if (strncmp(word, name, length) == 0 && word[length] == '=')
			return word + length + 1;
		if (strcmp(word, name) == 0 && i + 1 < spec->pasta_options.n)
			return spec->pasta_options.v[i + 1];
	}
	return NULL;
}

static void add_unless_asked(const struct spec *spec, struct plan *plan, nsrun_strings *argv,
			     const char *letter, const char *name, const char *value)
{
	if (asked(spec, letter, name))
		return;
	add(plan, argv, letter);
	add(plan, argv, value);
}

/* ADDRESS/FIRST-LAST:FIRST-LAST */
static const char *pasta_ports(struct plan *plan, const struct published *published)
{
	struct text text = { .arena = plan->arena };
	uint16_t more = (uint16_t)(published->count - 1);

	if (published->address)
		text_add(&text, "%s/", published->address);
	if (more == 0)
		text_add(&text, "%u:%u", published->host, published->inside);
	else
		text_add(&text, "%u-%u:%u-%u", published->host, published->host + more,
			 published->inside, published->inside + more);
	return text_string(&text);
}

static void add_pasta_ports(const struct ways *ways, nsrun_strings *argv, bool udp)
{
	struct plan *plan = ways->plan;
	const char *option = udp ? "-u" : "-t";
	size_t before = argv->n;

	for (size_t i = 0; i < ways->network->published.n; i++) {
		if (ways->network->published.v[i].udp != udp)
			continue;
		add(plan, argv, option);
		add(plan, argv, pasta_ports(plan, &ways->network->published.v[i]));
	}
	if (argv->n == before)
		add_unless_asked(ways->spec, plan, argv, option, udp ? "--udp-ports" : "--tcp-ports",
				 "none");
}

/*
 * pasta copies the host's address, which then means the container; before 2024 there is no other for
 * the host. So there the container gets one of its own, unless the user has a wish about it.
 */
static bool has_own_address(const struct ways *ways)
{
	const struct network_fact *fact = &ways->host->network;
	const struct spec *spec = ways->spec;

	return !fact->pasta_maps_host && fact->ipv4 && fact->own_subnet != 0 &&
	       !asked(spec, "-a", "--address") && !asked(spec, "-n", "--netmask") &&
	       !asked(spec, "-g", "--gateway") && !asked(spec, "-i", "--interface") &&
	       !asked(spec, "-6", "--ipv6-only");
}

static const char *address_in(struct plan *plan, uint32_t subnet, uint32_t number)
{
	struct in_addr address = { .s_addr = htonl(subnet + number) };
	char text[INET_ADDRSTRLEN];

	return arena_strdup(plan->arena, inet_ntop(AF_INET, &address, text, sizeof(text)));
}

/* the numbers are slirp4netns's */
static void add_own_address(const struct ways *ways, nsrun_strings *argv)
{
	uint32_t subnet = ways->host->network.own_subnet;
	struct plan *plan = ways->plan;

	if (!has_own_address(ways))
		return;
	add(plan, argv, "-a");
	add(plan, argv, address_in(plan, subnet, 100));
	add(plan, argv, "-n");
	add(plan, argv, arena_printf(plan->arena, "%d", OWN_SUBNET_BITS));
	add(plan, argv, "-g");
	add(plan, argv, address_in(plan, subnet, 2));
}

static const char *pasta_host_address(const struct ways *ways)
{
	const char *wanted = asked_value(ways->spec, "--map-guest-addr");

	if (wanted)
		return strcmp(wanted, "none") == 0 ? NULL : wanted;
	if (ways->host->network.pasta_maps_host)
		return HOST_ADDRESS;
	return has_own_address(ways) ? ways->host->network.address : NULL;
}

/* nothing is forwarded unless asked, and the host's own loopback is out of reach (S91) */
static void add_pasta_defaults(const struct ways *ways, nsrun_strings *argv)
{
	const struct spec *spec = ways->spec;
	struct plan *plan = ways->plan;

	add_pasta_ports(ways, argv, false);
	add_pasta_ports(ways, argv, true);
	add_unless_asked(spec, plan, argv, "-T", "--tcp-ns", "none");
	add_unless_asked(spec, plan, argv, "-U", "--udp-ns", "none");
	if (!asked(spec, "--map-gw", "--map-gw"))
		add(plan, argv, "--no-map-gw");
	if (ways->host->network.pasta_maps_host && !asked(spec, "", "--map-guest-addr")) {
		add(plan, argv, "--map-guest-addr");
		add(plan, argv, HOST_ADDRESS);
	}
	add_own_address(ways, argv);
	add_unless_asked(spec, plan, argv, "--dns-forward", "--dns-forward",
			 ways->network->nameserver);
	add_unless_asked(spec, plan, argv, "-m", "--mtu",
			 arena_printf(plan->arena, "%u", MTU_DEFAULT));
	add_unless_asked(spec, plan, argv, "-I", "--ns-ifname", NETWORK_INTERFACE);
	for (size_t i = 0; i < spec->pasta_options.n; i++)
		if (strcmp(spec->pasta_options.v[i], "--map-gw") != 0) /* pasta's own default */
			add(plan, argv, spec->pasta_options.v[i]);
}

static void add_pasta(const struct ways *ways)
{
	struct plan_network *network = ways->network;
	const struct spec *spec = ways->spec;
	const struct host *host = ways->host;
	struct plan *plan = ways->plan;
	nsrun_strings argv = { .n = 0 };

	add(plan, &argv, host->network.pasta);
	add(plan, &argv, "--config-net");
	add(plan, &argv, "--foreground"); /* the supervisor's child, who also says why it failed */
	add(plan, &argv, "--quiet");
	/* it is ended with the container, and could not see the namespaces' names in its sandbox */
	add(plan, &argv, "--no-netns-quit");
	add_pasta_defaults(ways, &argv);
	if (host->uid == 0) {
		add(plan, &argv, "--runas");
		add(plan, &argv, "0");
	}
	if (!ways->own_userns) {
		add(plan, &argv, "--netns-only");
	} else {
		add(plan, &argv, "--userns");
		add(plan, &argv, arena_printf(plan->arena, "/proc/self/fd/%d", PASTA_FD_USERNS));
	}
	add(plan, &argv, "--netns");
	add(plan, &argv, arena_printf(plan->arena, "/proc/self/fd/%d", PASTA_FD_NETNS));
	add(plan, &argv, NULL);
	network->helpers[network->n_helpers++] =
		(struct network_helper){ HELPER_PASTA, "pasta", argv.v, false };
	network->routes = (host->network.ipv4 && !asked(spec, "-6", "--ipv6-only") ? NETLINK_ROUTE_IPV4 : 0) |
			  (host->network.ipv6 && !asked(spec, "-4", "--ipv4-only") ? NETLINK_ROUTE_IPV6 : 0);
	if (network->routes == 0) /* a host without: pasta makes up an IPv4 one */
		network->routes = NETLINK_ROUTE_IPV4;
	network->host_address = pasta_host_address(ways);
}

/* --- slirp4netns --- */

static void add_slirp_options(const struct spec *spec, struct plan *plan, nsrun_strings *argv)
{
	const struct slirp_options *slirp = &spec->slirp;

	add(plan, argv,
	    arena_printf(plan->arena, "--mtu=%u", slirp->mtu ? slirp->mtu : MTU_DEFAULT));
	if (!slirp->host_loopback)
		add(plan, argv, "--disable-host-loopback");
	if (slirp->cidr)
		add(plan, argv, arena_printf(plan->arena, "--cidr=%s", slirp->cidr));
	if (slirp->ipv6)
		add(plan, argv, "--enable-ipv6");
	if (slirp->outbound_addr)
		add(plan, argv,
		    arena_printf(plan->arena, "--outbound-addr%s=%s",
				 strchr(slirp->outbound_addr, ':') ? "6" : "", slirp->outbound_addr));
}

static void add_slirp(const struct ways *ways)
{
	struct plan_network *network = ways->network;
	const struct host *host = ways->host;
	struct plan *plan = ways->plan;
	/* its sandbox is made by root, which it is inside where root inside is the caller */
	bool as_root = ways->own_userns && ways->root_inside;
	nsrun_strings argv = { .n = 0 };

	add(plan, &argv, host->network.slirp);
	add(plan, &argv, "--configure");
	if (as_root || !ways->own_userns || host->uid == 0)
		add(plan, &argv, "--enable-sandbox");
	add(plan, &argv, "--enable-seccomp");
	add_slirp_options(ways->spec, plan, &argv);
	add(plan, &argv, arena_printf(plan->arena, "--ready-fd=%d", SLIRP_FD_READY));
	add(plan, &argv, arena_printf(plan->arena, "--exit-fd=%d", SLIRP_FD_EXIT));
	if (network->published.n > 0) {
		network->api_dir = arena_printf(plan->arena, "%s/nsrun-network-%s",
						host->network.runtime_dir, host->container_id);
		network->api_socket = arena_printf(plan->arena, "%s/api", network->api_dir);
		add(plan, &argv, arena_printf(plan->arena, "--api-socket=%s", network->api_socket));
	}
	add(plan, &argv, "--netns-type=path");
	if (ways->own_userns && !as_root)
		add(plan, &argv,
		    arena_printf(plan->arena, "--userns-path=/proc/self/fd/%d", SLIRP_FD_USERNS));
	add(plan, &argv, arena_printf(plan->arena, "/proc/self/fd/%d", SLIRP_FD_NETNS));
	add(plan, &argv, NETWORK_INTERFACE);
	add(plan, &argv, NULL);
	network->helpers[network->n_helpers++] =
		(struct network_helper){ HELPER_SLIRP, "slirp4netns", argv.v, as_root };
	/* where pasta is tried first, it is known already */
	if (network->n_helpers == 1)
		network->host_address = host->network.address;
}

/* --- ports --- */

static int refuse_port(const struct port_fact *fact, struct error *err)
{
	if (fact->errnum == EACCES) {
		error_set(err, "publish-privileged", 0,
			  "port %u of the host is below what ordinary users may listen on", fact->port);
		return error_set_arg(err, "%u", fact->port);
	}
	if (fact->errnum == EADDRINUSE && fact->port == 0)
		return error_set(err, "publish-none-free", 0, "no port of the host is free to be chosen");
	if (fact->errnum == EADDRINUSE)
		return error_set(err, "publish-busy", 0, "port %u of the host is in use", fact->port);
	return error_set(err, "publish", fact->errnum, "cannot listen on port %u of the host",
			 fact->port);
}

static int take_ports(const struct spec *spec, const struct host *host, struct plan *plan,
		      struct error *err)
{
	for (size_t i = 0; i < spec->published.n; i++) {
		const struct port_fact *fact = &host->network.ports.v[i];
		struct published *published = array_push(plan->arena, &plan->network.published);

		if (fact->errnum)
			return refuse_port(fact, err);
		*published = spec->published.v[i];
		if (published->host == 0) {
			published->host = fact->port;
			plan_warn(plan, "publish-chosen", "port %u of the container is port %u of the host",
				  published->inside, published->host);
		}
	}
	return 0;
}

/* --- the whole --- */

static int go_without(const struct ways *ways, struct error *err, const char *id, const char *why)
{
	bool shared = ways->network != &ways->plan->network;

	ways->network->n_helpers = 0;
	if (ways->network->required)
		return error_set(err, id, 0, "there is no network: %s", why);
	return plan_fallback(ways->plan, err, id, "",
			     shared ? "nothing leads out of the network: %s" :
				      "the container has no network: %s",
			     why);
}

static const char *missing_helper(const struct spec *spec)
{
	switch (spec->network) {
	case NETWORK_PASTA:
		return "no pasta that can be used is installed";
	case NETWORK_SLIRP:
		return "no slirp4netns that can be used is installed";
	default:
		return "neither pasta nor slirp4netns is installed";
	}
}

static uint32_t own_mtu(const struct spec *spec)
{
	uint32_t mtu = spec->slirp.mtu ? spec->slirp.mtu : MTU_DEFAULT;

	for (size_t i = 0; i + 1 < spec->pasta_options.n; i++)
		if (strcmp(spec->pasta_options.v[i], "-m") == 0 ||
		    strcmp(spec->pasta_options.v[i], "--mtu") == 0)
			parse_u32(spec->pasta_options.v[i + 1], &mtu);
	return mtu > 0 ? mtu : MTU_DEFAULT;
}

/* the fourth address of the network */
static const char *slirp_nameserver(const struct spec *spec, struct plan *plan)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr address;
	const char *slash;
	uint32_t bits;

	slash = strchr(spec->slirp.cidr, '/');
	if (!slash || parse_u32(slash + 1, &bits) < 0 || bits < 1 || bits > 32 ||
	    inet_pton(AF_INET, arena_strndup(plan->arena, spec->slirp.cidr,
					     (size_t)(slash - spec->slirp.cidr)),
		      &address) != 1)
		return NETWORK_NAMESERVER;
	address.s_addr = htonl((ntohl(address.s_addr) & (UINT32_MAX << (32 - bits))) + 3);
	return arena_strdup(plan->arena, inet_ntop(AF_INET, &address, text, sizeof(text)));
}

/* one for all helpers, so that the next one can take over: slirp4netns's, or the user's */
static const char *nameserver(const struct spec *spec, const struct host *host, struct plan *plan)
{
	for (size_t i = 0; i + 1 < spec->pasta_options.n; i++)
		if (strcmp(spec->pasta_options.v[i], "--dns-forward") == 0)
			return spec->pasta_options.v[i + 1];
	if (spec->slirp.cidr)
		return slirp_nameserver(spec, plan);
	return host->network.ipv6 && !host->network.ipv4 ? NETWORK_NAMESERVER_IPV6 :
							   NETWORK_NAMESERVER;
}

/* pasta needs an interface that leads somewhere; before 2024 it gives up without one */
static bool pasta_has_a_way(const struct spec *spec, const struct host *host)
{
	return host->network.ipv4 || host->network.ipv6 || host->network.pasta_maps_host ||
	       spec->network == NETWORK_PASTA;
}

static int choose_helpers(const struct ways *ways, struct error *err)
{
	struct plan_network *network = ways->network;
	const struct spec *spec = ways->spec;
	const struct host *host = ways->host;

	/* who holds a bridge is the parent of its helper, and ends last */
	network->outlives = network == &ways->plan->network && ways->plan->detached;
	network->strict = spec->strict;
	if (host->network.tun_errnum)
		return go_without(ways, err, "network-tun",
				  arena_printf(ways->plan->arena, "cannot open '/dev/net/tun': %s",
					       strerror(host->network.tun_errnum)));
	network->nameserver = nameserver(spec, host, ways->plan);
	if (host->network.pasta && pasta_has_a_way(spec, host))
		add_pasta(ways);
	if (host->network.slirp)
		add_slirp(ways);
	if (network->n_helpers == 0)
		return go_without(ways, err, "network-no-helper", missing_helper(spec));
	if (QUEUE_BYTES / own_mtu(spec) > QUEUE_DEFAULT)
		network->txqueuelen = QUEUE_BYTES / own_mtu(spec);
	return 0;
}

/*
 * Who publishes ports has a helper of his own, as on a private network, and the bridge beside it:
 * the bridge's helper is started once, and takes no further ports.
 */
static int join_bridge(const struct spec *spec, const struct host *host, struct plan *plan,
		       struct error *err)
{
	const char *hostname = spec->hostname ? spec->hostname : host->container_id;
	const struct ways ways = { .spec = spec,
				   .host = host,
				   .plan = plan,
				   .network = &plan->bridge.outbound,
				   .own_userns = true,
				   .root_inside = true };

	if (spec->bridge.internal && spec->published.n > 0)
		return error_set(err, "publish-internal", 0,
				 "nothing leads into the network '%s', which is internal: -p has no way",
				 spec->bridge.name);
	plan->bridge.bridge = &spec->bridge;
	plan->bridge.routed = spec->published.n == 0 && !spec->bridge.internal;
	plan->bridge.interface = spec->published.n == 0 ? NETWORK_INTERFACE : "eth1";
	plan->bridge.address = spec->bridge_address;
	plan->bridge.names = !spec->life.name || strcmp(spec->life.name, hostname) == 0 ?
				     hostname :
				     arena_printf(plan->arena, "%s %s", spec->life.name, hostname);
	return spec->bridge.internal ? 0 : choose_helpers(&ways, err);
}

int plan_build_network(const struct spec *spec, const struct host *host, struct plan *plan,
		       struct error *err)
{
	bool named = spec->network != NETWORK_DEFAULT || spec->published.n > 0;
	const struct ways ways = { .spec = spec,
				   .host = host,
				   .plan = plan,
				   .network = &plan->network,
				   .own_userns = plan->ns[NS_USER].mode != NS_HOST,
				   .root_inside = plan->ns[NS_USER].mode == NS_PRIVATE &&
						  plan->root_is_caller && plan->setup_uid == 0 };

	if (spec->action != ACTION_RUN || spec->network == NETWORK_NONE ||
	    spec->network == NETWORK_OTHER)
		return 0;
	/* a host without a network of its own is no reason to say anything */
	if (!named && !host->network.ipv4 && !host->network.ipv6)
		return 0;
	if (spec->network == NETWORK_BRIDGE && join_bridge(spec, host, plan, err) < 0)
		return -1;
	if (spec->network == NETWORK_BRIDGE && spec->published.n == 0)
		return 0;
	plan->network.required = spec->published.n > 0 || spec->network == NETWORK_PASTA ||
				 spec->network == NETWORK_SLIRP;
	if (take_ports(spec, host, plan, err) < 0)
		return -1;
	return choose_helpers(&ways, err);
}

bool plan_sends_socket(const struct plan *plan)
{
	/* whose namespaces are joined is closed to others, and so is the init that joins them */
	return plan->bridge.bridge || (plan->network.n_helpers > 0 && plan_joins(plan));
}

/* the one that leads out of the container */
static const struct plan_network *way_out(const struct plan *plan)
{
	return plan->bridge.bridge && plan->bridge.routed ? &plan->bridge.outbound : &plan->network;
}

const char *plan_nameserver(const struct plan *plan)
{
	return way_out(plan)->n_helpers > 0 ? way_out(plan)->nameserver : NULL;
}

const char *plan_host_address(const struct plan *plan)
{
	return way_out(plan)->n_helpers > 0 ? way_out(plan)->host_address : NULL;
}
