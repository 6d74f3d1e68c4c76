/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places in a root file system that is not trusted: every path is resolved by the kernel inside
 * the root's descriptor, whatever links the rootfs has. Runs in: init.
 */
#ifndef NSRUN_SYS_ROOTFS_H
#define NSRUN_SYS_ROOTFS_H

#include "nsrun/error.h"
#include "nsrun/types.h"

/**
 * rootfs_place() - A place to mount on, made if it is missing
 * @root:      descriptor of the root directory
 * @path:      absolute path in the container
 * @directory: what is made: a directory, or an empty file
 *
 * Return: an O_PATH descriptor, or -1 with @err (id "mount-place" when it cannot be made,
 *         "mount-destination" when it is of the other kind).
 */
int rootfs_place(int root, const char *path, bool directory, struct error *err);

/**
 * rootfs_make_child() - A new place in a directory that is ours and empty
 * @directory_fd: the directory
 * @name:         one component, which must not exist
 *
 * Return: 0, or -1 with @err (id "mount-destination").
 */
int rootfs_make_child(int directory_fd, const char *name, bool directory, struct error *err);

/** rootfs_place_strict() - Like rootfs_place() for a directory, refusing symbolic links. */
int rootfs_place_strict(int root, const char *path, struct error *err);

/**
 * rootfs_pivot() - Make a mounted directory the root of this mount namespace
 * @root: the root mount, attached somewhere
 *
 * Afterwards nothing of the old root can be reached: "/" and "." are the new one.
 * Return: 0, or -1 with @err (id "pivot").
 */
int rootfs_pivot(int root, struct error *err);

#endif
