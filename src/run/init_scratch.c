// SPDX-License-Identifier: Apache-2.0
/*
 * Init's scratch: a tmpfs that nobody sees, for generated files, for overlays' own directories and
 * for what hides paths. Runs in: init.
 */
#include "run/init.h"

#include "base/decimal.h"
#include "base/fd.h"
#include "run/channel.h"
#include "sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

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
				   O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0644);

	if (fd < 0 || fd_write_all(fd, mount->content, strlen(mount->content)) < 0)
		return error_set(err, "scratch", errno, "cannot write the file for '%s'",
				 mount->destination);
	if (mount->grows && channel_send(init->channel, MESSAGE_NETWORK_HOSTS, fd, NULL, err) < 0)
		return -1;
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

/* an overlay marks a new directory with one when it hides what is below */
static bool has_attributes(int directory)
{
	static const char name[] = "user.nsrun-test";

	if (fsetxattr(directory, name, "", 0, 0) < 0)
		return false;
	fremovexattr(directory, name);
	return true;
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
	if (!has_attributes(work_fd))
		init->plain_overlay = true;
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
	char name[] = "overlay4294967295";

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

		if (mount->type != MOUNT_OVERLAY)
			continue;
		decimal_u32(name + strlen("overlay"), (uint32_t)i);
		if (make_overlay(init, name, &init->mounts[i], upper, work, mount->set) < 0)
			return error_set(err, "overlay", errno, "cannot put an overlay on '%s'",
					 mount->source);
	}
	return 0;
}

static int tell_plain_overlay(struct init *init, struct error *err)
{
	struct error notice;

	if (!init->plain_overlay)
		return 0;
	error_set(&notice, "overlay-attributes", 0,
		  "no directory that was there before can be removed from an overlay here: "
		  "where its changes lie are no user.* attributes (tmpfs has them from Linux 6.6; "
		  "--rootfs-overlay keeps changes on another file system)");
	return init_notice(init, &notice, err);
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
	char name[] = "file4294967295";

	if (!needs_scratch(init->plan))
		return 0;
	/* only what is attached can be bound from (before Linux 6.15): it lies where the root will
	 * be put on top of it, and goes away with the host's root */
	init->scratch = mount_create("tmpfs", "mode=700", SCRATCH_FLAGS);
	if (init->scratch < 0 || mount_attach(init->scratch, init->target) < 0)
		return error_set(err, "scratch", errno, "cannot make a tmpfs");
	for (size_t i = 0; i < init->plan->mounts.n; i++) {
		if (init->plan->mounts.v[i].type != MOUNT_FILE)
			continue;
		decimal_u32(name + strlen("file"), (uint32_t)i);
		if (make_file(init, &init->plan->mounts.v[i], &init->mounts[i], name, err) < 0)
			return -1;
	}
	if (make_overlays(init, err) < 0 || tell_plain_overlay(init, err) < 0)
		return -1;
	return make_masks(init, err);
}
