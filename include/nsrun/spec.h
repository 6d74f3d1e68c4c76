/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user asked for, in the model of the OCI runtime specification. A command line fills it
 * through the setters below; nothing here has looked at the host yet.
 */
#ifndef NSRUN_SPEC_H
#define NSRUN_SPEC_H

#include "nsrun/error.h"
#include "nsrun/types.h"

enum spec_action {
	ACTION_RUN,     /* a container with a root of its own */
	ACTION_UNSHARE, /* only the id maps, and a mount namespace */
	ACTION_EXEC,    /* one more command in a container that runs */
};

enum userns_mode {
	USERNS_DEFAULT, /* inside 0 is the user, inside 1... his subordinate ids */
	USERNS_KEEP_ID, /* the user keeps his own number */
	USERNS_NOMAP,   /* the user's own id is not mapped */
	USERNS_HOST,    /* no user namespace: root only */
	USERNS_JOIN,    /* an existing one, by path */
	USERNS_AUTO,    /* a range that no other container has; the user's own id is not mapped */
};

enum seccomp_mode {
	SECCOMP_DEFAULT,
	SECCOMP_UNCONFINED,
	SECCOMP_FILE,
};

/** struct landlock_rule - What the payload may do below a path of the container */
struct landlock_rule {
	const char *path;
	bool writable;
};

enum env_action {
	ENV_SET,    /* @name gets @value */
	ENV_IMPORT, /* @name gets the caller's value, if he has one */
	ENV_UNSET,
	ENV_NOTHING, /* was to be imported, and there was none */
};

struct env_change {
	enum env_action action;
	const char *name;
	const char *value;
};

enum network_mode {
	NETWORK_DEFAULT, /* NETWORK_PRIVATE, and none where the host itself has no way out */
	NETWORK_PRIVATE, /* the best helper there is */
	NETWORK_PASTA,
	NETWORK_SLIRP,
	NETWORK_BRIDGE, /* one of the caller's own, which containers share */
	NETWORK_NONE,
	NETWORK_OTHER, /* the host's, or one that exists: no helper */
};

/** struct slirp_options - What --network=slirp4netns:... asks for; NULL and 0: the default */
struct slirp_options {
	uint32_t mtu;
	const char *cidr;
	const char *outbound_addr;
	bool host_loopback;
	bool ipv6;
};

/**
 * struct bridge - A network of the caller's own: containers on one bridge, which has the first address
 * @path:    its directory
 * @subnet:  IPv4, in the host's byte order
 * @bits:    of @subnet, 8 to 29
 * @prefix6: the first half of its IPv6 addresses
 * @internal: nothing leads out of it
 */
struct bridge {
	const char *name;
	const char *path;
	uint64_t created_ns;
	uint32_t subnet;
	uint32_t bits;
	unsigned char prefix6[8];
	bool internal;
};

/**
 * struct published - A range of ports of the host that lead into the container
 * @address: on which the host listens; NULL: on all
 * @host:    first port of the host; 0: one that is free
 * @inside:  first port in the container
 * @count:   how many
 */
struct published {
	const char *address;
	uint16_t host;
	uint16_t inside;
	uint16_t count;
	bool udp;
};

struct host_entry {
	const char *name;
	const char *address;
};

enum restart_policy {
	RESTART_NO,
	RESTART_ON_FAILURE, /* after an exit status that is not 0, or a signal */
	RESTART_ALWAYS,
};

enum log_driver {
	LOG_FILE, /* podman's k8s-file */
	LOG_NONE,
};

/**
 * struct spec_life - What happens to a container that is kept
 * @name:           NULL: its id
 * @remove:         when it has ended, nothing of it stays
 * @replace:        a container of the same name is removed first
 * @restart_max:    how often; 0: without end
 * @detach_keys:    NULL: the usual ones
 */
struct spec_life {
	const char *name;
	bool detach;
	bool remove;
	bool replace;
	enum restart_policy restart;
	uint32_t restart_max;
	int stop_signal;
	uint32_t stop_timeout_s;
	nsrun_strings labels;
	const char *cidfile;
	enum log_driver log_driver;
	uint64_t log_max_bytes;
	uint32_t log_max_files;
	const char *detach_keys;
};

/** struct box_group - A group of the caller's, as the host calls it */
struct box_group {
	uint32_t gid;
	const char *name;
};

/**
 * struct spec_box - What a container of `nsrun box` is beside one of `nsrun run`
 * @name:   of the box; NULL: it is none, and nothing else here counts
 * @enter:  EXEC: the user comes in, with a shell of his where he names no command
 * @user, @home, @shell: who the caller is on the host
 * @inside_shell: what the rootfs has of it
 * @groups: the caller's, his own first
 * @passwd, @group: what the rootfs's own files hold; NULL: there are none
 */
struct spec_box {
	const char *name;
	bool enter;
	const char *user;
	const char *home;
	const char *shell;
	const char *inside_shell;
	NSRUN_ARRAY(struct box_group) groups;
	const char *passwd;
	const char *group;
};

/**
 * struct spec - A container as its user asked for it
 *
 * Optional numbers use ID_NONE, -1 or a has_ flag for "not given"; optional strings use NULL.
 * spec_init() gives every field its default.
 */
struct spec {
	struct arena *arena;
	enum spec_action action;

	/* root file system */
	const char *rootfs;
	bool rootfs_overlay;            /* ROOTFS:O, changes thrown away */
	const char *rootfs_overlay_dir; /* changes kept below this directory */
	bool read_only;
	bool read_only_tmpfs;

	/* identity */
	enum userns_mode userns;
	uint32_t keep_id_uid;
	uint32_t keep_id_gid;
	struct auto_ids auto_ids; /* AUTO */
	nsrun_idmaps uid_maps;
	nsrun_idmaps gid_maps;
	const char *subuid_name;
	const char *subgid_name;
	const char *newidmap; /* "system", "none" or a path; NULL: the best there is */
	bool has_user;
	struct user_choice user;
	NSRUN_ARRAY(struct user_choice) group_add; /* only @group or @gid is used */
	bool keep_groups;

	/* namespaces */
	struct ns_choice ns[NS_KINDS]; /* of NS_USER: which one is joined */

	/* network */
	enum network_mode network;
	const char *bridge_name;     /* BRIDGE */
	uint32_t bridge_address;     /* in the host's byte order; 0: one that is free */
	struct bridge bridge;	     /* what bridge_prepare() found of it */
	nsrun_strings pasta_options; /* as pasta takes them */
	struct slirp_options slirp;
	NSRUN_ARRAY(struct published) published;
	NSRUN_ARRAY(struct published) exposed; /* by --expose, one port each: what --publish-all publishes */
	bool publish_all;

	/* mounts */
	nsrun_mounts mounts;
	uint64_t shm_size_bytes;
	const char *hostname;
	bool no_hostname;
	bool no_hosts;
	NSRUN_ARRAY(struct host_entry) add_hosts;
	nsrun_strings dns;
	nsrun_strings dns_search;
	nsrun_strings dns_options;

	/* process */
	nsrun_strings argv;
	nsrun_strings entrypoint;
	NSRUN_ARRAY(struct env_change) env_files; /* from --env-file: --env wins, as with podman */
	NSRUN_ARRAY(struct env_change) env;
	const char *env_pipe; /* one of --env-file that cannot be read a second time; NULL: none */
	bool env_host;
	const char *const *bound_environment; /* the caller's as it was, or NULL: as it is */
	bool unset_env_all;
	const char *workdir;
	uint32_t umask;
	NSRUN_ARRAY(struct limit) limits;
	bool host_limits; /* the caller's own, core dumps included */
	NSRUN_ARRAY(struct sysctl) sysctls;
	bool init;
	bool idle; /* RUN: nothing of the rootfs is executed */
	uint32_t preserve_fds;
	bool has_oom_score_adj;
	int32_t oom_score_adj;

	/* security */
	uint64_t cap_add;  /* bit n: capability n */
	uint64_t cap_drop;
	bool privileged;
	bool nested;
	bool fakeroot;
	bool no_new_privs;
	enum seccomp_mode seccomp;
	const char *seccomp_file;
	nsrun_strings masks;
	nsrun_strings unmasks; /* "ALL", or paths that may end in a star */
	const char *apparmor;
	NSRUN_ARRAY(struct landlock_rule) landlock;

	/* supervision */
	enum tristate tty;
	bool interactive;
	bool sig_proxy;
	const char *pidfile;
	uint64_t timeout_ms;
	bool strict;
	bool quiet;

	struct spec_life life;
	struct spec_box box;
	const char *container_id; /* of a kept container, or NULL: one is made up */
	int container_pidfd;	  /* EXEC: the container's first process */
	const char *container_cgroup; /* EXEC: its control group, or NULL */
	const char *container_filter; /* EXEC: its system call filter, or NULL: none */
	size_t container_filter_count;
	uint32_t container_filter_flags;
};

/** spec_init() - Give a spec its defaults; @arena must outlive it. */
void spec_init(struct spec *spec, struct arena *arena, enum spec_action action);

/**
 * spec_check() - Find contradictions inside a spec
 *
 * Pure: looks at nothing but the spec. Runs in: supervisor, before the host is probed.
 * Return: 0, or -1 with @err (id "spec-conflict" or a more precise one).
 */
int spec_check(const struct spec *spec, struct error *err);

/** spec_make_id() - Give a container that is to be kept its id, 64 random hex digits. */
int spec_make_id(struct spec *spec, struct error *err);

/** spec_is_kept() - Whether the container outlives the command that makes it, or can be found by others. */
bool spec_is_kept(const struct spec *spec);

/** spec_restore_env_files() - What --env-file gave when it was read, line by line. */
void spec_restore_env_files(struct spec *spec, const nsrun_strings *lines);

/**
 * spec_bind_environment() - Settle what is taken from the caller's environment
 * @environment: ends in NULL
 *
 * Afterwards the spec means the same wherever it is planned.
 */
void spec_bind_environment(struct spec *spec, const char *const *environment);

/** spec_wants_variable() - Whether a variable of the caller's is passed on. */
bool spec_wants_variable(const struct spec *spec, const char *assignment);

/** spec_begin_exec() - From a container's spec to one of another command in it. */
void spec_begin_exec(struct spec *spec);

/**
 * spec_begin_idle() - From a container's spec to one that has its files, and runs nothing
 *
 * What only a command would notice is left out: what is asked for may not be there at the moment, or
 * be in use.
 */
void spec_begin_idle(struct spec *spec);

/*
 * The setters: one text of a command line each. They return 0, or -1 with an error that quotes the
 * text. A setter may be called again: lists grow, single values are replaced.
 */
int spec_set_rootfs(struct spec *spec, const char *text, struct error *err);
int spec_set_rootfs_overlay(struct spec *spec, const char *text, struct error *err);
int spec_set_userns(struct spec *spec, const char *text, struct error *err);
int spec_add_uidmap(struct spec *spec, const char *text, struct error *err);
int spec_add_gidmap(struct spec *spec, const char *text, struct error *err);
int spec_set_subuidname(struct spec *spec, const char *text, struct error *err);
int spec_set_subgidname(struct spec *spec, const char *text, struct error *err);
int spec_set_newidmap(struct spec *spec, const char *text, struct error *err);
int spec_set_user(struct spec *spec, const char *text, struct error *err);
int spec_add_group(struct spec *spec, const char *text, struct error *err);

int spec_set_pid(struct spec *spec, const char *text, struct error *err);
int spec_set_network(struct spec *spec, const char *text, struct error *err);
int spec_add_published(struct spec *spec, const char *text, struct error *err);
int spec_add_exposed(struct spec *spec, const char *text, struct error *err);
void spec_publish_all(struct spec *spec);
int spec_set_ipc(struct spec *spec, const char *text, struct error *err);
int spec_set_uts(struct spec *spec, const char *text, struct error *err);
int spec_set_cgroupns(struct spec *spec, const char *text, struct error *err);

int spec_add_volume(struct spec *spec, const char *text, struct error *err);
int spec_add_mount(struct spec *spec, const char *text, struct error *err);
int spec_add_tmpfs(struct spec *spec, const char *text, struct error *err);
int spec_add_device(struct spec *spec, const char *text, struct error *err);
int spec_set_shm_size(struct spec *spec, const char *text, struct error *err);

int spec_set_hostname(struct spec *spec, const char *text, struct error *err);
int spec_add_host(struct spec *spec, const char *text, struct error *err);
int spec_add_dns(struct spec *spec, const char *text, struct error *err);
int spec_add_dns_search(struct spec *spec, const char *text, struct error *err);
int spec_add_dns_option(struct spec *spec, const char *text, struct error *err);
int spec_set_timezone(struct spec *spec, const char *text, struct error *err);

int spec_set_entrypoint(struct spec *spec, const char *text, struct error *err);
int spec_add_env(struct spec *spec, const char *text, struct error *err);
int spec_add_env_file(struct spec *spec, const char *text, struct error *err);
int spec_add_unsetenv(struct spec *spec, const char *text, struct error *err);
int spec_set_workdir(struct spec *spec, const char *text, struct error *err);
int spec_set_umask(struct spec *spec, const char *text, struct error *err);
int spec_add_ulimit(struct spec *spec, const char *text, struct error *err);
int spec_add_sysctl(struct spec *spec, const char *text, struct error *err);
int spec_set_preserve_fds(struct spec *spec, const char *text, struct error *err);
int spec_set_oom_score_adj(struct spec *spec, const char *text, struct error *err);
int spec_set_pidfile(struct spec *spec, const char *text, struct error *err);
int spec_set_timeout(struct spec *spec, const char *text, struct error *err);

int spec_set_name(struct spec *spec, const char *text, struct error *err);
int spec_set_restart(struct spec *spec, const char *text, struct error *err);
int spec_set_stop_signal(struct spec *spec, const char *text, struct error *err);
int spec_set_stop_timeout(struct spec *spec, const char *text, struct error *err);
int spec_add_label(struct spec *spec, const char *text, struct error *err);
int spec_set_cidfile(struct spec *spec, const char *text, struct error *err);
int spec_set_log_driver(struct spec *spec, const char *text, struct error *err);
int spec_set_log_opt(struct spec *spec, const char *text, struct error *err);
int spec_set_detach_keys(struct spec *spec, const char *text, struct error *err);

int spec_add_capability(struct spec *spec, const char *text, struct error *err);
int spec_drop_capability(struct spec *spec, const char *text, struct error *err);
int spec_add_security_opt(struct spec *spec, const char *text, struct error *err);
void spec_add_argument(struct spec *spec, const char *argument);

#endif
