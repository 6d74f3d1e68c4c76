/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What will be done: every value rendered, so that init only makes system calls. The same spec and
 * the same host facts give the same plan.
 */
#ifndef NSRUN_PLAN_PLAN_H
#define NSRUN_PLAN_PLAN_H

#include "nsrun/nsrun.h"
#include "newidmap/client.h"
#include "plan/host.h"
#include "sys/filter.h"
#include "sys/capability.h"

#include <sys/mount.h>

/** What the nodes of the standard /dev are mounted with. */
#define STANDARD_DEVICE_FLAGS ((uint64_t)MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

/** With --fakeroot: what tells apt not to change its user. */
#define FAKEROOT_APT_CONFIG "/dev/nsrun-apt.conf"

enum map_writer {
	MAPS_NONE,   /* no new user namespace */
	MAPS_DIRECT, /* the supervisor has CAP_SETUID and CAP_SETGID */
	MAPS_SINGLE, /* one id each, which anybody may write; setgroups is denied */
	MAPS_HELPER,
	MAPS_JOINED, /* those of the container that runs, known and not written */
};

/** struct plan_rootfs - The root: a bind of @path, below an overlay if asked */
struct plan_rootfs {
	const char *path;
	bool overlay;
	const char *overlay_dir; /* keeps the changes; NULL: thrown away */
	uint64_t set;		 /* MOUNT_ATTR_* of the root mount, but for RDONLY */
	bool read_only;		 /* set last, when all mount points are made */
	bool closed; /* see struct mount */
};

/** The interface that leads out of a private network. */
#define NETWORK_INTERFACE "eth0"

/** What the nameserver of every helper is called: slirp4netns's own, which pasta is told to take. */
#define NETWORK_NAMESERVER	"10.0.2.3"
#define NETWORK_NAMESERVER_IPV6 "fd00::3"

/* Descriptors of a helper's process, which its argument vector names (run/network_helper.c) */
enum helper_fd {
	/* pasta closes what lies above 2 */
	PASTA_FD_NETNS = 0,
	PASTA_FD_USERNS = 1,
	SLIRP_FD_NETNS = 3,
	SLIRP_FD_READY = 4,
	SLIRP_FD_EXIT = 5,
	SLIRP_FD_USERNS = 6,
};

enum helper_kind {
	HELPER_PASTA,
	HELPER_SLIRP,
};

/** struct network_helper - A program that carries packets; @name for messages */
struct network_helper {
	enum helper_kind kind;
	const char *name;
	const char *const *argv;
	bool in_userns; /* executed in the container's user namespace, as its root */
};

/**
 * struct plan_network - How a private network gets out
 * @helpers:    in the order in which they are tried; none: the network has only lo
 * @required:   it was asked for by name, or ports were: without it there is no container
 * @routes:     enum netlink_route: which default routes show that pasta has configured the interface
 * @txqueuelen: packets that the interface may hold back; 0: the kernel's default
 * @published:  with the host's ports filled in
 * @api_dir:    slirp4netns: a directory that is made for its socket, or NULL
 * @nameserver: for resolv.conf; NULL: as the host
 * @host_address: what host.containers.internal means, or NULL
 * @outlives: nsrun may end before the helper does
 */
struct plan_network {
	struct network_helper helpers[2];
	size_t n_helpers;
	bool required;
	unsigned routes;
	uint32_t txqueuelen;
	NSRUN_ARRAY(struct published) published;
	const char *api_dir;
	const char *api_socket;
	const char *nameserver;
	const char *host_address;
	bool outlives;
	bool strict;
};

/**
 * struct plan_bridge - The network of the caller's own that the container is on
 * @bridge:    NULL: none
 * @interface: its name in the container
 * @routed:    the way out leads over it; else it leads to its neighbours only
 * @address:   in the host's byte order; 0: one that is free
 * @names:     what the others call the container
 * @hosts:     it has an /etc/hosts for the names of others
 * @outbound:  how the bridge's own network gets out; used by who is the first on it
 */
struct plan_bridge {
	const struct bridge *bridge;
	const char *interface;
	bool routed;
	uint32_t address;
	const char *names;
	bool hosts;
	struct plan_network outbound;
};

/** struct path_guard - A path of /proc or /sys that is hidden, or made read-only */
struct path_guard {
	const char *path;
	bool hidden;
};

/** struct plan_payload - The process that the user asked for */
struct plan_payload {
	const char *const *argv;
	const char **envp; /* ends in three NULLs: room for HOME and SHELL */
	size_t envp_n;
	const char **listen_pid; /* place in envp for the payload's own pid, or NULL */
	bool home_wanted; /* HOME comes from the rootfs's passwd */
	const char *path; /* PATH in which argv[0] is looked up */
	const char *workdir;
	uint32_t umask;
	struct user_choice user;
	NSRUN_ARRAY(struct user_choice) group_add;
	bool keep_groups;
	struct capability_sets root_capabilities; /* when its uid is 0 */
	struct capability_sets user_capabilities; /* when it is not */
	bool no_new_privs;
	bool new_keyring;       /* a session keyring of its own */
	const char *seccomp;    /* which profile: "default", "unconfined" or a file */
	struct filter_program filter; /* no bytes: none */
	bool fakeroot;          /* changes of owner and identity are answered as done */
	const char *apparmor;   /* profile to change to, or NULL */
	NSRUN_ARRAY(struct landlock_rule) landlock;
	bool landlock_scopes;   /* no signals and no abstract sockets to the outside */
	NSRUN_ARRAY(struct limit) limits;
	bool has_oom_score_adj;
	int32_t oom_score_adj;
	uint32_t preserve_fds;
	bool under_reaper; /* --init */
	bool idle;	   /* there is none: a pid 1 that reaps, until somebody enters */
	const char *const *login_shells; /* for an empty command: "SHELL=/path", the best first */
	const char *const *shells;	 /* SHELL is to be the best of these that is there */
};

/**
 * struct plan - Everything about one container
 * @setup_uid: id inside under which init builds the container: 0, or the first one mapped
 * @setgroups: whether init may call setgroups(2)
 * @root_is_caller: the setup id inside is the caller himself outside
 */
struct plan {
	struct arena *arena;
	enum spec_action action;

	struct ns_choice ns[NS_KINDS];
	uint64_t clone_flags;

	nsrun_idmaps uid_maps;
	nsrun_idmaps gid_maps;
	const char *uid_map_text;
	const char *gid_map_text;
	enum map_writer map_writer;
	struct newidmap newidmap;
	const char *container_cgroup; /* EXEC: which is entered, or NULL */
	int container_pidfd; /* EXEC: whose namespaces are joined */
	bool setgroups;
	bool root_is_caller;
	uint32_t setup_uid;
	uint32_t setup_gid;

	struct plan_network network;
	struct plan_bridge bridge;

	struct plan_rootfs rootfs;
	nsrun_mounts mounts; /* in the order in which they are made */
	bool standard_devices; /* /dev is nsrun's own, with its nodes and links */
	const char *hostname;
	NSRUN_ARRAY(struct sysctl) sysctls;
	NSRUN_ARRAY(struct path_guard) guards;
	bool lock_namespaces; /* no namespaces inside, whatever the filter says */

	struct plan_payload payload;
	const char *env_pipe; /* spec.h: what nsrun executed anew would not find again */

	bool tty;
	bool interactive;
	bool sig_proxy;
	uint64_t timeout_ms;
	const char *pidfile;
	bool detached; /* nsrun may end before it does */
	bool strict;
	NSRUN_ARRAY(struct error) notices;
};

/**
 * plan_build() - Compute the plan
 *
 * Pure: no I/O.
 * Return: 0, or -1 with @err.
 */
int plan_build(const struct spec *spec, const struct host *host, struct plan *plan,
	       struct error *err);

/*
 * The parts of plan_build(), in their order. Each fills its part of a zeroed plan.
 */
int plan_build_identity(const struct spec *spec, const struct host *host, struct plan *plan,
			struct error *err);
int plan_build_namespaces(const struct spec *spec, const struct host *host, struct plan *plan,
			  struct error *err);
int plan_build_network(const struct spec *spec, const struct host *host, struct plan *plan,
		       struct error *err);
int plan_build_security(const struct spec *spec, const struct host *host, struct plan *plan,
			struct error *err);
int plan_build_mounts(const struct spec *spec, const struct host *host, struct plan *plan,
		      struct error *err);
void plan_build_box(const struct spec *spec, const struct host *host, struct plan *plan);
int plan_build_fakeroot(const struct spec *spec, struct plan *plan, struct error *err);
void plan_build_environment(const struct spec *spec, const struct host *host, struct plan *plan);
int plan_build_payload(const struct spec *spec, const struct host *host, struct plan *plan,
		       struct error *err);

/**
 * plan_make_filter() - Render the system call filter
 *
 * Not pure: a user's own profile is a file, and what is made of it is kept in a cache.
 * Return: 0, or -1 with @err.
 */
int plan_make_filter(const struct spec *spec, struct plan *plan, struct error *err);

/** environment_lookup() - A variable's value in an environment that ends in NULL, or NULL. */
const char *environment_lookup(const char *const *environment, const char *name);

/** plan_sends_socket() - Whether init has to hand over a socket of its network namespace. */
bool plan_sends_socket(const struct plan *plan);

/** plan_nameserver() - What resolv.conf names, or NULL: as the host's. */
const char *plan_nameserver(const struct plan *plan);

/** plan_host_address() - What host.containers.internal means, or NULL. */
const char *plan_host_address(const struct plan *plan);

/** plan_joins() - Whether any namespace is an existing one. */
bool plan_joins(const struct plan *plan);

/** plan_warn() - Say something about what was asked for; no weaker path, so --strict does not mind. */
void plan_warn(struct plan *plan, const char *id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * plan_fallback() - Note that a weaker path is taken; with --strict it is an error
 *
 * Return: 0 after noting it, or -1 with @err.
 */
int plan_fallback(struct plan *plan, struct error *err, const char *id, const char *arg,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
