// SPDX-License-Identifier: Apache-2.0
/*
 * Init's mounts. Before the maps are written, sources are opened with the caller's own rights (a
 * source below a 0700 home is readable by him, not by the container's root); after that, the root
 * is entered and everything is resolved inside it. Runs in: init.
 */
#include "run/init.h"

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
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

/* --- opening sources --- */

/* what only root inside may reach is tried again when init is that */
static bool try_again(bool as_root)
{
	return !as_root && errno == EACCES;
}

static int source_error(const struct mount *mount, struct error *err)
{
	/* the kernel does not let a part of a tree out that hides something below a mount */
	if (errno == EINVAL && !mount->recursive)
		return error_set(err, "mount-locked", 0,
				 "cannot mount '%s' without its submounts: add the option rbind",
				 mount->source);
	error_set(err, "mount-source", errno, "cannot mount '%s' on '%s'", mount->source,
		  mount->destination);
	return error_set_arg(err, "%s", mount->source);
}

/* the directory that holds both upper and work, so that they lie on one mount */
static int open_kept(const char *upper, int *ret_fd)
{
	const char *slash = strrchr(upper, '/');
	char parent[4096];

	if (!slash || slash - upper >= (ptrdiff_t)sizeof(parent)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(parent, sizeof(parent), "%.*s", slash == upper ? 1 : (int)(slash - upper), upper);
	*ret_fd = mount_clone(AT_FDCWD, parent, true);
	return *ret_fd < 0 ? -1 : 0;
}

static int open_source(const struct mount *mount, struct init_mount *opened, bool as_root,
		       struct error *err)
{
	bool recursive = mount->recursive || mount->type == MOUNT_OVERLAY;

	if (opened->fd < 0)
		opened->fd = mount_clone(AT_FDCWD, mount->source, recursive);
	if (opened->fd < 0 && mount->optional && (errno == ENOENT || as_root))
		return 0;
	if (opened->fd < 0)
		return try_again(as_root) ? 0 : source_error(mount, err);
	if (mount->upper && opened->kept < 0 && open_kept(mount->upper, &opened->kept) < 0 &&
	    !try_again(as_root))
		return error_set(err, "mount-source", errno, "cannot use the upper directory '%s'",
				 mount->upper);
	return 0;
}

static int open_rootfs(struct init *init, bool as_root, struct error *err)
{
	const struct plan_rootfs *rootfs = &init->plan->rootfs;

	/* a place to attach the root at, in our own view of the host: any directory will do */
	if (init->target < 0)
		init->target = open(rootfs->closed ? "/proc" : rootfs->path,
				    O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (init->target >= 0 && init->rootfs.fd < 0)
		init->rootfs.fd = mount_clone(AT_FDCWD, rootfs->path, true);
	if (init->rootfs.fd < 0 && !try_again(as_root))
		return error_set(err, "rootfs", errno, "cannot open the root file system '%s'",
				 rootfs->path);
	if (rootfs->overlay_dir && init->rootfs.kept < 0)
		init->rootfs.kept = mount_clone(AT_FDCWD, rootfs->overlay_dir, true);
	if (rootfs->overlay_dir && init->rootfs.kept < 0 && !try_again(as_root))
		return error_set(err, "rootfs-overlay", errno, "cannot use --rootfs-overlay '%s'",
				 rootfs->overlay_dir);
	return 0;
}

/* private at once: here, on the host, a copy would belong to the peer group of its original */
static int open_closed(const char *path, bool recursive, struct init_mount *opened,
		       struct error *err)
{
	opened->fd = mount_clone(AT_FDCWD, path, recursive);
	if (opened->fd < 0 ||
	    mount_restrict(opened->fd, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, PROPAGATION_PRIVATE) < 0)
		return error_set(err, "mount-source", errno, "cannot open '%s'", path);
	return 0;
}

int init_open_closed(struct init *init, struct error *err)
{
	const struct plan *plan = init->plan;

	if (plan->rootfs.closed && open_closed(plan->rootfs.path, true, &init->rootfs, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const struct mount *mount = &plan->mounts.v[i];

		if (mount->closed && open_closed(mount->source, mount->recursive,
						 &init->mounts[i], err) < 0)
			return -1;
	}
	return 0;
}

int init_open_sources(struct init *init, bool as_root, struct error *err)
{
	if (open_rootfs(init, as_root, err) < 0)
		return -1;
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];

		if ((mount->type == MOUNT_BIND || mount->type == MOUNT_OVERLAY) &&
		    open_source(mount, &init->mounts[i], as_root, err) < 0)
			return -1;
	}
	return 0;
}

/* whether a place lies in the root itself, and not in another mount of the plan */
static bool lies_in_root(const struct plan *plan, const struct mount *mount)
{
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const char *other = plan->mounts.v[i].destination;

		if (strcmp(other, mount->destination) != 0 &&
		    path_is_below(mount->destination, other))
			return false;
	}
	return true;
}

static bool is_directory(const struct mount *mount, const struct init_mount *opened)
{
	struct stat st;

	if (mount->type == MOUNT_FILE)
		return false;
	return opened->fd < 0 || fstat(opened->fd, &st) < 0 || S_ISDIR(st.st_mode);
}

/*
 * Missing mount points, made with the caller's own rights: where root inside is somebody else, the
 * caller's rootfs is not his to write. What fails here is tried again by root inside.
 */
int init_make_places(struct init *init, struct error *err)
{
	const struct plan *plan = init->plan;

	if (plan->root_is_caller || plan->rootfs.overlay || init->rootfs.fd < 0)
		return 0;
	for (size_t i = 0; i < plan->mounts.n; i++)
		if (lies_in_root(plan, &plan->mounts.v[i]))
			fd_close(rootfs_place(init->rootfs.fd, plan->mounts.v[i].destination,
					      is_directory(&plan->mounts.v[i], &init->mounts[i]),
					      err));
	return 0;
}

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
	if (made->fd < 0 && !mount->optional)
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
	return open_outer_proc(init, err);
}

int init_isolate_mounts(struct init *init, struct error *err)
{
	enum mount_propagation propagation = PROPAGATION_PRIVATE;
	auto_close int dev = -1;

	for (size_t i = 0; i < init->plan->mounts.n; i++)
		if (init->plan->mounts.v[i].propagation == PROPAGATION_SLAVE)
			propagation = PROPAGATION_SLAVE;
	if (mount_isolate(propagation) < 0)
		return error_set(err, "mount", errno, "cannot make the mount namespace private");
	if (!init->plan->standard_devices)
		return 0;
	/* flags set once, on this namespace's view of the host's /dev, are inherited by every node
	 * that is bound from it */
	dev = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dev < 0 || mount_restrict_one(dev, STANDARD_DEVICE_FLAGS, propagation) < 0)
		init->restrict_devices = true; /* not a mount of its own: one by one, then */
	return 0;
}

/* --- the scratch tmpfs: generated files and overlays --- */

/* what a generated file gets in the plan, too */
#define SCRATCH_FLAGS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)


static bool needs_scratch(const struct plan *plan)
{
	if (plan->guards.n > 0)
		return true;
	for (size_t i = 0; i < plan->mounts.n; i++)
		if (plan->mounts.v[i].type == MOUNT_FILE || plan->mounts.v[i].type == MOUNT_OVERLAY)
			return true;
	return plan->rootfs.overlay;
}

static int make_file(struct init *init, const struct mount *mount, struct init_mount *made,
		     const char *name, struct error *err)
{
	auto_close int fd = openat(init->scratch, name,
				   O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || fd_write_all(fd, mount->content, strlen(mount->content)) < 0)
		return error_set(err, "scratch", errno, "cannot write the file for '%s'",
				 mount->destination);
	made->fd = mount_clone(init->scratch, name, false); /* with the flags of the tmpfs */
	if (made->fd < 0)
		return error_set(err, "scratch", errno, "cannot bind the file for '%s'",
				 mount->destination);
	return 0;
}

/* the overlay's own root looks like the lower one's */
static void copy_attributes(int from, int to)
{
	struct stat st;

	if (fstat(from, &st) < 0)
		return;
	/* an owner who is not mapped cannot be copied: root inside keeps it then */
	if (fchown(to, st.st_uid, st.st_gid) < 0)
		errno = 0;
	if (fchmod(to, st.st_mode & 07777) < 0)
		errno = 0;
}

static int make_directory(int parent, const char *name)
{
	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return -1;
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* attach a tree on a new directory of the scratch tmpfs */
static int attach_scratch(int parent, const char *name, int tree)
{
	auto_close int fd = make_directory(parent, name);

	return fd < 0 ? -1 : mount_attach(tree, fd);
}

/*
 * Paths are relative to a directory of our own, so that no name on the host, whatever ':' or ','
 * it has, ever gets into the options.
 */
static int make_overlay(struct init *init, const char *name, struct init_mount *made,
			const char *upper, const char *work, uint64_t set)
{
	auto_close int base = make_directory(init->scratch, name);
	auto_close int kept = -1;
	auto_close int upper_fd = -1;
	auto_close int work_fd = -1;
	struct statfs fs;
	char options[1024];

	if (base < 0 || attach_scratch(base, "lower", made->fd) < 0)
		return -1;
	if (made->kept >= 0 && attach_scratch(base, "kept", made->kept) < 0)
		return -1;
	/* opened anew: what was attached lies on top of the directory */
	kept = made->kept >= 0 ? openat(base, "kept", O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
				 make_directory(base, "kept");
	if (kept < 0)
		return -1;
	if (faccessat(kept, upper, F_OK, 0) < 0) {
		upper_fd = make_directory(kept, upper);
		if (upper_fd < 0)
			return -1;
		copy_attributes(made->fd, upper_fd);
	}
	work_fd = make_directory(kept, work);
	if (work_fd < 0 || fchdir(base) < 0)
		return -1;
	snprintf(options, sizeof(options),
		 "lowerdir=lower,upperdir=kept/%s,workdir=kept/%s,userxattr", upper, work);
	fd_close(made->fd);
	made->fd = mount_create("overlay", options, set);
	if (made->fd < 0 || fstatfs(made->fd, &fs) < 0)
		return -1;
	/* the kernel falls back to that when it cannot write the work directory */
	if (fs.f_flags & ST_RDONLY) {
		errno = EROFS;
		return -1;
	}
	return 0;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int make_overlays(struct init *init, struct error *err)
{
	const struct plan_rootfs *rootfs = &init->plan->rootfs;
	char name[32];

	if (rootfs->overlay &&
	    make_overlay(init, "root", &init->rootfs, "upper", "work", rootfs->set) < 0) {
		if (rootfs->overlay_dir && (errno == EROFS || errno == EACCES || errno == EPERM))
			return error_set(err, "overlay-owner", errno,
					 "the overlay in '%s' cannot be written under these id maps: "
					 "it was made under others",
					 rootfs->overlay_dir);
		return error_set(err, "overlay", errno, "cannot put an overlay on '%s'",
				 rootfs->path);
	}
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		const struct mount *mount = &init->plan->mounts.v[i];
		const char *upper = mount->upper ? last_name(mount->upper) : "upper";
		const char *work = mount->work ? last_name(mount->work) : "work";

		snprintf(name, sizeof(name), "overlay%zu", i);
		if (mount->type == MOUNT_OVERLAY &&
		    make_overlay(init, name, &init->mounts[i], upper, work, mount->set) < 0)
			return error_set(err, "overlay", errno, "cannot put an overlay on '%s'",
					 mount->source);
	}
	return 0;
}

/* nothing to read, nothing to write: what lies over a hidden directory or file */
static int make_masks(struct init *init, struct error *err)
{
	static const uint64_t set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				    MOUNT_ATTR_NOEXEC;
	auto_close int file = -1;

	if (init->plan->guards.n == 0)
		return 0;
	file = openat(init->scratch, "mask-file",
		      O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0444);
	if (file >= 0 && mkdirat(init->scratch, "mask-directory", 0555) == 0) {
		init->mask_file.fd = mount_clone(init->scratch, "mask-file", false);
		init->mask_dir.fd = mount_clone(init->scratch, "mask-directory", false);
	}
	if (init->mask_file.fd < 0 || init->mask_dir.fd < 0 ||
	    mount_restrict(init->mask_file.fd, set, PROPAGATION_PRIVATE) < 0 ||
	    mount_restrict(init->mask_dir.fd, set, PROPAGATION_PRIVATE) < 0)
		return error_set(err, "guard", errno, "cannot make what hides paths");
	return 0;
}

int init_make_scratch(struct init *init, struct error *err)
{
	char name[32];

	if (!needs_scratch(init->plan))
		return 0;
	/* only what is attached can be bound from (before Linux 6.15): it lies where the root will
	 * be put on top of it, and goes away with the host's root */
	init->scratch = mount_create("tmpfs", "mode=700", SCRATCH_FLAGS);
	if (init->scratch < 0 || mount_attach(init->scratch, init->target) < 0)
		return error_set(err, "scratch", errno, "cannot make a tmpfs");
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		snprintf(name, sizeof(name), "file%zu", i);
		if (init->plan->mounts.v[i].type == MOUNT_FILE &&
		    make_file(init, &init->plan->mounts.v[i], &init->mounts[i], name, err) < 0)
			return -1;
	}
	return make_overlays(init, err) < 0 ? -1 : make_masks(init, err);
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

static int find_place(struct init *init, const struct mount *mount, bool directory,
		      struct error *err)
{
	const char *name = name_in_dev(init, mount);

	if (is_kernel_tree(mount))
		return rootfs_place_strict(init->root, mount->destination, err);
	if (name)
		return rootfs_make_child(init->dev, name, directory, err);
	return rootfs_place(init->root, mount->destination, directory, err);
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

static int attach_one(struct init *init, const struct mount *mount, struct init_mount *made,
		      struct error *err)
{
	auto_close int place = -1;
	struct stat st;

	if (is_created_here(mount->type) && create_mount(mount, made, err) < 0)
		return -1;
	if (made->fd < 0)
		return 0;
	if (mount->type == MOUNT_BIND && !has_its_flags(init, mount) &&
	    mount_restrict(made->fd, mount->set, mount->propagation) < 0)
		return error_set(err, "mount", errno, "cannot set the flags of the mount on '%s'",
				 mount->destination);
	if (fstat(made->fd, &st) < 0)
		return error_set(err, "mount", errno, "cannot look at '%s'", mount->destination);
	place = find_place(init, mount, S_ISDIR(st.st_mode), err);
	if (place >= 0 && covers_proc(mount, place))
		return error_set(err, "mount-destination", 0,
				 "'%s' leads into a procfs, over which nothing may be mounted",
				 mount->destination);
	if (place < 0)
		return mount->optional ? leave_out(init, mount, made, err, err) : -1;
	if (mount_attach(made->fd, place) < 0)
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
