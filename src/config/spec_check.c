// SPDX-License-Identifier: Apache-2.0
/* Contradictions inside a spec. Pure: no I/O. Runs in: supervisor. */
#include "nsrun/spec.h"

#include "base/path.h"
#include "sys/idmap.h"

#include <string.h>

static int conflict(struct error *err, const char *one, const char *other)
{
	return error_set(err, "spec-conflict", 0, "%s and %s contradict each other", one, other);
}

static int check_life(const struct spec *spec, struct error *err)
{
	const struct spec_life *life = &spec->life;

	if (life->remove && life->restart != RESTART_NO)
		return conflict(err, "--rm", "--restart");
	if (life->replace && !life->name)
		return error_set(err, "spec-conflict", 0, "--replace needs a --name");
	return 0;
}

static int check_identity(const struct spec *spec, struct error *err)
{
	bool maps = spec->uid_maps.n > 0 || spec->gid_maps.n > 0;

	if (maps && spec->userns != USERNS_DEFAULT)
		return conflict(err, "--uidmap or --gidmap", "--userns");
	if (maps && (spec->subuid_name || spec->subgid_name))
		return conflict(err, "--uidmap or --gidmap", "--subuidname or --subgidname");
	if (spec->keep_groups && spec->group_add.n > 0)
		return conflict(err, "--group-add keep-groups", "another --group-add");
	if (idmap_check("--uidmap", spec->uid_maps.v, spec->uid_maps.n, err) < 0 ||
	    idmap_check("--gidmap", spec->gid_maps.v, spec->gid_maps.n, err) < 0)
		return -1;
	return 0;
}

/* a sysctl belongs to one namespace; the host's must not be written */
static int check_sysctl(const struct spec *spec, const struct sysctl *sysctl, struct error *err)
{
	static const char *const ipc[] = { "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni",
					   "kernel/sem",    "kernel/shmall", "kernel/shmmax",
					   "kernel/shmmni", "kernel/shm_rmid_forced" };
	enum ns_kind kind = NS_KINDS;

	if (strncmp(sysctl->key, "net/", 4) == 0)
		kind = NS_NETWORK;
	else if (strcmp(sysctl->key, "kernel/domainname") == 0)
		kind = NS_UTS;
	else if (strncmp(sysctl->key, "fs/mqueue/", 10) == 0)
		kind = NS_IPC;
	for (size_t i = 0; i < sizeof(ipc) / sizeof(ipc[0]); i++)
		if (strcmp(sysctl->key, ipc[i]) == 0)
			kind = NS_IPC;
	if (kind == NS_KINDS)
		return error_set(err, "sysctl-not-namespaced", 0,
				 "the sysctl '%s' belongs to the whole host, not to a container",
				 sysctl->key);
	if (spec->ns[kind].mode == NS_HOST)
		return error_set(err, "spec-conflict", 0,
				 "the sysctl '%s' would change the host, whose namespace was asked for",
				 sysctl->key);
	return 0;
}

/* what lxcfs provides may be bound over /proc's own files (as runc allows); nothing else may */
static bool may_cover_proc(const char *destination)
{
	static const char *const lxcfs[] = { "/proc/cpuinfo",   "/proc/diskstats", "/proc/meminfo",
					     "/proc/stat",      "/proc/swaps",     "/proc/uptime",
					     "/proc/loadavg",   "/proc/slabinfo" };

	for (size_t i = 0; i < sizeof(lxcfs) / sizeof(lxcfs[0]); i++)
		if (strcmp(destination, lxcfs[i]) == 0)
			return true;
	return false;
}

static int check_mounts(const struct spec *spec, struct error *err)
{
	for (size_t i = 0; i < spec->mounts.n; i++) {
		const struct mount *mount = &spec->mounts.v[i];

		if (strcmp(mount->destination, "/") == 0)
			return error_set(err, "mount-destination", 0,
					 "'/' cannot be a mount's destination: name another ROOTFS");
		if (path_is_below(mount->destination, "/proc") && mount->type != MOUNT_PROC &&
		    !may_cover_proc(mount->destination))
			return error_set(err, "mount-destination", 0,
					 "nothing may be mounted over '%s'", mount->destination);
		for (size_t j = 0; j < i; j++)
			if (strcmp(mount->destination, spec->mounts.v[j].destination) == 0)
				return error_set(err, "mount-duplicate", 0,
						 "two mounts have the destination '%s'",
						 mount->destination);
	}
	return 0;
}

static int check_namespaces(const struct spec *spec, struct error *err)
{
	if (spec->ns[NS_UTS].mode != NS_PRIVATE && spec->hostname)
		return conflict(err, "--hostname", "a --uts that is not private");
	if (spec->init && spec->ns[NS_PID].mode == NS_HOST)
		return conflict(err, "--init", "--pid=host");
	return 0;
}

static bool same_address(const char *one, const char *other)
{
	return !one || !other || strcmp(one, other) == 0;
}

static int check_published(const struct spec *spec, struct error *err)
{
	if (spec->published.n > 0 &&
	    (spec->network == NETWORK_NONE || spec->network == NETWORK_OTHER))
		return error_set(err, "publish-network", 0,
				 "--publish needs a private network: with --network=%s there is "
				 "nothing to lead ports into",
				 spec->network == NETWORK_NONE		      ? "none" :
				 spec->ns[NS_NETWORK].mode == NS_HOST ? "host" : "ns:PATH");
	/* an image names its ports; to guess for a directory would open wrong ones */
	if (spec->publish_all && spec->exposed.n == 0)
		return error_set(err, "publish-all", 0,
				 "--publish-all: a directory does not say which ports it exposes, and "
				 "no --expose does");
	for (size_t i = 0; i < spec->published.n; i++) {
		const struct published *one = &spec->published.v[i];

		for (size_t j = 0; j < i && one->host; j++) {
			const struct published *other = &spec->published.v[j];

			if (one->udp == other->udp && one->host < other->host + other->count &&
			    other->host < one->host + one->count && other->host &&
			    same_address(one->address, other->address))
				return error_set(err, "publish-twice", 0,
						 "port %u of the host is published twice", one->host);
		}
	}
	return 0;
}

int spec_check(const struct spec *spec, struct error *err)
{
	if (spec->action == ACTION_RUN && !spec->rootfs)
		return error_set(err, "usage", 0, "no root file system was named; usage: nsrun [run] [OPTIONS] ROOTFS "
				 "[COMMAND [ARG...]]");
	if (spec->rootfs_overlay && spec->rootfs_overlay_dir)
		return conflict(err, "ROOTFS:O", "--rootfs-overlay");
	if (spec->add_hosts.n > 0 && spec->no_hosts)
		return conflict(err, "--add-host", "--no-hosts");
	if (spec->action == ACTION_EXEC)
		return 0; /* what it was made with was checked then */
	if (check_life(spec, err) < 0 || check_identity(spec, err) < 0 || check_namespaces(spec, err) < 0 ||
	    check_mounts(spec, err) < 0 || check_published(spec, err) < 0)
		return -1;
	for (size_t i = 0; i < spec->sysctls.n; i++)
		if (check_sysctl(spec, &spec->sysctls.v[i], err) < 0)
			return -1;
	return 0;
}
