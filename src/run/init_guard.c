// SPDX-License-Identifier: Apache-2.0
/*
 * What the payload may not see or do: masked paths, namespaces of its own, the caller's keyring
 * and process state, other profiles. Runs in: init, and the reaper's child.
 */
#include "run/init.h"

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "run/channel.h"
#include "sys/landlock.h"
#include "sys/mount.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PERSONALITY_QUERY 0xffffffff

/* what a caller may have left behind in his process (S79): not the container's business */
int init_reset_process(struct error *err)
{
	unsigned long every_cpu[128];

	memset(every_cpu, 0xff, sizeof(every_cpu));
	if (syscall(SYS_sched_setaffinity, 0, sizeof(every_cpu), every_cpu) < 0 && errno != EINVAL)
		return error_set(err, "process-state", errno, "cannot reset the CPU affinity");
	if (personality(PERSONALITY_QUERY) != PER_LINUX && personality(PER_LINUX) < 0)
		return error_set(err, "process-state", errno, "cannot reset the personality");
	return 0;
}

/*
 * Attaching a mount again would move it. So the first place gets the mask itself, since only what is
 * attached can be cloned (before Linux 6.15), and the others get clones of it.
 */
static int hide(struct init_mask *mask, int dirfd, const char *name)
{
	auto_close int copy = -1;

	if (!mask->attached) {
		mask->attached = true;
		return mount_attach_at(mask->fd, dirfd, name);
	}
	copy = mount_clone(mask->fd, "", false);
	return copy < 0 ? -1 : mount_attach_at(copy, dirfd, name);
}

static int make_read_only(int dirfd, const char *name)
{
	static const uint64_t set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				    MOUNT_ATTR_NOEXEC;
	auto_close int copy = mount_clone(dirfd, name, true);

	if (copy < 0 || mount_restrict(copy, set, PROPAGATION_PRIVATE) < 0)
		return -1;
	return mount_attach_at(copy, dirfd, name);
}

/*
 * The mount itself that is at /proc or /sys, as far as init knows it: a rootfs that somebody else can
 * write may have another directory under that name by now.
 */
static int find_tree(const struct init *init, const char *path, const char **ret_rest,
		     bool *ret_kernel)
{
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];
		const char *at = mount->destination;

		if ((strcmp(at, "/proc") == 0 || strcmp(at, "/sys") == 0) &&
		    path_is_below(path, at) && init->mounts[i].fd >= 0 && path[strlen(at)] == '/') {
			*ret_rest = path + strlen(at) + 1;
			*ret_kernel = mount->type == MOUNT_PROC || mount->type == MOUNT_SYSFS;
			return init->mounts[i].fd;
		}
	}
	*ret_rest = path;
	*ret_kernel = false;
	return init->root;
}

/*
 * Returns where the guard goes: an opened place with the name "", or a tree of the kernel's and a name in
 * its root, where there is nothing to resolve.
 */
static int look_at(const struct init *init, const char *path, const char **ret_name,
		   int *ret_place, struct stat *st)
{
	bool kernel;
	int tree = find_tree(init, path, ret_name, &kernel);

	if (kernel && **ret_name != '.' && !strchr(*ret_name, '/')) {
		if (fstatat(tree, *ret_name, st, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if (!S_ISLNK(st->st_mode))
			return tree;
	}
	*ret_place = sys_open_in_root(tree, *ret_name, O_PATH | O_CLOEXEC);
	*ret_name = "";
	return *ret_place < 0 || fstat(*ret_place, st) < 0 ? -1 : *ret_place;
}

static int guard_path(struct init *init, const struct path_guard *guard, struct error *err)
{
	auto_close int place = -1;
	const char *name;
	struct stat st;
	int at = look_at(init, guard->path, &name, &place, &st);

	/* kernels differ in what they have; what is not there needs no guard */
	if (at < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (at < 0)
		return error_set(err, "guard", errno, "cannot look at '%s'", guard->path);
	if ((guard->hidden ? hide(S_ISDIR(st.st_mode) ? &init->mask_dir : &init->mask_file, at, name) :
			     make_read_only(at, name)) < 0)
		return error_set(err, "guard", errno, "cannot %s '%s'",
				 guard->hidden ? "hide" : "make read-only", guard->path);
	return 0;
}

int init_guard_paths(struct init *init, struct error *err)
{
	for (size_t i = 0; i < init->plan->guards.n; i++)
		if (guard_path(init, &init->plan->guards.v[i], err) < 0)
			return -1;
	return 0;
}

/*
 * The second lock behind the filter: without a user namespace of its own a payload does not get at
 * the kernel code that most exploits of recent years need (S84), since every other namespace takes
 * CAP_SYS_ADMIN. It cannot be raised again without CAP_SYS_RESOURCE. The other kinds stay as they
 * are: who joins this container (ns:PATH) needs a mount namespace in it.
 */
int init_lock_namespaces(struct init *init, struct error *err)
{
	struct error notice;

	if (!init->plan->lock_namespaces)
		return 0;
	if (init->user_sysctls >= 0 &&
	    file_write_once(init->user_sysctls, "max_user_namespaces", "0", 1) == 0)
		return 0;
	error_set(&notice, "namespaces-not-locked", errno,
		  "'/proc/sys/user' cannot be written here: only the system call filter keeps user "
		  "namespaces from being made inside");
	return init_notice(init, &notice, err);
}

/* the caller's keys (Kerberos tickets, disk keys) stay outside */
static int leave_keyring(struct init *init, struct error *err)
{
	struct error notice;

	if (!init->plan->payload.new_keyring ||
	    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0)
		return 0;
	if (errno == ENOSYS || errno == EPERM)
		return 0; /* no keyrings here, or none that an outer filter lets us reach */
	error_set(&notice, "keyring", errno,
		  "no session keyring of its own can be made (the user's key quota): only the "
		  "system call filter keeps the caller's away");
	return init_notice(init, &notice, err);
}

static int change_apparmor(struct init *init, struct error *err)
{
	const char *profile = init->plan->payload.apparmor;
	char text[300];
	int length;

	if (!profile)
		return 0;
	length = snprintf(text, sizeof(text), "exec %s", profile);
	if (init->proc < 0 || length >= (int)sizeof(text) ||
	    file_write_once(init->proc, "thread-self/attr/apparmor/exec", text,
			    (size_t)length) < 0)
		return error_set(err, "apparmor", errno, "cannot change to the AppArmor profile '%s'",
				 profile);
	return 0;
}

int init_leave_caller(struct init *init, struct error *err)
{
	return leave_keyring(init, err) < 0 ? -1 : change_apparmor(init, err);
}

/* the last thing before execve(2): afterwards nsrun's own calls might be refused, too */
int init_confine_payload(struct init *init, struct error *err)
{
	const struct plan_payload *payload = &init->plan->payload;

	if (landlock_confine(payload->landlock.v, payload->landlock.n, payload->landlock_scopes,
			     err) < 0)
		return -1;
	if (!payload->no_new_privs || !payload->filter.bytes)
		return 0; /* loaded while there was CAP_SYS_ADMIN, or not wanted */
	return filter_load(&payload->filter, err);
}
