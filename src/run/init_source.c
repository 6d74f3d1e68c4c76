// SPDX-License-Identifier: Apache-2.0
/*
 * Init's sources: what is bound into the container is opened before the maps are written, with the
 * caller's own rights (a source below a 0700 home is readable by him, not by the container's
 * root). Runs in: init; what only the host's root can reach, in the supervisor.
 */
#include "run/init.h"

#include "base/errnum.h"
#include "base/fd.h"
#include "base/path.h"
#include "sys/mount.h"
#include "sys/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

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
	if (opened->fd < 0 && mount->optional && !errnum_is_shortage(errno) &&
	    (errno == ENOENT || as_root))
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
static int open_closed(const char *path, bool recursive, uint64_t set,
		       struct init_mount *opened, struct error *err)
{
	opened->fd = mount_clone(AT_FDCWD, path, recursive);
	if (opened->fd < 0 ||
	    mount_restrict(opened->fd, set, PROPAGATION_PRIVATE) < 0)
		return error_set(err, "mount-source", errno, "cannot open '%s'", path);
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
	if (opened->fd < 0 || fstat(opened->fd, &st) < 0)
		return !mount->file;
	return S_ISDIR(st.st_mode);
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

int init_open_closed(struct init *init, struct error *err)
{
	const struct plan *plan = init->plan;

	if (plan->rootfs.closed && open_closed(plan->rootfs.path, true, plan->rootfs.set,
						 &init->rootfs, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const struct mount *mount = &plan->mounts.v[i];

		if (mount->closed && open_closed(mount->source, mount->recursive, mount->set,
						 &init->mounts[i], err) < 0)
			return -1;
	}
	/* and missing mount points: init could not make them in somebody else's directories */
	return plan->rootfs.closed ? init_make_places(init, err) : 0;
}
