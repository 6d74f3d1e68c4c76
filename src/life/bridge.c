// SPDX-License-Identifier: Apache-2.0
/*
 * Networks of the caller's own: their directories. One appears whole under its name by one rename(2),
 * and disappears by one. Runs in: nsrun.
 */
#include "nsrun/bridge.h"
#include "nsrun/container.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"
#include "config/json.h"
#include "life/clock.h"
#include "life/store.h"
#include "plan/host_network.h"
#include "run/bridge_protocol.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#define CONFIG	    "config.json"
#define BRIDGE_VERSION 1
#define BITS_MIN    8
#define BITS_MAX    29
#define FIRST_FREE  0x0a590000U /* 10.89.0.0, and the 256 networks of /24 from there */
#define BITS_USUAL  24
#define NAMESERVERS 0x0a000200U /* 10.0.2.0/24: where every helper has its name server */

static const char *address_text(struct arena *arena, uint32_t address)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr in = { .s_addr = htonl(address) };

	return arena_strdup(arena, inet_ntop(AF_INET, &in, text, sizeof(text)));
}

static uint32_t mask_of(uint32_t bits)
{
	return bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}

static bool overlap(uint32_t one, uint32_t one_mask, uint32_t other, uint32_t other_mask)
{
	return ((one ^ other) & one_mask & other_mask) == 0;
}

/* "10.1.2.0/24" */
static int parse_subnet(struct arena *arena, const char *text, struct bridge *ret)
{
	const char *slash = strchr(text, '/');
	struct in_addr address;

	if (!slash || parse_u32(slash + 1, &ret->bits) < 0 || ret->bits < BITS_MIN ||
	    ret->bits > BITS_MAX ||
	    inet_pton(AF_INET, arena_strndup(arena, text, (size_t)(slash - text)), &address) != 1)
		return -1;
	ret->subnet = ntohl(address.s_addr);
	return ret->subnet & ~mask_of(ret->bits) ? -1 : 0;
}

static const char *subnet6_text(struct arena *arena, const struct bridge *bridge)
{
	unsigned char address[16] = { 0 };
	char text[INET6_ADDRSTRLEN];

	memcpy(address, bridge->prefix6, sizeof(bridge->prefix6));
	return arena_printf(arena, "%s/64", inet_ntop(AF_INET6, address, text, sizeof(text)));
}

static int parse_subnet6(struct arena *arena, const char *text, struct bridge *ret)
{
	const char *slash = strchr(text, '/');
	unsigned char address[16];

	if (!slash || strcmp(slash, "/64") != 0 ||
	    inet_pton(AF_INET6, arena_strndup(arena, text, (size_t)(slash - text)), address) != 1)
		return -1;
	memcpy(ret->prefix6, address, sizeof(ret->prefix6));
	return 0;
}

/* --- reading --- */

static const char *get_text(const struct json_value *map, const char *key)
{
	const struct json_value *value = json_member(map, key);

	return json_is(value, JSON_STRING) ? value->text : "";
}

/* NULL, or why it cannot be read */
static const char *read_config(struct arena *arena, int dir, struct bridge *bridge)
{
	const struct json_value *map, *internal;
	struct error err;
	size_t length;
	char *text = store_read_file(arena, dir, CONFIG, &length);

	if (!text)
		return arena_printf(arena, "'" CONFIG "' cannot be read: %s", strerror(errno));
	if (json_read_own(arena, text, length, &map, &err) < 0)
		return arena_strdup(arena, err.text);
	if (!json_is(map, JSON_MAP) || parse_subnet(arena, get_text(map, "subnet"), bridge) < 0 ||
	    parse_subnet6(arena, get_text(map, "subnet6"), bridge) < 0 ||
	    json_to_u64(json_member(map, "created"), &bridge->created_ns) < 0)
		return "'" CONFIG "' is not what nsrun wrote";
	internal = json_member(map, "internal");
	bridge->internal = json_is(internal, JSON_BOOL) && internal->truth;
	return NULL;
}

/* what its holder says */
static void ask_holder(struct arena *arena, int dir, struct bridge_info *info)
{
	struct bridge_message message = { .type = BRIDGE_LIST };
	auto_close int socket = bridge_connect(dir);
	int fds[BRIDGE_FDS_MAX];

	info->held = socket >= 0;
	info->lost = socket < 0 && errno == ECONNREFUSED; /* one that ends takes its socket away */
	info->outbound = "";
	if (socket < 0 || bridge_send(socket, &message, NULL, 0) < 0)
		return;
	while (bridge_receive(socket, &message, fds) == 0 && message.type == BRIDGE_MEMBER)
		*array_push(arena, &info->members) = arena_printf(
			arena, "%s %s", address_text(arena, message.address), message.names);
	if (message.type == BRIDGE_OUTBOUND)
		info->outbound = arena_strdup(arena, message.names);
}

static void read_one(struct arena *arena, const char *path, int dir, const char *name,
		     struct bridge_info *ret)
{
	*ret = (struct bridge_info){ .bridge = { .name = name,
						 .path = arena_printf(arena, "%s/%s", path, name) },
				     .subnet = "",
				     .subnet6 = "",
				     .gateway = "" };
	ret->damage = read_config(arena, dir, &ret->bridge);
	ask_holder(arena, dir, ret);
	if (ret->damage)
		return;
	ret->subnet = arena_printf(arena, "%s/%u", address_text(arena, ret->bridge.subnet),
				   ret->bridge.bits);
	ret->subnet6 = subnet6_text(arena, &ret->bridge);
	ret->gateway = address_text(arena, ret->bridge.subnet + 1);
}

static int open_in(int networks, const char *name)
{
	return openat(networks, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int bridge_find(struct arena *arena, const char *name, struct bridge_info *ret, struct error *err)
{
	struct store store;
	int dir = -1, hidden = 0;

	if (container_name_check(name, err) == 0) {
		store_open_networks(arena, &store);
		for (size_t i = 0; i < store.n && dir < 0; i++) {
			dir = open_in(store.fd[i], name);
			if (dir >= 0)
				read_one(arena, store.path[i], dir, arena_strdup(arena, name), ret);
		}
		hidden = store_is_whole(&store, err);
		store_close(&store);
	}
	if (dir >= 0)
		return fd_close(dir), 0;
	if (hidden < 0)
		return -1;
	error_set(err, "bridge-unknown", 0, "there is no network '%s'", name);
	return error_set_arg(err, "%s", name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct bridge_info *)a)->bridge.name,
		      ((const struct bridge_info *)b)->bridge.name);
}

static void list_in(struct arena *arena, const char *path, int networks, nsrun_bridges *ret)
{
	DIR *stream = fdopendir(openat(networks, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		auto_close int dir = -1;

		if (entry->d_name[0] == '.')
			continue;
		dir = open_in(networks, entry->d_name);
		if (dir >= 0)
			read_one(arena, path, dir, arena_strdup(arena, entry->d_name),
				 array_push(arena, ret));
	}
	if (stream)
		closedir(stream);
}

int bridge_list(struct arena *arena, nsrun_bridges *ret, struct error *err)
{
	struct store store;
	int result;

	*ret = (nsrun_bridges){ .n = 0 };
	store_open_networks(arena, &store);
	for (size_t i = 0; i < store.n; i++)
		list_in(arena, store.path[i], store.fd[i], ret);
	result = store_is_whole(&store, err);
	store_close(&store);
	if (ret->n > 0)
		qsort(ret->v, ret->n, sizeof(ret->v[0]), by_name);
	return result;
}

const char *bridge_describe(struct arena *arena, const struct bridge_info *info)
{
	struct json *json = json_begin();

	json_map(json, NULL);
	json_string(json, "name", info->bridge.name);
	json_string(json, "damage", info->damage);
	json_string(json, "subnet", info->subnet);
	json_string(json, "subnet6", info->subnet6);
	json_string(json, "gateway", info->gateway);
	json_unsigned(json, "created", info->bridge.created_ns);
	json_bool(json, "internal", info->bridge.internal);
	json_string(json, "outbound", info->held ? info->outbound : NULL);
	json_bool(json, "holder_killed", info->lost);
	json_list(json, "containers");
	for (size_t i = 0; i < info->members.n; i++) {
		const char *space = strchr(info->members.v[i], ' ');

		json_map(json, NULL);
		json_string(json, "address",
			    arena_strndup(arena, info->members.v[i],
					  (size_t)(space - info->members.v[i])));
		json_string(json, "names", space + 1);
		json_map_end(json);
	}
	json_list_end(json);
	json_map_end(json);
	return json_end(json, arena);
}

/* --- names --- */

static void rename_in(int networks, int pidfd, const char *name)
{
	DIR *stream = fdopendir(openat(networks, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct bridge_message message = { .type = BRIDGE_RENAME };
	const struct dirent *entry;

	snprintf(message.names, sizeof(message.names), "%s", name);
	while (stream && (entry = readdir(stream))) {
		auto_close int dir = -1, socket = -1;

		if (entry->d_name[0] == '.')
			continue;
		dir = open_in(networks, entry->d_name);
		if (dir >= 0)
			socket = bridge_connect(dir);
		if (socket >= 0) /* whose container it is knows its holder; the others do nothing */
			bridge_send(socket, &message, &pidfd, 1);
	}
	if (stream)
		closedir(stream);
}

void bridge_rename(struct arena *arena, int pidfd, const char *name)
{
	struct store store;

	store_open_networks(arena, &store);
	for (size_t i = 0; i < store.n; i++)
		rename_in(store.fd[i], pidfd, name);
	store_close(&store);
}

/* --- making --- */

static bool is_used(const char *routes, const nsrun_bridges *others, uint32_t subnet)
{
	uint32_t mask = mask_of(BITS_USUAL);

	for (size_t i = 0; i < others->n; i++)
		if (!others->v[i].damage && overlap(subnet, mask, others->v[i].bridge.subnet,
						    mask_of(others->v[i].bridge.bits)))
			return true;
	return host_has_subnet(routes, subnet, mask);
}

static int choose_subnet(struct arena *arena, struct bridge *bridge, struct error *err)
{
	const char *routes = host_read_routes(arena);
	nsrun_bridges others;

	if (bridge_list(arena, &others, err) < 0)
		return -1;
	bridge->bits = BITS_USUAL;
	for (uint32_t i = 0; i < 256; i++) {
		bridge->subnet = FIRST_FREE + (i << (32 - BITS_USUAL));
		if (!is_used(routes, &others, bridge->subnet))
			return 0;
	}
	return error_set(err, "bridge-subnet", 0,
			 "none of the networks from 10.89.0.0/24 to 10.89.255.0/24 is free: name "
			 "another one with --subnet");
}

static int take_subnet(struct arena *arena, const char *text, struct bridge *bridge,
		       struct error *err)
{
	if (!text)
		return choose_subnet(arena, bridge, err);
	if (parse_subnet(arena, text, bridge) < 0)
		return error_set(err, "usage", 0,
				 "--subnet takes a network of 8 to 29 bits such as 10.1.2.0/24, not "
				 "'%s'",
				 text);
	if (overlap(bridge->subnet, mask_of(bridge->bits), NAMESERVERS, mask_of(24)))
		return error_set(err, "bridge-subnet", 0,
				 "--subnet '%s': 10.0.2.0/24 is where containers find their name "
				 "server",
				 text);
	return 0;
}

static int write_config(struct arena *arena, int dir, const struct bridge *bridge)
{
	struct json *json = json_begin();
	const char *text;

	json_map(json, NULL);
	json_number(json, "version", BRIDGE_VERSION);
	json_unsigned(json, "created", bridge->created_ns);
	json_string(json, "subnet",
		    arena_printf(arena, "%s/%u", address_text(arena, bridge->subnet), bridge->bits));
	json_string(json, "subnet6", subnet6_text(arena, bridge));
	json_bool(json, "internal", bridge->internal);
	json_map_end(json);
	text = json_end(json, arena);
	return file_replace(dir, CONFIG, text, strlen(text));
}

static int make(struct arena *arena, int networks, const struct bridge *bridge, struct error *err)
{
	const char *unfinished = arena_printf(arena, ".new-%d-%s", (int)getpid(), bridge->name);
	auto_close int dir = -1;

	if (mkdirat(networks, unfinished, 0700) == 0)
		dir = open_in(networks, unfinished);
	if (dir >= 0 && store_lock_directory(dir) == 0 && write_config(arena, dir, bridge) == 0 &&
	    store_publish(networks, unfinished, bridge->name) == 0)
		return 0;
	if (errno == EEXIST)
		error_set(err, "bridge-exists", 0, "there is a network '%s' already", bridge->name);
	else
		error_set(err, "state-write", errno, "cannot write down the network '%s'",
			  bridge->name);
	store_discard(networks, unfinished);
	return -1;
}

int bridge_create(struct arena *arena, const char *name, const char *subnet, bool internal,
		  struct error *err)
{
	struct bridge bridge = { .name = name, .created_ns = clock_now_ns(), .internal = internal };
	auto_close int networks = -1;
	struct bridge_info other;
	struct error unused;

	if (container_name_check(name, err) < 0)
		return -1;
	if (bridge_name_is_reserved(name))
		return error_set(err, "usage", 0, "--network=%s means something else: choose another "
				 "name", name);
	networks = store_open_first_network(arena, err);
	if (networks < 0)
		return -1;
	store_sweep(networks);
	/* of two that look for free addresses one waits for the other, until this process ends */
	if (flock(networks, LOCK_EX) < 0 && errno != EINTR)
		return error_set(err, "state-directory", errno, "cannot lock the list of networks");
	if (bridge_find(arena, name, &other, &unused) == 0)
		return error_set(err, "bridge-exists", 0, "there is a network '%s' already", name);
	if (take_subnet(arena, subnet, &bridge, err) < 0)
		return -1;
	bridge.prefix6[0] = 0xfd; /* RFC 4193: 40 random bits make it one's own */
	if (getrandom(bridge.prefix6 + 1, 5, 0) != 5)
		return error_set(err, "bridge-subnet", errno, "cannot choose IPv6 addresses");
	return make(arena, networks, &bridge, err);
}

/* --- removing --- */

static int remove_in(struct arena *arena, int networks, int dir, const char *name,
		     struct error *err)
{
	const char *gone = arena_printf(arena, ".gone-%d-%s", (int)getpid(), name);
	auto_close int holder = -1;
	struct stat own, named;

	/* who joins holds it for a moment, and whoever waited for it finds the name gone */
	if (flock(dir, LOCK_EX) < 0)
		return error_set(err, "state-write", errno, "cannot lock the network '%s'", name);
	/* somebody has removed it meanwhile, and made another one of that name */
	if (fstat(dir, &own) < 0 || fstatat(networks, name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
	    own.st_dev != named.st_dev || own.st_ino != named.st_ino)
		return 1;
	holder = bridge_connect(dir);
	if (holder >= 0) {
		error_set(err, "bridge-in-use", 0, "containers are on the network '%s'", name);
		return error_set_arg(err, "%s", name);
	}
	if (renameat(networks, name, networks, gone) < 0 || store_discard(networks, gone) < 0)
		return error_set(err, "state-write", errno, "cannot remove the network '%s'", name);
	return 0;
}

int bridge_remove(struct arena *arena, const char *name, struct error *err)
{
	struct store store;
	int result = 1;

	if (container_name_check(name, err) < 0)
		return -1;
	store_open_networks(arena, &store);
	for (size_t i = 0; i < store.n && result > 0; i++) {
		auto_close int dir = open_in(store.fd[i], name);

		if (dir >= 0)
			result = remove_in(arena, store.fd[i], dir, name, err);
	}
	if (result > 0 && store_is_whole(&store, err) < 0)
		result = -1;
	store_close(&store);
	if (result <= 0)
		return result;
	error_set(err, "bridge-unknown", 0, "there is no network '%s'", name);
	return error_set_arg(err, "%s", name);
}
