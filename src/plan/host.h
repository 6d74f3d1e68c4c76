/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about this machine and this caller, read once, before anything is decided. Tests make
 * them up.
 */
#ifndef NSRUN_PLAN_HOST_H
#define NSRUN_PLAN_HOST_H

#include "nsrun/spec.h"
#include "newidmap/client.h"
#include "plan/host_network.h"
#include "sys/subid.h"

/**
 * struct path_fact - What stat(2) said of a path: @errnum 0 and a mode, or an errno
 * @closed: for root only: a directory above belongs to somebody else and is closed to others
 */
struct path_fact {
	int errnum;
	uint32_t mode;
	bool closed;
};

typedef NSRUN_ARRAY(struct subid_range) nsrun_subids;

/**
 * struct subid_fact - A user's lines of /etc/subuid or /etc/subgid
 * @file:   which file
 * @owner:  whose lines, as a name or a number in decimal
 * @ranges: in file order
 * @errnum: why the file cannot be read, or 0; one that is not there has no lines
 */
struct subid_fact {
	const char *file;
	const char *owner;
	int errnum;
	nsrun_subids ranges;
};

/**
 * struct host - What the plan depends on beside the spec
 * @may_write_maps: has CAP_SETUID and CAP_SETGID, so that it needs no helper
 * @is_admin:       has CAP_SYS_ADMIN in its user namespace
 * @initial_userns: the caller is in no user namespace but the first
 * @parent_uids:    ids that exist in the caller's user namespace
 * @newidmap:       which id helper can work here, or why none can
 * @mount_sources:  one fact per mount of the spec, in its order
 * @joins:          one owner per namespace kind that is joined: dev and inode of the user namespace
 * @free_subids:    first id of 65536 that no line grants to anybody; known where it is needed
 * @thermal_throttles: how many CPUs tell their throttling in /sys, which leaks the neighbours' load
 * @container_id:   twelve random hex digits, the default host name
 */
struct host {
	uint32_t uid;
	uint32_t gid;
	const char *user_name;
	bool may_write_maps;
	bool is_admin;
	bool initial_userns;
	nsrun_idmaps parent_uids;
	nsrun_idmaps parent_gids;
	struct subid_fact subuids;
	struct subid_fact subgids;
	struct newidmap newidmap;
	struct path_fact rootfs;
	struct path_fact rootfs_overlay_dir;
	NSRUN_ARRAY(struct path_fact) mount_sources;
	bool stdin_is_tty;
	bool stdout_is_tty;
	bool in_foreground; /* of the terminal that is standard input */
	const char *cwd;
	const char *hostname;
	const char *container_id;
	uint64_t free_subids;
	size_t thermal_throttles;
	const char *const *environment;
	const char *hosts;
	const char *resolv_conf;
	struct network_fact network;
	int32_t oom_score_adj;
	struct limit limits[16]; /* own hard limits, indexed by RLIMIT_* */
	uint32_t listen_fds;     /* handed over by systemd or another (sd_listen_fds(3)) */
	const char *listen_names;
	bool ended_at_logout;    /* systemd-logind ends what the caller leaves behind */
	bool open_fds_missing;   /* a descriptor of --preserve-fds is not open */
};

/**
 * host_probe() - Read what the plan of @spec needs
 *
 * Runs in:  supervisor. Must not: change anything.
 * Return:   0, or -1 with @err for a machine that cannot be read at all (no /proc).
 */
int host_probe(const struct spec *spec, struct host *ret_host, struct error *err);

#endif
