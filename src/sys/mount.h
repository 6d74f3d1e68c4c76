/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts by descriptor (fsopen(2), open_tree(2), mount_setattr(2), move_mount(2)): a mount is made
 * detached, gets all its flags there, and only then becomes visible. Runs in: init.
 * Needs: Linux 5.12; there is no fallback to mount(2), which takes paths.
 */
#ifndef NSRUN_SYS_MOUNT_H
#define NSRUN_SYS_MOUNT_H

#include "nsrun/error.h"
#include "nsrun/types.h"

/**
 * mount_clone() - A detached copy of the mount (or tree of mounts) at a path
 * @dirfd:     directory, or AT_FDCWD
 * @path:      "" for @dirfd itself
 * @recursive: with its submounts; without, a locked submount makes the kernel refuse
 *
 * Return: descriptor, or -1 with errno.
 */
int mount_clone(int dirfd, const char *path, bool recursive);

/**
 * mount_create() - A detached new file system
 * @fstype: "tmpfs", "proc", ...
 * @data:   comma-separated options, or NULL
 * @set:    MOUNT_ATTR_*
 *
 * Return: descriptor, or -1 with errno.
 */
int mount_create(const char *fstype, const char *data, uint64_t set);

/**
 * mount_restrict() - Add flags to a mount, with its submounts, and set its propagation
 *
 * Only ever adds, so a flag that the host has locked stays.
 * Return: 0, or -1 with errno.
 */
int mount_restrict(int mount_fd, uint64_t set, enum mount_propagation propagation);

/** mount_freeze() - Make one mount read-only, without its submounts; 0, or -1 with errno. */
int mount_freeze(int mount_fd);

/** mount_attach() - Make a detached mount visible on @target_fd; 0, or -1 with errno. */
int mount_attach(int mount_fd, int target_fd);

/** mount_attach_at() - mount_attach() on what a name in a directory is, be it a link; "": on itself. */
int mount_attach_at(int mount_fd, int dirfd, const char *name);

/** mount_restrict_one() - mount_restrict() of the mount at a directory, without its submounts. */
int mount_restrict_one(int mount_fd, uint64_t set, enum mount_propagation propagation);

/**
 * mount_isolate() - No mount of this namespace is seen outside it
 * @propagation: whether mounts of the host still come in
 *
 * Return: 0, or -1 with errno.
 */
int mount_isolate(enum mount_propagation propagation);

#endif
