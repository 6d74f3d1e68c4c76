// SPDX-License-Identifier: Apache-2.0
/*
 * Init's identity: root inside while it builds, then the payload's user, looked up in the root
 * file system's own passwd and group. Runs in: init, and the reaper's child.
 */
#include "run/init.h"

#include "base/errnum.h"
#include "base/fd.h"
#include "sys/account.h"
#include "sys/capability.h"
#include "sys/idmap.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* the raw calls: the C library's would look for other threads to change too */
static int set_ids(uint32_t uid, uint32_t gid, struct error *err)
{
	if (syscall(SYS_setresgid, gid, gid, gid) < 0)
		return error_set(err, "set-ids", errno, "cannot become group %u", gid);
	if (syscall(SYS_setresuid, uid, uid, uid) < 0)
		return error_set(err, "set-ids", errno, "cannot become user %u", uid);
	return 0;
}

int init_become_root(struct init *init, struct error *err)
{
	const struct plan *plan = init->plan;
	bool drop_groups = init->setgroups && !plan->payload.keep_groups &&
			   plan->action != ACTION_UNSHARE;

	/* the caller's groups are dropped before anything of the rootfs is touched */
	if (drop_groups && syscall(SYS_setgroups, 0, NULL) < 0)
		return error_set(err, "set-ids", errno, "cannot drop the caller's groups");
	if (set_ids(plan->setup_uid, plan->setup_gid, err) < 0)
		return -1;
	/* from now on nobody who shares a namespace may look into this process; it also clears
	 * the parent-death signal, as a change of ids does (prctl(2)) */
	if (plan->action != ACTION_UNSHARE && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(err, "set-ids", errno, "cannot make init undumpable");
	return init_die_with_parent(init, err);
}

/*
 * A file that is missing is no error: @ret_fd is -1 then. One that is there and cannot be used
 * (not readable, a FIFO, too large) is passed over too, and that is said: a number then has no
 * groups but its own.
 */
static int open_accounts(struct init *init, const char *path, int *ret_fd, struct error *err)
{
	struct error notice;

	*ret_fd = account_open(init->root, path);
	if (*ret_fd >= 0 || errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return 0;
	if (errnum_is_shortage(errno))
		return error_set(err, "accounts", errno, "cannot read '/%s' of the root file system",
				 path);
	error_set(&notice, "accounts", errno,
		  "'/%s' of the root file system cannot be used, so no user or group is looked up "
		  "there",
		  path);
	return init_notice(init, &notice, err);
}

static int find_user(struct init *init, int passwd, struct account *ret_account, struct error *err)
{
	const struct user_choice *choice = &init->plan->payload.user;
	int found = passwd < 0 ? 0 : account_find_user(passwd, choice->name, choice->uid,
						       ret_account);

	if (found < 0)
		return error_set(err, "accounts", errno, "cannot read '/etc/passwd'");
	if (found == 0 && choice->name)
		return error_set(err, "user-unknown", 0,
				 "there is no user '%s' in '/etc/passwd' of the root file system",
				 choice->name);
	if (found == 0)
		*ret_account = (struct account){ .uid = choice->uid, .gid = 0, .home = "/" };
	return found;
}

static int find_group(int group, const char *name, uint32_t *ret_gid, struct error *err)
{
	int found = group < 0 ? 0 : account_find_group(group, name, ret_gid);

	if (found <= 0)
		return error_set(err, "user-unknown", 0,
				 "there is no group '%s' in '/etc/group' of the root file system",
				 name);
	return 0;
}

static int add_choice(struct init *init, int group, const struct user_choice *choice,
		      struct error *err)
{
	uint32_t gid = choice->gid;

	if (choice->group && find_group(group, choice->group, &gid, err) < 0)
		return -1;
	account_add_gid(gid, init->user.groups, &init->user.n_groups);
	return 0;
}

static int check_mapped(const struct init *init, struct error *err)
{
	const struct plan *plan = init->plan;

	if (plan->map_writer == MAPS_NONE)
		return 0;
	if (!idmap_has_inside(plan->uid_maps.v, plan->uid_maps.n, init->user.uid))
		return error_set(err, "user-not-mapped", 0,
				 "the user id %u does not exist in the container", init->user.uid);
	if (!idmap_has_inside(plan->gid_maps.v, plan->gid_maps.n, init->user.gid))
		return error_set(err, "user-not-mapped", 0,
				 "the group id %u does not exist in the container", init->user.gid);
	return 0;
}

/* a group of the image that is not mapped would make setgroups(2) fail as a whole */
static void drop_unmapped_groups(struct init *init)
{
	const struct plan *plan = init->plan;
	size_t kept = 0;

	for (size_t i = 0; i < init->user.n_groups && plan->map_writer != MAPS_NONE; i++)
		if (idmap_has_inside(plan->gid_maps.v, plan->gid_maps.n, init->user.groups[i]))
			init->user.groups[kept++] = init->user.groups[i];
	if (plan->map_writer != MAPS_NONE)
		init->user.n_groups = kept;
}

static void set_home(struct init_user *user, const char *home)
{
	static const char name[] = "HOME=";

	/* by its type it has room for the longest */
	memcpy(user->home, name, strlen(name));
	memcpy(user->home + strlen(name), home, strlen(home) + 1);
}

int init_resolve_user(struct init *init, struct error *err)
{
	const struct plan_payload *payload = &init->plan->payload;
	const struct user_choice *choice = &payload->user;
	auto_close int passwd = -1;
	auto_close int group = -1;
	struct init_user *user = &init->user;
	struct account account = { .uid = 0 };
	int found;

	if (open_accounts(init, "etc/passwd", &passwd, err) < 0 ||
	    open_accounts(init, "etc/group", &group, err) < 0)
		return -1;
	found = find_user(init, passwd, &account, err);
	if (found < 0)
		return -1;
	user->uid = account.uid;
	user->gid = account.gid;
	if (choice->group && find_group(group, choice->group, &user->gid, err) < 0)
		return -1;
	if (choice->gid != ID_NONE)
		user->gid = choice->gid;
	set_home(user, *account.home ? account.home : "/");
	if (check_mapped(init, err) < 0)
		return -1;
	account_add_gid(user->gid, user->groups, &user->n_groups);
	/* as docker does: an explicit group leaves the image's other groups out */
	if (found && group >= 0 && !choice->group && choice->gid == ID_NONE &&
	    account_add_groups(group, account.name, user->groups, &user->n_groups) < 0)
		return error_set(err, "accounts", errno, "cannot read '/etc/group'");
	for (size_t i = 0; i < payload->group_add.n; i++)
		if (add_choice(init, group, &payload->group_add.v[i], err) < 0)
			return -1;
	drop_unmapped_groups(init);
	return 0;
}

int init_become_user(struct init *init, struct error *err)
{
	const struct plan_payload *payload = &init->plan->payload;
	const struct init_user *user = &init->user;
	const struct capability_sets *sets = user->uid == 0 ? &payload->root_capabilities :
							      &payload->user_capabilities;

	/* the order matters: the bounding set needs CAP_SETPCAP, the groups CAP_SETGID, and
	 * KEEPCAPS carries what is needed over the change of ids */
	if (capability_drop_bounding(sets->bounding, err) < 0)
		return -1;
	/* without no_new_privs the kernel takes a filter from CAP_SYS_ADMIN only, which goes now */
	if (!payload->no_new_privs && payload->filter.bytes &&
	    filter_load(&payload->filter, err) < 0)
		return -1;
	if (init->setgroups && !payload->keep_groups &&
	    syscall(SYS_setgroups, user->n_groups, user->groups) < 0)
		return error_set(err, "set-ids", errno, "cannot set the groups");
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_set(err, "set-ids", errno, "cannot keep the capabilities");
	if (set_ids(user->uid, user->gid, err) < 0)
		return -1;
	/* again, and while no process of that user has as many capabilities: fs.suid_dumpable may
	 * have let them look into this one */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(err, "set-ids", errno, "cannot make init undumpable");
	if (capability_set(sets, err) < 0)
		return -1;
	if (payload->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, "no-new-privs", errno, "cannot set no_new_privs");
	return init->plan->detached ? init_outlive_parent(init, err) :
				      init_die_with_parent(init, err);
}
