// SPDX-License-Identifier: Apache-2.0
/*
 * What is mounted where, in which order. The defaults and the user's mounts are one list: a
 * parent always comes before what lies below it, and the user's own choice replaces a default.
 * Pure. Runs in: supervisor.
 */
#include "plan/plan.h"

#include "base/arena.h"
#include "base/parse.h"
#include "base/path.h"
#include "sys/idmap.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define NOSUID MOUNT_ATTR_NOSUID
#define NODEV  MOUNT_ATTR_NODEV
#define NOEXEC MOUNT_ATTR_NOEXEC
#define RDONLY MOUNT_ATTR_RDONLY
#define SAFE   (NOSUID | NODEV | NOEXEC)

#define TTY_GROUP 5 /* Debian, Fedora, Alpine: the group of terminals */

static struct mount *add(struct plan *plan, enum mount_type type, const char *destination,
			 uint64_t set)
{
	struct mount *mount = array_push(plan->arena, &plan->mounts);

	mount->type = type;
	mount->destination = destination;
	mount->set = set;
	return mount;
}

/* the host's own, at the same place */
static struct mount *add_bind(struct plan *plan, const char *path, uint64_t set)
{
	struct mount *mount = add(plan, MOUNT_BIND, path, set);

	mount->source = path;
	mount->recursive = true;
	return mount;
}

/* --- the kernel's file systems --- */

static void add_dev(const struct spec *spec, struct plan *plan)
{
	static const char *const nodes[] = { "/dev/null",   "/dev/zero",    "/dev/full",
					     "/dev/random", "/dev/urandom", "/dev/tty" };
	uint64_t frozen = spec->read_only && !spec->read_only_tmpfs ? RDONLY : 0;
	bool tty_group = idmap_has_inside(plan->gid_maps.v, plan->gid_maps.n, TTY_GROUP) ||
			 plan->ns[NS_USER].mode == NS_HOST;

	plan->standard_devices = true;
	add(plan, MOUNT_TMPFS, "/dev", NOSUID | NOEXEC | frozen)->data = "mode=755,size=65536k";
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		struct mount *mount = add(plan, MOUNT_BIND, nodes[i], STANDARD_DEVICE_FLAGS);

		mount->source = nodes[i];
		mount->device = true;
		mount->optional = true;
	}
	add(plan, MOUNT_DEVPTS, "/dev/pts", NOSUID | NOEXEC)->data =
		tty_group ? "newinstance,ptmxmode=0666,mode=0620,gid=5" :
			    "newinstance,ptmxmode=0666,mode=0620";
}

static void add_ipc(const struct spec *spec, struct plan *plan)
{
	uint64_t frozen = spec->read_only && !spec->read_only_tmpfs ? RDONLY : 0;

	if (plan->ns[NS_IPC].mode == NS_PRIVATE) {
		add(plan, MOUNT_TMPFS, "/dev/shm", SAFE | frozen)->data =
			arena_printf(plan->arena, "mode=1777,size=%llu",
				     (unsigned long long)spec->shm_size_bytes);
		add(plan, MOUNT_MQUEUE, "/dev/mqueue", SAFE);
		return;
	}
	/* it shows the joined namespace's queues, if that belongs to the same user namespace */
	if (plan->ns[NS_IPC].mode == NS_JOIN)
		add(plan, MOUNT_MQUEUE, "/dev/mqueue", SAFE)->optional = true;
	add_bind(plan, "/dev/shm", SAFE)->optional = true;
}

static void add_kernel(const struct spec *spec, struct plan *plan)
{
	/* a procfs shows the pid namespace of who mounts it, and only its owner may mount it */
	if (plan->ns[NS_PID].mode == NS_HOST && plan->ns[NS_USER].mode != NS_HOST)
		add_bind(plan, "/proc", SAFE);
	else
		add(plan, MOUNT_PROC, "/proc", SAFE);
	add_dev(spec, plan);
	add_ipc(spec, plan);
	/* a fresh sysfs shows the network devices of the own namespace; the kernel allows it only
	 * with one that belongs to the own user namespace */
	if (plan->ns[NS_NETWORK].mode == NS_PRIVATE)
		add(plan, MOUNT_SYSFS, "/sys", SAFE | RDONLY);
	else
		add_bind(plan, "/sys", SAFE | RDONLY);
	/* a cgroup file system shows the cgroup namespace of who mounts it, and only its owner may */
	if (plan->ns[NS_CGROUP].mode == NS_PRIVATE)
		add(plan, MOUNT_CGROUP2, "/sys/fs/cgroup", SAFE | RDONLY)->optional = true;
	else if (plan->ns[NS_NETWORK].mode == NS_PRIVATE)
		add_bind(plan, "/sys/fs/cgroup", SAFE | RDONLY)->optional = true;
}

/* --- generated files --- */

static void add_file(struct plan *plan, const char *destination, const char *content)
{
	struct mount *mount = add(plan, MOUNT_FILE, destination, SAFE);

	mount->content = content;
	mount->optional = true; /* a rootfs without it that cannot be written runs without it */
}

static const char *hosts_content(const struct spec *spec, const struct host *host,
				 const struct plan *plan)
{
	struct text text = { .arena = plan->arena };

	for (size_t i = 0; i < spec->add_hosts.n; i++)
		text_add(&text, "%s\t%s\n", spec->add_hosts.v[i].address, spec->add_hosts.v[i].name);
	if (host->hosts && plan->ns[NS_NETWORK].mode == NS_HOST)
		text_add(&text, "%s\n", host->hosts);
	else
		text_add(&text, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
	/* on a bridge it is the address by which the others know it, too */
	if (plan->hostname && plan->ns[NS_UTS].mode == NS_PRIVATE && !plan->bridge.bridge)
		text_add(&text, "127.0.1.1\t%s\n", plan->hostname);
	if (plan_host_address(plan))
		text_add(&text, "%s\thost.containers.internal host.docker.internal\n",
			 plan_host_address(plan));
	return text_string(&text);
}

static void add_words(struct text *text, const char *keyword, const nsrun_strings *words)
{
	if (words->n == 0)
		return;
	text_add(text, "%s", keyword);
	for (size_t i = 0; i < words->n; i++)
		text_add(text, " %s", words->v[i]);
	text_add(text, "\n");
}

/* whether a line of the host's file is of a kind that was asked for */
static bool is_replaced_line(const struct spec *spec, const struct plan *plan, const char *line,
			     size_t length)
{
	const struct {
		const char *keyword;
		size_t asked;
	} kinds[] = {
		{ "nameserver", spec->dns.n + (plan_nameserver(plan) != NULL) },
		{ "search", spec->dns_search.n },
		{ "domain", spec->dns_search.n },
		{ "options", spec->dns_options.n },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t word = strlen(kinds[i].keyword);

		if (kinds[i].asked > 0 && length > word &&
		    strncmp(line, kinds[i].keyword, word) == 0)
			return true;
	}
	return false;
}

/*
 * The host's file, with what was asked for in the place of its lines of the same kind. A private
 * network's helper answers in the place of the host's resolver, which may listen on loopback only.
 */
static const char *resolv_content(const struct spec *spec, const struct host *host,
				  const struct plan *plan)
{
	const char *nameserver = plan_nameserver(plan);
	bool connected = plan->ns[NS_NETWORK].mode != NS_PRIVATE || nameserver;
	const char *cursor = connected ? host->resolv_conf : NULL;
	struct text text = { .arena = plan->arena };
	const char *line;
	size_t length;

	while ((line = parse_next_field(&cursor, '\n', &length)))
		if (length > 0 && !is_replaced_line(spec, plan, line, length))
			text_add(&text, "%.*s\n", (int)length, line);
	for (size_t i = 0; i < spec->dns.n; i++)
		text_add(&text, "nameserver %s\n", spec->dns.v[i]);
	if (spec->dns.n == 0 && nameserver)
		text_add(&text, "nameserver %s\n", nameserver);
	if (spec->dns_search.n != 1 || strcmp(spec->dns_search.v[0], ".") != 0)
		add_words(&text, "search", &spec->dns_search);
	add_words(&text, "options", &spec->dns_options);
	if (!text.s && !connected)
		text_add(&text, "# this container has no network\n");
	return text_string(&text);
}

static void add_files(const struct spec *spec, const struct host *host, struct plan *plan)
{
	if (!spec->no_hostname && plan->hostname)
		add_file(plan, "/etc/hostname", arena_printf(plan->arena, "%s\n", plan->hostname));
	if (!spec->no_hosts) {
		add_file(plan, "/etc/hosts", hosts_content(spec, host, plan));
		plan->mounts.v[plan->mounts.n - 1].grows = plan->bridge.bridge != NULL;
	}
	add_file(plan, "/etc/resolv.conf", resolv_content(spec, host, plan));
}

/*
 * apt looks whether it really became another user, which no filter can fake. Its configuration lies
 * in our own /dev, where it is in nobody's way, and APT_CONFIG names it.
 */
static void add_apt_config(struct plan *plan)
{
	if (plan->payload.fakeroot && plan->standard_devices)
		add_file(plan, FAKEROOT_APT_CONFIG, "APT::Sandbox::User \"root\";\n");
}

static void add_writable_places(const struct spec *spec, struct plan *plan)
{
	static const char *const places[] = { "/run", "/tmp", "/var/tmp" };

	if (!spec->read_only || !spec->read_only_tmpfs)
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		add(plan, MOUNT_TMPFS, places[i], NOSUID | NODEV)->data =
			i == 0 ? "mode=755" : "mode=1777";
}

/* --- the user's own --- */

static bool is_kernel_place(const char *path)
{
	return path_is_below(path, "/dev") || path_is_below(path, "/sys") ||
	       path_is_below(path, "/proc");
}

/* a default goes where the user's mount takes its place, or covers the directory it is for */
static bool is_replaced(const struct mount *standard, const struct spec *spec)
{
	for (size_t i = 0; i < spec->mounts.n; i++) {
		const char *destination = spec->mounts.v[i].destination;

		if (strcmp(destination, standard->destination) == 0 ||
		    (is_kernel_place(destination) &&
		     path_is_below(standard->destination, destination)))
			return true;
	}
	return false;
}

static void drop_replaced(const struct spec *spec, struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->mounts.n; i++) {
		if (!is_replaced(&plan->mounts.v[i], spec)) {
			plan->bridge.hosts |= plan->mounts.v[i].grows;
			plan->mounts.v[kept++] = plan->mounts.v[i];
			continue;
		}
		if (strcmp(plan->mounts.v[i].destination, "/dev") == 0)
			plan->standard_devices = false;
	}
	plan->mounts.n = kept;
}

/* what a type of mount gets unless the user said otherwise */
static uint64_t default_attributes(const struct mount *mount)
{
	switch (mount->type) {
	case MOUNT_TMPFS:
		return SAFE;
	case MOUNT_BIND:
	case MOUNT_OVERLAY:
		if (mount->device || (path_is_below(mount->source, "/dev") &&
				      !strstr(mount->source, "..")))
			return NOSUID;
		return NOSUID | NODEV;
	case MOUNT_DEVPTS:
		return NOSUID | NOEXEC;
	default:
		return SAFE;
	}
}

static int check_source(const struct mount *mount, const struct path_fact *fact, struct error *err)
{
	bool device = S_ISCHR(fact->mode) || S_ISBLK(fact->mode) || S_ISDIR(fact->mode);

	/* a directory above may be closed to the caller and open to root inside: init will see */
	if (fact->errnum == EACCES)
		return 0;
	if (fact->errnum) {
		error_set(err, "mount-source", fact->errnum, "cannot mount '%s' on '%s'",
			  mount->source, mount->destination);
		return error_set_arg(err, "%s", mount->source);
	}
	if (mount->device && !device)
		return error_set(err, "device", 0, "'%s' is not a device", mount->source);
	if (mount->type == MOUNT_OVERLAY && !S_ISDIR(fact->mode))
		return error_set(err, "mount-source", 0,
				 "'%s' is not a directory, and only a directory can have an overlay",
				 mount->source);
	return 0;
}

static const char *absolute(const struct plan *plan, const struct host *host, const char *path)
{
	if (!path || (path[0] != '/' && !host->cwd))
		return path; /* no directory to start from: init has the same one */
	/* a ".." after a symbolic link is the kernel's to resolve: only what has none is normalised */
	if (strstr(path, ".."))
		return path[0] == '/' ? path :
					arena_printf(plan->arena, "%s/%s", host->cwd, path);
	return path_join(plan->arena, host->cwd ? host->cwd : "/", path);
}

static int add_user_mounts(const struct spec *spec, const struct host *host, struct plan *plan,
			   struct error *err)
{
	for (size_t i = 0; i < spec->mounts.n; i++) {
		struct mount *mount = array_push(plan->arena, &plan->mounts);

		*mount = spec->mounts.v[i];
		if (mount->source && check_source(mount, &host->mount_sources.v[i], err) < 0)
			return -1;
		mount->file = mount->source && !host->mount_sources.v[i].errnum &&
			      !S_ISDIR(host->mount_sources.v[i].mode);
		mount->closed = mount->source && host->mount_sources.v[i].closed;
		mount->source = absolute(plan, host, mount->source);
		mount->set |= default_attributes(mount) & ~mount->keep;
		mount->upper = absolute(plan, host, mount->upper);
		mount->work = absolute(plan, host, mount->work);
		if (mount->type == MOUNT_TMPFS && (!mount->data || !strstr(mount->data, "mode=")))
			mount->data = arena_printf(plan->arena, "mode=1777%s%s",
						   mount->data ? "," : "",
						   mount->data ? mount->data : "");
		if (mount->type == MOUNT_DEVPTS)
			mount->data = "newinstance,ptmxmode=0666,mode=0620";
	}
	return 0;
}

/* stable: equals keep their order, so the defaults come before the user's at the same depth */
static void sort_by_depth(nsrun_mounts *mounts)
{
	for (size_t i = 1; i < mounts->n; i++) {
		struct mount mount = mounts->v[i];
		size_t depth = path_depth(mount.destination), at = i;

		while (at > 0 && path_depth(mounts->v[at - 1].destination) > depth) {
			mounts->v[at] = mounts->v[at - 1];
			at--;
		}
		mounts->v[at] = mount;
	}
}

int plan_build_mounts(const struct spec *spec, const struct host *host, struct plan *plan,
		      struct error *err)
{
	plan->rootfs = (struct plan_rootfs){
		.path = absolute(plan, host, spec->rootfs),
		.overlay = spec->rootfs_overlay || spec->rootfs_overlay_dir,
		.overlay_dir = absolute(plan, host, spec->rootfs_overlay_dir),
		.set = plan->payload.no_new_privs ? NOSUID : 0,
		.read_only = spec->read_only,
		.closed = host->rootfs.closed,
	};
	add_kernel(spec, plan);
	add_files(spec, host, plan);
	if (spec->box.name)
		plan_build_box(spec, host, plan);
	add_apt_config(plan);
	add_writable_places(spec, plan);
	drop_replaced(spec, plan);
	if (add_user_mounts(spec, host, plan, err) < 0)
		return -1;
	sort_by_depth(&plan->mounts);
	return 0;
}
