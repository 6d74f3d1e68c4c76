// SPDX-License-Identifier: Apache-2.0
/*
 * Init's mounts: the kernel's own file systems are made, the root is entered, and everything is
 * attached inside it, by descriptor. Runs in: init.
 */
#include "run/init.h"

#include "base/errnum.h"
#include "base/fd.h"
#include "base/path.h"
#include "run/channel.h"
#include "sys/chown_tree.h"
#include "sys/mount.h"
#include "sys/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* --- the kernel's file systems --- */

static bool is_created_here(enum mount_type type)
{
	return type == MOUNT_TMPFS || type == MOUNT_DEVPTS || type == MOUNT_MQUEUE ||
	       type == MOUNT_CGROUP2;
}

static int create_mount(const struct mount *mount, struct init_mount *made, struct error *err)
{
	static const char *const fstypes[] = {
		[MOUNT_TMPFS] = "tmpfs",
		[MOUNT_DEVPTS] = "devpts",
		[MOUNT_MQUEUE] = "mqueue",
		[MOUNT_CGROUP2] = "cgroup2",
	};
	/* read-only comes last, when the mount points in it are made */
	uint64_t set = mount->type == MOUNT_TMPFS ? mount->set & ~(uint64_t)MOUNT_ATTR_RDONLY :
						    mount->set;

	if (made->fd < 0)
		made->fd = mount_create(fstypes[mount->type], mount->data, set);
	if (made->fd < 0 && (!mount->optional || errnum_is_shortage(errno)))
		return error_set(err, "mount", errno, "cannot make the mount for '%s'",
				 mount->destination);
	return 0;
}

/*
 * procfs and sysfs: the kernel grants a fresh one only while another one is fully visible in the
 * mount namespace, so they are made before the host's root goes away. Inside another container,
 * where parts are masked, it refuses: then the outer one is bound, masks and all.
 */
static int open_kernel_mount(struct init *init, const struct mount *mount, struct init_mount *made,
			     struct error *err)
{
	const char *type = mount->type == MOUNT_PROC ? "proc" : "sysfs";
	const char *outer = mount->type == MOUNT_PROC ? "/proc" : "/sys";
	struct error notice;

	made->fd = mount_create(type, NULL, mount->set);
	if (made->fd >= 0) {
		if (mount->type == MOUNT_PROC && init->proc < 0)
			init->proc = fcntl(made->fd, F_DUPFD_CLOEXEC, 3);
		return 0;
	}
	if (errno != EPERM && errno != EBUSY)
		return error_set(err, "mount", errno, "cannot mount %s on '%s'", type,
				 mount->destination);
	made->fd = mount_clone(AT_FDCWD, outer, true);
	if (made->fd < 0 || mount_restrict(made->fd, mount->set, PROPAGATION_PRIVATE) < 0)
		return error_set(err, "mount", errno, "cannot bind '%s'", outer);
	error_set(&notice, mount->type == MOUNT_PROC ? "proc-bound" : "sysfs-bound", 0,
		  "the kernel allows no %s of its own here (nsrun runs inside another container): "
		  "the outer '%s' is shown, with all its masks",
		  type, outer);
	return init_notice(init, &notice, err);
}

static bool is_kernel_tree(const struct mount *mount)
{
	return mount->type == MOUNT_PROC || mount->type == MOUNT_SYSFS;
}

/* without a procfs of our own, sysctls go through the caller's, which the kernel made too */
static int open_outer_proc(struct init *init, struct error *err)
{
	struct statfs fs;

	if (init->proc >= 0)
		return 0;
	init->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (init->proc >= 0 && fstatfs(init->proc, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return 0;
	return error_set(err, "no-proc", errno, "'/proc' of the host is no procfs");
}

/*
 * The kernel shows everybody his own. In the host's procfs a look-up would pass those of all other
 * containers, one by one; in a new one there is none. Opened before parts of it are made read-only.
 */
static void open_user_sysctls(struct init *init)
{
	if (init->plan->lock_namespaces)
		init->user_sysctls = openat(init->proc, "sys/user",
					    O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int init_open_kernel_mounts(struct init *init, struct error *err)
{
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];

		if (is_kernel_tree(mount) &&
		    open_kernel_mount(init, mount, &init->mounts[i], err) < 0)
			return -1;
		/* the root of a tmpfs belongs to who makes it: root inside, or the caller who will
		 * be that; a devpts' options name groups, which do not exist yet */
		if (init->plan->root_is_caller && is_created_here(mount->type) &&
		    mount->type != MOUNT_DEVPTS && create_mount(mount, &init->mounts[i], err) < 0)
			return -1;
	}
	if (open_outer_proc(init, err) < 0)
		return -1;
	open_user_sysctls(init);
	return 0;
}

/* --- the root --- */

int init_enter_rootfs(struct init *init, struct error *err)
{
	const struct plan_rootfs *rootfs = &init->plan->rootfs;

	if (mount_restrict(init->rootfs.fd, rootfs->set, PROPAGATION_PRIVATE) < 0 ||
	    mount_attach(init->rootfs.fd, init->target) < 0)
		return error_set(err, "rootfs", errno, "cannot mount the root file system '%s'",
				 rootfs->path);
	fd_close(take_fd(&init->target));
	fd_close(take_fd(&init->scratch));
	init->root = init->rootfs.fd;
	return rootfs_pivot(init->root, err);
}

/* --- attaching, inside the root --- */

/* an optional mount that has no place: the container runs without it, which is said */
static int leave_out(struct init *init, const struct mount *mount, struct init_mount *made,
		     const struct error *why, struct error *err)
{
	struct error notice;

	fd_close(take_fd(&made->fd));
	if (errnum_is_shortage(why->errnum))
		return -1;
	if (mount->type != MOUNT_FILE)
		return 0;
	error_set(&notice, "file-left-out", why->errnum,
		  "'%s' is the root file system's own or missing: it cannot be made there",
		  mount->destination);
	return init_notice(init, &notice, err);
}

/* the name of a direct child of the new /dev, or NULL */
static const char *name_in_dev(const struct init *init, const struct mount *mount)
{
	const char *name = mount->destination + strlen("/dev/");

	if (init->dev < 0 || strncmp(mount->destination, "/dev/", 5) != 0 || strchr(name, '/'))
		return NULL;
	return name;
}

/*
 * Returns where it goes: a place that is opened, with the name "", or the new /dev and a name in it, which
 * is ours and nobody else's yet.
 */
static int find_place(struct init *init, const struct mount *mount, bool directory,
		      int *ret_opened, const char **ret_name, struct error *err)
{
	const char *name = name_in_dev(init, mount);

	*ret_name = name ? name : "";
	if (name)
		return rootfs_make_child(init->dev, name, directory, err) < 0 ? -1 : init->dev;
	*ret_opened = is_kernel_tree(mount) ?
			      rootfs_place_strict(init->root, mount->destination, err) :
			      rootfs_place(init->root, mount->destination, directory, err);
	return *ret_opened;
}

/* a link of the rootfs may lead there; what names /proc itself was checked with the spec */
static bool covers_proc(const struct mount *mount, int place)
{
	struct statfs fs;

	return !path_is_below(mount->destination, "/proc") &&
	       !path_is_below(mount->destination, "/dev") && fstatfs(place, &fs) == 0 &&
	       fs.f_type == PROC_SUPER_MAGIC;
}

/* see init_isolate_mounts() */
static bool has_its_flags(const struct init *init, const struct mount *mount)
{
	return mount->device && mount->optional && !init->restrict_devices;
}

/* what was bound may be either; a new file system is a directory */
static int is_directory(const struct mount *mount, int mount_fd)
{
	struct stat st;

	if (mount->type != MOUNT_BIND && mount->type != MOUNT_FILE)
		return 1;
	return fstat(mount_fd, &st) < 0 ? -1 : S_ISDIR(st.st_mode);
}

static int attach_one(struct init *init, const struct mount *mount, struct init_mount *made,
		      struct error *err)
{
	auto_close int opened = -1;
	const char *name;
	int directory, place;

	if (is_created_here(mount->type) && create_mount(mount, made, err) < 0)
		return -1;
	if (made->fd < 0)
		return 0;
	if (mount->type == MOUNT_BIND && !has_its_flags(init, mount) &&
	    mount_restrict(made->fd, mount->set, mount->propagation) < 0)
		return error_set(err, "mount", errno, "cannot set the flags of the mount on '%s'",
				 mount->destination);
	directory = is_directory(mount, made->fd);
	if (directory < 0)
		return error_set(err, "mount", errno, "cannot look at '%s'", mount->destination);
	place = find_place(init, mount, directory, &opened, &name, err);
	if (place >= 0 && covers_proc(mount, place))
		return error_set(err, "mount-destination", 0,
				 "'%s' leads into a procfs, over which nothing may be mounted",
				 mount->destination);
	if (place < 0)
		return mount->optional ? leave_out(init, mount, made, err, err) : -1;
	if (mount_attach_at(made->fd, place, name) < 0)
		return error_set(err, "mount", errno, "cannot mount on '%s'", mount->destination);
	return 0;
}

static int link_devices(int dev, struct error *err)
{
	static const char *const links[][2] = {
		{ "fd", "/proc/self/fd" },
		{ "stdin", "/proc/self/fd/0" },
		{ "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" },
		{ "ptmx", "pts/ptmx" },
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlinkat(links[i][1], dev, links[i][0]) < 0 && errno != EEXIST)
			return error_set(err, "mount", errno, "cannot make '/dev/%s'", links[i][0]);
	return 0;
}

int init_attach_mounts(struct init *init, struct error *err)
{
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];

		if (attach_one(init, mount, &init->mounts[i], err) < 0)
			return -1;
		if (!init->plan->standard_devices || strcmp(mount->destination, "/dev") != 0)
			continue;
		init->dev = init->mounts[i].fd; /* empty and ours: no link can be in the way */
		if (link_devices(init->dev, err) < 0)
			return -1;
	}
	return 0;
}

int init_chown_volumes(struct init *init, struct error *err)
{
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];

		if (mount->chown && chown_tree(init->mounts[i].fd, init->user.uid,
					       init->user.gid) < 0)
			return error_set(err, "volume-chown", errno,
					 "cannot give '%s' to the container's user %u:%u",
					 mount->source, init->user.uid, init->user.gid);
	}
	return 0;
}

int init_freeze_mounts(struct init *init, struct error *err)
{
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];

		if (mount->type == MOUNT_TMPFS && mount->set & MOUNT_ATTR_RDONLY &&
		    mount_freeze(init->mounts[i].fd) < 0)
			return error_set(err, "mount", errno, "cannot make '%s' read-only",
					 mount->destination);
	}
	if (init->plan->rootfs.read_only && mount_freeze(init->root) < 0)
		return error_set(err, "mount", errno, "cannot make the root read-only");
	return 0;
}
