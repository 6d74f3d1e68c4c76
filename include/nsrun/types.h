/* SPDX-License-Identifier: Apache-2.0 */
/* Words that the command line, the spec and the plan have in common. */
#ifndef NSRUN_TYPES_H
#define NSRUN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct arena - Owns all memory of a spec and its plan
 * @blocks:       opaque
 * @on_exhausted: called when memory is short; must not return. Only ever called before the first
 *                clone3, when nothing has been created.
 */
struct arena {
	struct arena_block *blocks;
	void (*on_exhausted)(void);
};

/** arena_free_all() - Release every block; the arena can be used again. */
void arena_free_all(struct arena *arena);

/** NSRUN_ARRAY - A list that lives in an arena: elements, how many, room for how many. */
#define NSRUN_ARRAY(type)                                                                          \
	struct {                                                                                   \
		type *v;                                                                           \
		size_t n;                                                                          \
		size_t cap;                                                                        \
	}

typedef NSRUN_ARRAY(const char *) nsrun_strings;

/**
 * struct idmap - One extent of a uid_map or gid_map (user_namespaces(7))
 * @inside:  first id in the container
 * @outside: first id in the parent user namespace, which is the host's
 * @count:   how many ids
 */
struct idmap {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

typedef NSRUN_ARRAY(struct idmap) nsrun_idmaps;

/** ID_NONE - The one value that is no uid and no gid. */
#define ID_NONE UINT32_MAX

enum ns_kind {
	NS_USER,
	NS_MOUNT,
	NS_PID,
	NS_NETWORK,
	NS_IPC,
	NS_UTS,
	NS_CGROUP,
	NS_KINDS,
};

enum ns_mode {
	NS_PRIVATE, /* a new one */
	NS_HOST,    /* the caller's */
	NS_JOIN,    /* an existing one, by path */
};

/**
 * struct ns_choice - Which namespace of one kind a container lives in
 * @path:      with NS_JOIN
 * @container: the container that has it, or NULL
 * @pid, @start_time: with @container: its first process, which @path is of
 */
struct ns_choice {
	enum ns_mode mode;
	const char *path;
	const char *container;
	int32_t pid;
	uint64_t start_time;
};

/** struct auto_ids - A range that one container has alone; @uid and @gid ID_NONE: not chosen yet */
struct auto_ids {
	uint32_t uid;
	uint32_t gid;
	uint32_t count;
};

enum mount_type {
	MOUNT_BIND,
	MOUNT_TMPFS,
	MOUNT_OVERLAY,
	MOUNT_PROC,
	MOUNT_SYSFS,
	MOUNT_DEVPTS,
	MOUNT_MQUEUE,
	MOUNT_CGROUP2,
	MOUNT_FILE, /* a generated file, bound from a tmpfs of nsrun's own */
};

enum mount_propagation {
	PROPAGATION_PRIVATE,
	PROPAGATION_SLAVE,
};

/**
 * struct mount - One mount of a container, as asked for and as it will be made
 * @type:        what is mounted
 * @source:      BIND: a path on the host; OVERLAY: the lower directory; else NULL
 * @destination: absolute path in the container, normalised
 * @set:         MOUNT_ATTR_* that must be set (mount_setattr(2))
 * @keep:        MOUNT_ATTR_* that the user wants off: no default may set them
 * @propagation: what the mount receives from the host
 * @recursive:   BIND: with the source's submounts
 * @data:        file system options, comma-separated (tmpfs, devpts)
 * @content:     FILE: what the file holds
 * @upper:       OVERLAY: directory on the host that keeps the changes; NULL throws them away
 * @work:        OVERLAY: work directory beside @upper
 * @chown:       BIND: give the source tree to the container's user first (":U")
 * @device:      BIND: the source must be a device node
 * @file:        BIND: the source is known to be no directory
 * @closed:      BIND, OVERLAY: a directory above is closed to all but the host's root, who opens it
 *               before init is made
 * @grows:       FILE: a bridge adds the names of who is on it
 * @optional:    leave it out, announced, where it cannot be made
 */
struct mount {
	enum mount_type type;
	const char *source;
	const char *destination;
	uint64_t set;
	uint64_t keep;
	enum mount_propagation propagation;
	bool recursive;
	const char *data;
	const char *content;
	const char *upper;
	const char *work;
	bool chown;
	bool device;
	bool file;
	bool closed;
	bool grows;
	bool optional;
};

typedef NSRUN_ARRAY(struct mount) nsrun_mounts;

/** struct limit - One resource limit: RLIMIT_*, soft and hard value (RLIM_INFINITY allowed) */
struct limit {
	int resource;
	uint64_t soft;
	uint64_t hard;
};

/**
 * struct sysctl - A value of /proc/sys
 * @key:      with slashes ("net/ipv4/ip_forward")
 * @value:    as written
 * @optional: a convenience of nsrun's own, which an outer container may not allow
 */
struct sysctl {
	const char *key;
	const char *value;
	bool optional;
};

/**
 * struct user_choice - Who the payload is, before the rootfs's passwd file is read
 * @name:   login name to look up, or NULL when @uid is given
 * @uid:    number, or ID_NONE
 * @group:  group name to look up, or NULL
 * @gid:    number, or ID_NONE: the user's own group
 */
struct user_choice {
	const char *name;
	uint32_t uid;
	const char *group;
	uint32_t gid;
};

enum tristate {
	UNDECIDED,
	NO,
	YES,
};

#endif
