/* SPDX-License-Identifier: Apache-2.0 */
/* Giving a whole tree to another owner (podman's ":U"). Runs in: init; does not allocate. */
#ifndef NSRUN_SYS_CHOWN_TREE_H
#define NSRUN_SYS_CHOWN_TREE_H

#include <sys/types.h>

/**
 * chown_tree() - Change the owner of a file, or of a directory and all below it
 * @fd: the file or directory; may be O_PATH (borrowed)
 *
 * Follows no symbolic link: every step is by descriptor, links themselves are changed.
 * Return: 0, or -1 with errno (ELOOP for more than 128 levels).
 */
int chown_tree(int fd, uid_t uid, gid_t gid);

#endif
