// SPDX-License-Identifier: Apache-2.0
/* Reading this machine's network. Runs in: supervisor; changes nothing but nsrun's own cache. */
#include "plan/host_network.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"
#include "config/cache.h"
#include "sys/program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_MS 3000
#define ROUTES_SIZE	  ((size_t)64 << 10)

/* --- ways out --- */

/* struct route - A line of /proc/net/route; numbers in the host's byte order */
struct route {
	char name[20];
	uint32_t destination;
	uint32_t mask;
	unsigned flags;
};

/* "iface destination gateway flags refcnt use metric mask ...", in hex and in network order */
static bool parse_route(const char *line, struct route *ret)
{
	unsigned destination, mask;

	if (sscanf(line, "%19s %x %*s %x %*s %*s %*s %x", ret->name, &destination, &ret->flags,
		   &mask) != 4)
		return false;
	ret->destination = ntohl(destination);
	ret->mask = ntohl(mask);
	return true;
}

static bool is_ipv4_default(const char *line)
{
	struct route route;

	return parse_route(line, &route) && route.destination == 0 && route.mask == 0 &&
	       route.flags & 1 && strcmp(route.name, "lo") != 0;
}

/* "destination length source length gateway metric refcnt use flags iface" */
static bool is_ipv6_default(const char *line)
{
	char name[20], destination[33];
	unsigned length;

	return sscanf(line, "%32s %x %*s %*s %*s %*s %*s %*s %*s %19s", destination, &length,
		      name) == 3 &&
	       length == 0 && strcmp(name, "lo") != 0;
}

static const char *read_routes(struct arena *arena, const char *path)
{
	char *text = arena_alloc(arena, ROUTES_SIZE);

	return file_read_part(path, text, ROUTES_SIZE) < 0 ? "" : text;
}

static bool has_route(const char *routes, bool (*is_default)(const char *))
{
	const char *line;
	size_t length;

	while ((line = parse_next_field(&routes, '\n', &length)))
		if (length > 0 && is_default(line))
			return true;
	return false;
}

const char *host_read_routes(struct arena *arena)
{
	return read_routes(arena, "/proc/net/route");
}

bool host_has_subnet(const char *routes, uint32_t subnet, uint32_t mask)
{
	struct route route;
	const char *line;
	size_t length;

	while ((line = parse_next_field(&routes, '\n', &length)))
		if (length > 0 && parse_route(line, &route) && route.mask != 0 &&
		    ((route.destination ^ subnet) & route.mask & mask) == 0)
			return true;
	return false;
}

/* slirp4netns's first, then some of the other private ranges */
static uint32_t choose_own_subnet(const struct spec *spec, const char *routes)
{
	static const uint32_t candidates[] = {
		0x0a000200, /* 10.0.2.0 */
		0xac1ffe00, /* 172.31.254.0 */
		0xc0a8fe00, /* 192.168.254.0 */
		0xc6120200, /* 198.18.2.0, for measurements (RFC 2544) */
	};
	uint32_t bridge_mask = spec->bridge.bits ? UINT32_MAX << (32 - spec->bridge.bits) : UINT32_MAX;

	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++)
		if (!host_has_subnet(routes, candidates[i], OWN_SUBNET_MASK) &&
		    ((candidates[i] ^ spec->bridge.subnet) & bridge_mask & OWN_SUBNET_MASK) != 0)
			return candidates[i];
	return 0;
}

/* connecting a datagram socket asks the routing table and sends nothing */
static const char *own_address(struct arena *arena)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9) };
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(address);
	char text[INET_ADDRSTRLEN];

	inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return NULL;
	return arena_strdup(arena, inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text)));
}

/* --- helpers --- */

enum feature {
	FEATURE_USABLE = 1,
	FEATURE_MAPS_HOST = 2,
};

/* everything a program says, up to a limit and for a limited time; false when it hangs */
static bool read_answer(int fd, char *text, size_t size)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t have = 0;
	ssize_t n = 1;

	while (n > 0 && have + 1 < size) {
		if (poll(&wait, 1, ANSWER_TIMEOUT_MS) <= 0)
			return false;
		n = read(fd, text + have, size - 1 - have);
		have += n > 0 ? (size_t)n : 0;
	}
	text[have] = '\0';
	return true;
}

static const char *ask(struct arena *arena, const char *path, const char *option)
{
	static const size_t size = (size_t)64 << 10;
	const char *const argv[] = { path, option, NULL };
	char *text = arena_alloc(arena, size);
	auto_close int output = -1;
	pid_t pid = program_start(argv, PROGRAM_BOTH, &output);
	bool answered;

	if (pid < 0)
		return "";
	answered = read_answer(output, text, size);
	if (!answered)
		kill(pid, SIGKILL);
	program_wait(pid);
	return answered ? text : "";
}

/* by a wrong option, since Debian 13's loses what is above 4 KiB of --help when that goes into a pipe */
static unsigned ask_pasta(struct arena *arena, const char *path)
{
	const char *help = ask(arena, path, "-?");

	if (!strstr(help, "--config-net") || !strstr(help, "--no-map-gw") ||
	    !strstr(help, "--dns-forward"))
		return 0;
	return FEATURE_USABLE | (strstr(help, "--map-guest-addr") ? FEATURE_MAPS_HOST : 0);
}

/* libslirp before 4.7 has known holes */
static unsigned ask_slirp(struct arena *arena, const char *path)
{
	const char *version = ask(arena, path, "--version");
	const char *library = strstr(version, "libslirp:");
	unsigned major, minor;

	if (!library || sscanf(library, "libslirp: %u.%u", &major, &minor) != 2 ||
	    major * 1000 + minor < 4007)
		return 0;
	return strstr(ask(arena, path, "--help"), "--enable-seccomp") ? FEATURE_USABLE : 0;
}

/* which file it is; the same answer as long as it is that one */
static const char *identify(struct arena *arena, const char *path)
{
	struct stat st;

	if (fstatat(AT_FDCWD, path, &st, 0) < 0)
		return NULL;
	return arena_printf(arena, "2 %llu %llu %lld %lld.%09ld ", (unsigned long long)st.st_dev,
			    (unsigned long long)st.st_ino, (long long)st.st_size,
			    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static bool recall(int cache, const char *name, const char *identity, unsigned *ret_features)
{
	char text[256];
	size_t length = strlen(identity);

	if (cache < 0 || file_read(cache, name, text, sizeof(text)) <= (ssize_t)length ||
	    strncmp(text, identity, length) != 0)
		return false;
	return parse_u32(text + length, ret_features) == 0;
}

/* under a name of its own first: whoever reads sees a whole answer or none */
static void remember(int cache, const char *name, const char *identity, unsigned features)
{
	auto_close int fd = -1;
	char unfinished[64], text[256];
	int length = snprintf(text, sizeof(text), "%s%u", identity, features);

	if (cache < 0 || length >= (int)sizeof(text))
		return;
	snprintf(unfinished, sizeof(unfinished), "%s.%d", name, (int)getpid());
	fd = openat(cache, unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (fd_write_all(fd, text, (size_t)length) < 0 ||
	    renameat(cache, unfinished, cache, name) < 0)
		unlinkat(cache, unfinished, 0);
}

static unsigned find_helper(struct arena *arena, const char *name,
			    unsigned (*ask_it)(struct arena *, const char *), const char **ret_path)
{
	char path[PATH_MAX];
	const char *identity;
	unsigned features;
	auto_close int cache = -1;

	if (program_find(name, path, sizeof(path)) < 0)
		return 0;
	identity = identify(arena, path);
	cache = cache_open();
	if (!identity || !recall(cache, name, identity, &features)) {
		features = ask_it(arena, path);
		/* one that did not answer may have been out of luck: it is asked again */
		if (identity && features)
			remember(cache, name, identity, features);
	}
	if (features & FEATURE_USABLE)
		*ret_path = arena_strdup(arena, path);
	return features;
}

static int probe_tun(void)
{
	auto_close int fd = openat(AT_FDCWD, "/dev/net/tun", O_RDWR | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

/* --- ports --- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t make_address(union address *address, int family, const char *text, uint16_t port)
{
	*address = (union address){ .any = { .sa_family = (sa_family_t)family } };
	address->v4.sin_port = htons(port); /* at the same place in both */
	if (family == AF_INET) {
		inet_pton(family, text ? text : "0.0.0.0", &address->v4.sin_addr);
		return sizeof(address->v4);
	}
	inet_pton(family, text ? text : "::", &address->v6.sin6_addr);
	return sizeof(address->v6);
}

/* struct held - Sockets that keep a free port from being chosen twice, until all are chosen */
struct held {
	struct arena *arena;
	NSRUN_ARRAY(int) fds;
};

/* whether a server could listen there now: 0, or errno; @port 0 becomes one that is free */
static int try_port(int family, const struct published *published, uint16_t *port, struct held *held)
{
	int type = published->udp ? SOCK_DGRAM : SOCK_STREAM;
	auto_close int fd = socket(family, type | SOCK_CLOEXEC, 0);
	union address address;
	socklen_t size = make_address(&address, family, published->address, *port);
	int on = 1;

	if (fd < 0)
		return errno == EAFNOSUPPORT ? 0 : errno;
	if (!published->udp && published->host != 0) /* a connection that has ended lately does not count */
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &address.any, size) < 0)
		return errno == EADDRNOTAVAIL && !published->address ? 0 : errno;
	if (*port == 0 && getsockname(fd, &address.any, &size) == 0)
		*port = ntohs(address.v4.sin_port);
	if (published->host == 0)
		*array_push(held->arena, &held->fds) = take_fd(&fd);
	return 0;
}

static struct port_fact try_both(const struct published *published, uint16_t port, struct held *held)
{
	unsigned char bytes[16];
	bool v4 = !published->address || inet_pton(AF_INET, published->address, bytes) == 1;
	bool v6 = !published->address || !v4;
	struct port_fact fact = { .port = port };

	if (v4)
		fact.errnum = try_port(AF_INET, published, &fact.port, held);
	if (v6 && fact.errnum == 0)
		fact.errnum = try_port(AF_INET6, published, &fact.port, held);
	return fact;
}

/* a helper that was killed a moment ago may hold it for some milliseconds more */
static struct port_fact probe_port(const struct published *published, uint16_t port, struct held *held)
{
	struct port_fact fact = try_both(published, port, held);

	for (int i = 0; i < 10 && fact.errnum == EADDRINUSE; i++) {
		poll(NULL, 0, 10);
		fact = try_both(published, port, held);
	}
	return fact;
}

/* whether a host's port that was named is this one, too */
static bool is_named(const struct spec *spec, bool udp, uint16_t port)
{
	for (size_t i = 0; i < spec->published.n; i++) {
		const struct published *one = &spec->published.v[i];

		if (one->host != 0 && one->udp == udp && port >= one->host &&
		    port - one->host < one->count)
			return true;
	}
	return false;
}

static struct port_fact probe_ports(const struct spec *spec, const struct published *published,
				    struct held *held)
{
	struct port_fact first = probe_port(published, published->host, held);

	while (published->host == 0 && first.errnum == 0 &&
	       is_named(spec, published->udp, first.port))
		first = probe_port(published, 0, held);

	for (uint16_t i = 1; i < published->count && first.errnum == 0; i++) {
		struct port_fact fact = probe_port(published, (uint16_t)(published->host + i), held);

		if (fact.errnum)
			return fact;
	}
	return first;
}

/* those that are named first: a chosen one that is held would be in their way */
static void probe_published(const struct spec *spec, struct network_fact *ret)
{
	struct held held = { .arena = spec->arena };

	for (size_t i = 0; i < spec->published.n; i++) {
		struct port_fact *fact = array_push(spec->arena, &ret->ports);

		if (spec->published.v[i].host != 0)
			*fact = probe_ports(spec, &spec->published.v[i], &held);
	}
	for (size_t i = 0; i < spec->published.n; i++)
		if (spec->published.v[i].host == 0)
			ret->ports.v[i] = probe_ports(spec, &spec->published.v[i], &held);
	for (size_t i = 0; i < held.fds.n; i++)
		fd_close(held.fds.v[i]);
}

/* --- the whole --- */

static const char *runtime_dir(struct arena *arena)
{
	const char *asked = getenv("XDG_RUNTIME_DIR");
	const char *usual = arena_printf(arena, "/run/user/%u", geteuid());

	if (asked && *asked == '/' && strlen(asked) < 60)
		return arena_strdup(arena, asked);
	return faccessat(AT_FDCWD, usual, W_OK | X_OK, 0) == 0 ? usual : "/tmp";
}

void host_probe_network(const struct spec *spec, struct network_fact *ret)
{
	struct arena *arena = spec->arena;
	bool named = spec->network != NETWORK_DEFAULT || spec->published.n > 0;
	const char *routes;

	*ret = (struct network_fact){ .ipv4 = false };
	if (spec->action != ACTION_RUN || spec->network == NETWORK_NONE ||
	    spec->network == NETWORK_OTHER)
		return;
	routes = host_read_routes(arena);
	ret->ipv4 = has_route(routes, is_ipv4_default);
	ret->ipv6 = has_route(read_routes(arena, "/proc/net/ipv6_route"), is_ipv6_default);
	if (!ret->ipv4 && !ret->ipv6 && !named)
		return;
	ret->tun_errnum = probe_tun();
	if (spec->network != NETWORK_SLIRP)
		ret->pasta_maps_host = find_helper(arena, "pasta", ask_pasta, &ret->pasta) &
				       FEATURE_MAPS_HOST;
	if (spec->network != NETWORK_PASTA)
		find_helper(arena, "slirp4netns", ask_slirp, &ret->slirp);
	ret->address = own_address(arena);
	ret->own_subnet = choose_own_subnet(spec, routes);
	ret->runtime_dir = runtime_dir(arena);
	probe_published(spec, ret);
}
