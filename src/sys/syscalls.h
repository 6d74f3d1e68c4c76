/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that the C library of Debian 12 has no wrapper for. Thin; errno as the kernel. */
#ifndef NSRUN_SYS_SYSCALLS_H
#define NSRUN_SYS_SYSCALLS_H

#include <stdint.h>
#include <sys/types.h>

/**
 * sys_clone_process() - clone3(2) as fork(2) does it, with namespace flags and a pidfd
 * @flags:     CLONE_NEW*
 * @ret_pidfd: close-on-exec descriptor of the child, in the parent only
 *
 * Needs:  Linux 5.3.
 * Return: 0 in the child, its pid in the parent, or -1 with errno.
 */
pid_t sys_clone_process(uint64_t flags, int *ret_pidfd);

/**
 * sys_clone_process_into() - The same for a child that begins in another control group
 * @cgroup: its directory (cgroup2), or -1
 *
 * Needs: Linux 5.7.
 */
pid_t sys_clone_process_into(uint64_t flags, int cgroup, int *ret_pidfd);

/** sys_clone_sibling() - The same for a child of the caller's own parent (CLONE_PARENT). */
pid_t sys_clone_sibling(uint64_t flags);

/**
 * sys_open_in_root() - openat2(2) with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS
 *
 * Symbolic links, also absolute ones, and ".." stay inside @dirfd. EAGAIN, which a rename
 * elsewhere may cause, is tried again a bounded number of times.
 * Needs:  Linux 5.6; there is no fallback, since every one is weaker.
 */
int sys_open_in_root(int dirfd, const char *path, uint64_t flags);

/** sys_open_child() - openat2(2) below @dirfd, following no symbolic link at all. */
int sys_open_child(int dirfd, const char *name, uint64_t flags);

/** sys_pivot_root() - pivot_root(2). */
int sys_pivot_root(const char *new_root, const char *put_old);

#endif
