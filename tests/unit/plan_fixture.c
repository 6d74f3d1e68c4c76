// SPDX-License-Identifier: Apache-2.0
/* Made-up machines, and the way from a command line to a plan on one of them. No I/O. */
#include "tests/unit/plan_fixture.h"

#include "base/arena.h"
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void add_range(struct arena *arena, struct subid_fact *fact, uint32_t start, uint32_t count)
{
	*array_push(arena, &fact->ranges) = (struct subid_range){ start, count };
}

static void add_both(struct arena *arena, struct host *host, uint32_t start, uint32_t count)
{
	add_range(arena, &host->subuids, start, count);
	add_range(arena, &host->subgids, start, count);
}

static void no_subids(struct arena *arena, struct host *host)
{
	(void)arena;
	host->subuids.ranges.n = host->subgids.ranges.n = 0;
}

static void no_subgids(struct arena *arena, struct host *host)
{
	(void)arena;
	host->subgids.ranges.n = 0;
}

/* alice:1001:1 and alice:100000:65535, the example of the manual */
static void own_id_line(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 1001, 1);
	add_both(arena, host, 100000, 65535);
}

static void own_id_inside(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 1000, 10);
}

static void two_ranges(struct arena *arena, struct host *host)
{
	add_both(arena, host, 300000, 1000);
}

static void overlapping(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 100000, 100);
	add_both(arena, host, 100050, 100);
	add_both(arena, host, 100000, 200);
}

static void adjacent(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 100000, 100);
	add_both(arena, host, 100100, 100);
}

static void many_ranges(struct arena *arena, struct host *host)
{
	for (uint32_t i = 0; i < 400; i++)
		add_both(arena, host, 1000000000 + 20 * i, 10);
}

static void reference(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 2000, 1000);
}

static void no_helper(struct arena *arena, struct host *host)
{
	(void)arena;
	host->newidmap = (struct newidmap){ .kind = NEWIDMAP_NONE };
	error_set(&host->newidmap.why, "newidmap-missing", 0, "there is no 'newuidmap' in PATH");
}

static void unreadable_subids(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	host->subuids.errnum = EACCES;
}

static void no_subids_no_helper(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	no_helper(arena, host);
}

static void own_helper(struct arena *arena, struct host *host)
{
	(void)arena;
	host->newidmap = (struct newidmap){ .kind = NEWIDMAP_OWN,
					    .path = "/usr/libexec/nsrun/nsrun-newidmap" };
}

static void other_group(struct arena *arena, struct host *host)
{
	(void)arena;
	host->gid = 100;
}

static void at_terminal(struct arena *arena, struct host *host)
{
	(void)arena;
	host->stdin_is_tty = host->stdout_is_tty = host->in_foreground = true;
}

static void become_root(struct host *host)
{
	host->free_subids = 231072;
	host->uid = host->gid = 0;
	host->user_name = "root";
	host->subuids.owner = host->subgids.owner = "root";
	host->may_write_maps = host->is_admin = true;
	host->newidmap = (struct newidmap){ .kind = NEWIDMAP_NONE };
}

static void root(struct arena *arena, struct host *host)
{
	(void)arena;
	become_root(host);
}

static void root_no_subids(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	become_root(host);
}

static void root_many_ranges(struct arena *arena, struct host *host)
{
	many_ranges(arena, host);
	become_root(host);
}

static void set_parent(struct arena *arena, struct host *host, const struct idmap *maps, size_t n)
{
	host->initial_userns = false;
	host->parent_uids.n = host->parent_gids.n = 0;
	for (size_t i = 0; i < n; i++) {
		*array_push(arena, &host->parent_uids) = maps[i];
		*array_push(arena, &host->parent_gids) = maps[i];
	}
}

/* in a container of nsrun's own: ids 0 to 65536 exist, and no others */
static void nest(struct arena *arena, struct host *host)
{
	static const struct idmap maps[] = { { 0, 1001, 1 }, { 1, 100000, 65536 } };

	set_parent(arena, host, maps, 2);
}

static void nested_user(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 10000, 5000);
	nest(arena, host);
}

static void nested_user_foreign(struct arena *arena, struct host *host)
{
	nest(arena, host); /* 100000+65536 does not exist here */
}

static void nested_root(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	add_both(arena, host, 1, 65536);
	become_root(host);
	nest(arena, host);
}

static void nested_root_foreign(struct arena *arena, struct host *host)
{
	become_root(host);
	nest(arena, host);
}

static void nested_root_no_subids(struct arena *arena, struct host *host)
{
	no_subids(arena, host);
	become_root(host);
	nest(arena, host);
}

static void nested_single(struct arena *arena, struct host *host)
{
	static const struct idmap maps[] = { { 0, 1001, 1 } };

	no_subids(arena, host);
	become_root(host);
	set_parent(arena, host, maps, 1);
}

static void bad_rootfs(struct arena *arena, struct host *host)
{
	(void)arena;
	host->rootfs = (struct path_fact){ .errnum = ENOENT };
}

static void bad_overlay(struct arena *arena, struct host *host)
{
	(void)arena;
	host->rootfs_overlay_dir = (struct path_fact){ .errnum = ENOENT };
}

static void online(struct arena *arena, struct host *host)
{
	(void)arena;
	host->network = (struct network_fact){ .ipv4 = true,
					       .ipv6 = true,
					       .address = "192.0.2.7",
					       .own_subnet = 0x0a000200,
					       .runtime_dir = "/run/user/1001" };
}

static void old_pasta(struct arena *arena, struct host *host)
{
	online(arena, host);
	host->network.pasta = "/usr/bin/pasta";
}

static void crowded_pasta(struct arena *arena, struct host *host)
{
	old_pasta(arena, host);
	host->network.own_subnet = 0;
}

static void new_pasta(struct arena *arena, struct host *host)
{
	old_pasta(arena, host);
	host->network.pasta_maps_host = true;
	host->network.ipv6 = false;
}

static void slirp(struct arena *arena, struct host *host)
{
	online(arena, host);
	host->network.slirp = "/usr/bin/slirp4netns";
}

static void both_helpers(struct arena *arena, struct host *host)
{
	slirp(arena, host);
	host->network.pasta = "/usr/bin/pasta";
}

static void offline_helpers(struct arena *arena, struct host *host)
{
	both_helpers(arena, host);
	host->network.ipv4 = host->network.ipv6 = false;
}

static void ipv6_pasta(struct arena *arena, struct host *host)
{
	old_pasta(arena, host);
	host->network.ipv4 = false;
}

static void no_tun(struct arena *arena, struct host *host)
{
	both_helpers(arena, host);
	host->network.tun_errnum = EACCES;
}

static void root_pasta(struct arena *arena, struct host *host)
{
	become_root(host);
	old_pasta(arena, host);
}

static void unchanged(struct arena *arena, struct host *host)
{
	(void)arena;
	(void)host;
}

static void logind(struct arena *arena, struct host *host)
{
	(void)arena;
	host->ended_at_logout = true;
}

static const struct machine machines[] = {
	{ "alice", unchanged },
	{ "alice-logind", logind },
	{ "alice-own-id-line", own_id_line },
	{ "alice-own-id-inside", own_id_inside },
	{ "alice-two-ranges", two_ranges },
	{ "alice-overlapping", overlapping },
	{ "alice-adjacent", adjacent },
	{ "alice-many-ranges", many_ranges },
	{ "alice-reference", reference },
	{ "alice-no-subids", no_subids },
	{ "alice-unreadable-subids", unreadable_subids },
	{ "alice-no-subgids", no_subgids },
	{ "alice-no-helper", no_helper },
	{ "alice-no-subids-no-helper", no_subids_no_helper },
	{ "alice-own-helper", own_helper },
	{ "alice-other-group", other_group },
	{ "alice-at-terminal", at_terminal },
	{ "alice-bad-rootfs", bad_rootfs },
	{ "alice-bad-overlay", bad_overlay },
	{ "online", online },
	{ "old-pasta", old_pasta },
	{ "crowded-pasta", crowded_pasta },
	{ "new-pasta", new_pasta },
	{ "slirp", slirp },
	{ "both-helpers", both_helpers },
	{ "offline-helpers", offline_helpers },
	{ "ipv6-pasta", ipv6_pasta },
	{ "no-tun", no_tun },
	{ "root-pasta", root_pasta },
	{ "root", root },
	{ "root-no-subids", root_no_subids },
	{ "root-many-ranges", root_many_ranges },
	{ "nested-user", nested_user },
	{ "nested-user-foreign", nested_user_foreign },
	{ "nested-root", nested_root },
	{ "nested-root-foreign", nested_root_foreign },
	{ "nested-root-no-subids", nested_root_no_subids },
	{ "nested-single", nested_single },
	{ 0 },
};

const struct machine *machines_table(void)
{
	return machines;
}

/* alice, uid and gid 1001, with alice:100000:65536 in both files and shadow's helpers */
static void make_alice(struct arena *arena, const struct spec *spec, struct host *host)
{
	static const char *const environment[] = { "HOME=/home/alice", "SHELL=/bin/bash",
						   "SECRET=1",	       "TERM=xterm-256color",
						   "EMPTY=",	       NULL };

	*host = (struct host){
		.uid = 1001,
		.gid = 1001,
		.user_name = "alice",
		.initial_userns = true,
		.subuids = { .file = "/etc/subuid", .owner = "alice" },
		.subgids = { .file = "/etc/subgid", .owner = "alice" },
		.newidmap = { .kind = NEWIDMAP_SYSTEM,
			      .path = "/usr/bin/newuidmap",
			      .gid_path = "/usr/bin/newgidmap" },
		.rootfs = { .mode = S_IFDIR | 0755 },
		.rootfs_overlay_dir = { .mode = S_IFDIR | 0755 },
		.cwd = "/home/alice",
		.hostname = "server",
		.container_id = "0123456789ab",
		.environment = environment,
		.hosts = "127.0.0.1 localhost\n10.0.0.1 server\n",
		.resolv_conf = "nameserver 10.0.0.53\n",
	};
	*array_push(arena, &host->parent_uids) = (struct idmap){ 0, 0, UINT32_MAX };
	*array_push(arena, &host->parent_gids) = (struct idmap){ 0, 0, UINT32_MAX };
	add_both(arena, host, 100000, 65536);
	for (size_t i = 0; i < sizeof(host->limits) / sizeof(host->limits[0]); i++)
		host->limits[i] = (struct limit){ (int)i, 1024, 4096 };
	for (size_t i = 0; i < spec->mounts.n; i++) {
		const char *source = spec->mounts.v[i].source;
		bool device = spec->mounts.v[i].device;
		struct path_fact *fact = array_push(arena, &host->mount_sources);

		fact->mode = device ? S_IFCHR | 0666 : S_IFDIR | 0755;
		if (source && strstr(source, "missing"))
			*fact = (struct path_fact){ .errnum = ENOENT };
		else if (source && strstr(source, "closed"))
			*fact = (struct path_fact){ .errnum = EACCES };
		else if (source && strstr(source, "file"))
			fact->mode = S_IFREG | 0644;
	}
}

/* everywhere, port 80 is root's, 8888 in use, 40000 free, and 192.0.2.99 somebody else's */
static void make_ports(const struct spec *spec, struct host *host)
{
	for (size_t i = 0; i < spec->published.n; i++) {
		uint16_t port = spec->published.v[i].host;
		struct port_fact *fact = array_push(spec->arena, &host->network.ports);

		*fact = (struct port_fact){ .port = port ? port : 40000 };
		if (port == 80 || port == 8888)
			fact->errnum = port == 80 ? EACCES : EADDRINUSE;
		if (spec->published.v[i].address &&
		    strcmp(spec->published.v[i].address, "192.0.2.99") == 0)
			fact->errnum = EADDRNOTAVAIL;
	}
}

bool machine_make(const char *name, const struct spec *spec, struct host *ret_host)
{
	for (const struct machine *machine = machines; machine->name; machine++) {
		if (strcmp(machine->name, name) != 0)
			continue;
		make_alice(spec->arena, spec, ret_host);
		machine->change(spec->arena, ret_host);
		make_ports(spec, ret_host);
		return true;
	}
	return false;
}

/* cut at blanks; "%20" stands for one */
static const char *const *split_words(struct arena *arena, const char *line)
{
	nsrun_strings words = { .n = 0 };

	while (*line) {
		size_t length = strcspn(line, " ");
		char *word = arena_strndup(arena, line, length), *blank;

		while ((blank = strstr(word, "%20"))) {
			*blank = ' ';
			memmove(blank + 1, blank + 3, strlen(blank + 3) + 1);
		}
		*array_push(arena, &words) = word;
		line += length + (line[length] == ' ');
	}
	*array_push(arena, &words) = NULL;
	return words.v;
}

static int build(const char *machine, const char *const *argv, struct planned *planned)
{
	bool unshare = strcmp(argv[0], "unshare") == 0;
	enum option_scope scope = unshare			 ? SCOPE_UNSHARE
				  : strcmp(argv[0], "plan") == 0 ? SCOPE_PLAN
								 : SCOPE_RUN;
	struct request request = { .spec = &planned->spec };
	struct spec *spec = &planned->spec;
	struct error *err = &planned->err;
	struct host host;
	size_t at = 0;

	spec->action = unshare ? ACTION_UNSHARE : ACTION_RUN;
	argv++;
	if (options_parse(&request, scope, argv, &at, err) < 0)
		return -1;
	planned->format = request.format;
	if (!unshare && argv[at] && spec_set_rootfs(spec, argv[at++], err) < 0)
		return -1;
	for (; argv[at]; at++)
		spec_add_argument(spec, argv[at]);
	if (spec_check(spec, err) < 0)
		return -1;
	if (!machine_make(machine, spec, &host))
		return error_set(err, "no-machine", 0, "there is no machine '%s'", machine);
	/* what container_prepare() would find */
	spec->bridge = (struct bridge){ .name = spec->bridge_name,
					.path = "/run/user/1000/nsrun/networks/web",
					.subnet = 0x0a590000,
					.bits = 24 };
	return plan_build(spec, &host, &planned->plan, err);
}

void plan_line(struct arena *arena, const char *machine, const char *line,
	       struct planned *ret_planned)
{
	*ret_planned = (struct planned){ .result = -1 };
	spec_init(&ret_planned->spec, arena, ACTION_RUN);
	ret_planned->result = build(machine, split_words(arena, line), ret_planned);
	/* plan_make_filter() is a step of its own: its bytes are the processor's affair */
	ret_planned->plan.payload.seccomp = "not made here";
}
