/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Init: the first process of the new namespaces. It builds the container and becomes the payload,
 * or forks it and reaps. After clone3 it only makes system calls: nothing here allocates.
 */
#ifndef NSRUN_RUN_INIT_H
#define NSRUN_RUN_INIT_H

#include "plan/plan.h"
#include "sys/account.h"

/**
 * struct init_mount - A mount of the plan under way
 * @fd:   the detached mount, later the attached one; -1: not made yet, or left out
 * @kept: OVERLAY: a detached copy of the directory that holds upper and work, or -1
 */
struct init_mount {
	int fd;
	int kept;
};

/** struct init_mask - An empty file or directory that hides others; @fd -1: not made */
struct init_mask {
	int fd;
	bool attached;
};

/**
 * struct init_user - The payload's identity, as the rootfs knows it
 * @groups: what setgroups(2) gets; the first is the primary group
 */
struct init_user {
	uint32_t uid;
	uint32_t gid;
	gid_t groups[ACCOUNT_GROUPS_MAX];
	size_t n_groups;
	char home[sizeof("HOME=") + sizeof(((struct account *)0)->home)];
};

/**
 * struct init - What init works on; prepared by the supervisor, used after clone3
 * @channel: to the supervisor
 * @attention: wakes the supervisor, to whom a notice was sent; -1: the message does
 * @stdio:   what becomes descriptors 0, 1 and 2; -1 leaves the inherited one
 * @mounts:  one per mount of the plan
 * @rootfs:  like a mount, for the root
 * @target:  the root file system's own place on the host, on which it is attached
 * @root:    the root, once it is entered
 * @dev:     the new /dev, once it is there, or -1; not owned
 * @restrict_devices: the standard devices do not have their mount flags yet
 * @scratch: a tmpfs that nobody sees: generated files, overlays' own directories
 * @plain_overlay: the changes of an overlay lie where there are no extended attributes
 * @proc:    a procfs of the own pid namespace, for writing sysctls; -1: only the host's
 * @user_sysctls: /proc/sys/user, which is the own user namespace's, or -1
 * @mask_dir:  what hides directories
 * @mask_file: what hides files
 * @console: the payload's terminal, or -1
 * @program: nsrun itself, for a pid 1 that reaps, or -1
 * @reaper: in its child: ends when the reaper has nothing open any more; -1: there is none
 * @setgroups: whether setgroups(2) is allowed here
 */
struct init {
	const struct plan *plan;
	int channel;
	int attention;
	int stdio[3];
	struct init_mount *mounts;
	struct init_mount rootfs;
	int target;
	int root;
	int dev;
	bool restrict_devices;
	int scratch;
	bool plain_overlay;
	int proc;
	int user_sysctls;
	struct init_mask mask_dir;
	struct init_mask mask_file;
	int console;
	int program;
	int reaper;
	bool setgroups;
	struct init_user user;
};

/** init_main() - The whole of init; runs in the child of clone3 and never returns. */
_Noreturn void init_main(struct init *init);

/*
 * The steps, in the order in which init_main() takes them. Each returns 0, or -1 with @err.
 */

/**
 * init_open_closed() - Open what only root of the host can reach
 *
 * Runs in: supervisor, before clone3: a detached mount may be attached in a namespace that is made
 * later. Return: 0, or -1 with @err.
 */
int init_open_closed(struct init *init, struct error *err);

/* init_source.c: what is bound from the host */
int init_isolate_mounts(struct init *init, struct error *err);
int init_open_sources(struct init *init, bool as_root, struct error *err);
int init_make_places(struct init *init, struct error *err);

/* init_scratch.c: what is made for this container */
int init_make_scratch(struct init *init, struct error *err);

/* init_mount.c: mounts */
int init_open_kernel_mounts(struct init *init, struct error *err);
int init_enter_rootfs(struct init *init, struct error *err);
int init_attach_mounts(struct init *init, struct error *err);
int init_chown_volumes(struct init *init, struct error *err);
int init_freeze_mounts(struct init *init, struct error *err);

/* init_guard.c: what the payload may not see or do */
int init_reset_process(struct error *err);
int init_guard_paths(struct init *init, struct error *err);
int init_lock_namespaces(struct init *init, struct error *err);
int init_leave_caller(struct init *init, struct error *err);
int init_confine_payload(struct init *init, struct error *err);

/* init_network.c: the way out */
int init_await_network(struct init *init, struct error *err);

/* init_user.c: identity */
int init_become_root(struct init *init, struct error *err);
int init_resolve_user(struct init *init, struct error *err);
int init_become_user(struct init *init, struct error *err);

/* init_exec.c: the last steps, in the process that becomes the payload */
int init_make_console(struct init *init, struct error *err);
int init_take_stdio(struct init *init, struct error *err);
int init_set_limits(struct init *init, struct error *err);
int init_enter_workdir(struct init *init, struct error *err);
int init_close_descriptors(struct init *init, struct error *err);
int init_exec(struct init *init, struct error *err);

/** init_die_with_parent() - Killed when the parent dies; -1 when it is dead already. */
int init_die_with_parent(struct init *init, struct error *err);

/** init_outlive_parent() - From now on not any more; -1 when it is dead already. */
int init_outlive_parent(struct init *init, struct error *err);

/** init_set_oom_score() - While /proc/self still belongs to the caller; 0, or -1 with @err. */
int init_set_oom_score(struct init *init, struct error *err);

/** init_notice() - Tell the supervisor of a weaker path; with --strict it is an error. */
int init_notice(struct init *init, const struct error *notice, struct error *err);

#endif
