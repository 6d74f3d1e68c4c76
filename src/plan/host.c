// SPDX-License-Identifier: Apache-2.0
/* Reading this machine. Runs in: supervisor; changes nothing. */
#include "plan/host.h"

#include "base/arena.h"
#include "base/errnum.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"
#include "sys/capability.h"
#include "sys/idmap.h"
#include "sys/limit.h"
#include "sys/user_name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_FILE_SIZE ((size_t)16 << 10)

extern char **environ;

/* linux/nsfs.h has it since 6.18; the number is as old as /proc/PID/ns */
#define INITIAL_USER_NAMESPACE 0xEFFFFFFDU

static const char *read_text(struct arena *arena, const char *path)
{
	static char buffer[SMALL_FILE_SIZE]; /* on the stack, each of its pages would be touched */

	return file_read(AT_FDCWD, path, buffer, sizeof(buffer)) < 0 ? NULL :
								       arena_strdup(arena, buffer);
}

static int probe_parent_maps(struct arena *arena, struct host *host, struct error *err)
{
	const struct idmap every = { .count = UINT32_MAX };
	const char *uids, *gids;
	struct stat st;

	if (stat("/proc/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NAMESPACE) {
		*array_push(arena, &host->parent_uids) = every;
		*array_push(arena, &host->parent_gids) = every;
		host->initial_userns = true;
		return 0;
	}
	uids = read_text(arena, "/proc/self/uid_map");
	gids = read_text(arena, "/proc/self/gid_map");
	if (!uids || !gids || idmap_parse_proc(arena, uids, &host->parent_uids) < 0 ||
	    idmap_parse_proc(arena, gids, &host->parent_gids) < 0)
		return error_set(err, "no-proc", errno, "cannot read '/proc/self/uid_map'");
	host->initial_userns = host->parent_uids.n == 1 &&
			       host->parent_uids.v[0].inside == 0 &&
			       host->parent_uids.v[0].outside == 0 &&
			       host->parent_uids.v[0].count == UINT32_MAX;
	return 0;
}

struct subid_push {
	struct arena *arena;
	nsrun_subids *ranges;
};

static int push_range(const struct subid_range *range, void *arg)
{
	struct subid_push *push = arg;

	*array_push(push->arena, push->ranges) = *range;
	return 0;
}

static void scan_subids(struct arena *arena, struct subid_fact *fact,
			const struct subid_owner *owner)
{
	auto_close int fd = open(fact->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct subid_push push = { arena, &fact->ranges };

	if (fd >= 0 && subid_scan(fd, owner, push_range, &push) == 0)
		return;
	fact->errnum = errno == ENOENT ? 0 : errno;
	fact->ranges.n = 0; /* half a file grants nothing */
}

/*
 * The lines of one owner: the name that was asked for, else the caller. Root without lines of his
 * own uses those of "containers", as podman's --userns=auto does.
 */
static void probe_subids(struct arena *arena, const struct host *host, const char *asked,
			 struct subid_fact *fact)
{
	struct subid_owner owner = { .name = asked ? asked : host->user_name,
				     .id = asked ? ID_NONE : host->uid };

	if (asked)
		parse_u32(asked, &owner.id);
	fact->owner = owner.name ? owner.name : arena_printf(arena, "%u", owner.id);
	scan_subids(arena, fact, &owner);
	if (asked || host->uid != 0 || fact->ranges.n > 0)
		return;
	owner = (struct subid_owner){ .name = "containers", .id = ID_NONE };
	scan_subids(arena, fact, &owner);
}

#define SUBIDS_FIRST ((uint64_t)100000) /* SUB_UID_MIN and SUB_UID_COUNT of login.defs(5) */
#define SUBIDS_COUNT ((uint64_t)65536)

static int keep_end(const struct subid_range *range, void *arg)
{
	uint64_t *free_from = arg, end = (uint64_t)range->start + range->count;

	while (*free_from < end)
		*free_from += SUBIDS_COUNT;
	return 0;
}

/* what an administrator could grant: advice that overlaps others' ranges would undo separation */
static void probe_free_subids(struct host *host)
{
	const char *files[] = { host->subuids.file, host->subgids.file };

	host->free_subids = SUBIDS_FIRST;
	for (size_t i = 0; i < 2; i++) {
		auto_close int fd = open(files[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

		if (fd >= 0)
			subid_scan(fd, NULL, keep_end, &host->free_subids);
	}
}

static int probe_identity(const struct spec *spec, struct arena *arena, struct host *host,
			  struct error *err)
{
	const struct subid_fact *facts[] = { &host->subuids, &host->subgids };
	char name[256];

	host->uid = geteuid();
	host->gid = getegid();
	if (user_name_of(host->uid, name, sizeof(name)) == 0)
		host->user_name = arena_strdup(arena, name);
	host->may_write_maps = capability_have(CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID));
	host->is_admin = capability_have(CAPABILITY(CAP_SYS_ADMIN));
	host->subuids.file = "/etc/subuid";
	host->subgids.file = "/etc/subgid";
	probe_subids(arena, host, spec->subuid_name, &host->subuids);
	probe_subids(arena, host, spec->subgid_name ? spec->subgid_name : spec->subuid_name,
		     &host->subgids);
	/* no reason to take the single id: it would be there at the next start */
	for (size_t i = 0; i < 2; i++)
		if (errnum_is_shortage(facts[i]->errnum))
			return error_set(err, "subid-file", facts[i]->errnum, "cannot read '%s'",
					 facts[i]->file);
	if (host->subuids.ranges.n == 0 || host->subgids.ranges.n == 0)
		probe_free_subids(host);
	if (!host->may_write_maps)
		newidmap_find(spec->newidmap, &host->newidmap);
	return 0;
}

/*
 * Root of the host has no power over other users' directories from inside a new user namespace,
 * where init opens its sources: what lies below one has to be opened before.
 */
static bool is_closed(const struct host *host, const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	if (!host->is_admin || strlen(path) >= sizeof(part))
		return false;
	for (const char *at = path; *at; at++) {
		if (at[0] != '/' || at == path)
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		if (stat(part, &st) == 0 && st.st_uid != host->uid && !(st.st_mode & S_IXOTH))
			return true;
	}
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid != host->uid &&
	       !(st.st_mode & S_IXOTH);
}

static struct path_fact probe_path(const struct host *host, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct path_fact){ .errnum = errno };
	return (struct path_fact){ .mode = st.st_mode, .closed = is_closed(host, path) };
}

/* somebody else's root file system: missing mount points, too, can be made from outside only */
static struct path_fact probe_rootfs(const struct host *host, const char *path)
{
	struct path_fact fact = probe_path(host, path);
	struct stat st;

	if (host->is_admin && !fact.errnum && stat(path, &st) == 0 && st.st_uid != host->uid)
		fact.closed = true;
	return fact;
}

static void probe_paths(const struct spec *spec, struct arena *arena, struct host *host)
{
	if (spec->rootfs)
		host->rootfs = probe_rootfs(host, spec->rootfs);
	if (spec->rootfs_overlay_dir)
		host->rootfs_overlay_dir = probe_path(host, spec->rootfs_overlay_dir);
	for (size_t i = 0; i < spec->mounts.n; i++) {
		const char *source = spec->mounts.v[i].source;
		struct path_fact none = { .errnum = 0 };

		*array_push(arena, &host->mount_sources) = source ? probe_path(host, source) : none;
	}
}

static int probe_limit(int resource, struct host *host, struct error *err)
{
	if (limit_get(resource, &host->limits[resource]) < 0)
		return error_set(err, "ulimit", errno, "cannot read the limit '%s'",
				 limit_name(resource));
	return 0;
}

/* sockets from descriptor 3 on that were opened for this very process */
static void probe_listen_fds(struct host *host)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	uint32_t meant;

	if (!pid || !count || parse_u32(pid, &meant) < 0 || meant != (uint32_t)getpid() ||
	    parse_u32(count, &host->listen_fds) < 0 || host->listen_fds > 1024) {
		host->listen_fds = 0;
		return;
	}
	host->listen_names = getenv("LISTEN_FDNAMES");
}

/* from the caller: all that nsrun itself opens is close-on-exec */
static bool is_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && !(flags & FD_CLOEXEC);
}

static int probe_process(const struct spec *spec, struct host *host, struct error *err)
{
	char text[16];

	host->environment = (const char *const *)environ;
	host->stdin_is_tty = isatty(STDIN_FILENO);
	host->stdout_is_tty = isatty(STDOUT_FILENO);
	/* a terminal that is not the controlling one has no foreground, so nobody is behind it */
	host->in_foreground = host->stdin_is_tty && (tcgetpgrp(STDIN_FILENO) < 0 ||
						     tcgetpgrp(STDIN_FILENO) == getpgrp());
	if (spec->action == ACTION_RUN)
		probe_listen_fds(host);
	for (uint32_t i = 0; i < spec->preserve_fds || i < host->listen_fds; i++)
		host->open_fds_missing |= !is_inherited(3 + (int)i);
	if (probe_limit(RLIMIT_CORE, host, err) < 0)
		return -1;
	for (size_t i = 0; i < spec->limits.n; i++)
		if (probe_limit(spec->limits.v[i].resource, host, err) < 0)
			return -1;
	if (spec->has_oom_score_adj &&
	    file_read(AT_FDCWD, "/proc/self/oom_score_adj", text, sizeof(text)) > 0) {
		text[strcspn(text, "\n")] = '\0';
		parse_i32(text, &host->oom_score_adj);
	}
	return 0;
}

static void probe_cpus(struct host *host)
{
	char path[64];

	do
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%zu/thermal_throttle",
			 host->thermal_throttles);
	while (access(path, F_OK) == 0 && ++host->thermal_throttles < 4096);
}

static void probe_names(const struct spec *spec, struct arena *arena, struct host *host)
{
	unsigned char random[6] = { 0 };
	char buffer[PATH_MAX];

	if (spec->container_id) {
		host->container_id = arena_strndup(arena, spec->container_id, 2 * sizeof(random));
	} else {
		if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
			random[0] = (unsigned char)getpid();
		host->container_id = arena_printf(arena, "%02x%02x%02x%02x%02x%02x", random[0],
						  random[1], random[2], random[3], random[4],
						  random[5]);
	}
	if (getcwd(buffer, sizeof(buffer)) && buffer[0] == '/')
		host->cwd = arena_strdup(arena, buffer);
	if (spec->ns[NS_UTS].mode == NS_HOST && gethostname(buffer, sizeof(buffer)) == 0)
		host->hostname = arena_strdup(arena, buffer);
	if (spec->network == NETWORK_NONE)
		return;
	host->hosts = read_text(arena, "/etc/hosts");
	host->resolv_conf = read_text(arena, "/etc/resolv.conf");
}

/*
 * Where logind keeps the session, and was not told to let the user linger, it removes his runtime
 * directory at his last log-out, and may end what he has left running.
 */
static void probe_session(struct host *host)
{
	static char groups[SMALL_FILE_SIZE];
	char slice[64], path[PATH_MAX];

	if (access("/run/systemd/seats", F_OK) < 0 && access("/run/systemd/system", F_OK) < 0)
		return;
	snprintf(slice, sizeof(slice), "/user.slice/user-%u.slice/", host->uid);
	if (!host->user_name || strchr(host->user_name, '/') ||
	    file_read(AT_FDCWD, "/proc/self/cgroup", groups, sizeof(groups)) < 0 ||
	    !strstr(groups, slice))
		return;
	snprintf(path, sizeof(path), "/var/lib/systemd/linger/%s", host->user_name);
	host->ended_at_logout = access(path, F_OK) < 0 && errno == ENOENT;
}

int host_probe(const struct spec *spec, struct host *host, struct error *err)
{
	struct arena *arena = spec->arena;

	*host = (struct host){ .uid = 0 };
	if (probe_parent_maps(arena, host, err) < 0 ||
	    probe_identity(spec, arena, host, err) < 0 ||
	    probe_process(spec, host, err) < 0)
		return -1;
	probe_paths(spec, arena, host);
	probe_names(spec, arena, host);
	host_probe_network(spec, &host->network);
	probe_cpus(host);
	if (spec_is_kept(spec))
		probe_session(host);
	return 0;
}
