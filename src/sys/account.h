/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading passwd(5) and group(5) files ourselves, bounded: a rootfs's files are hostile, and NSS
 * would load libraries from them. No heap. Runs in: supervisor (the host's) and init (the
 * rootfs's).
 */
#ifndef NSRUN_SYS_ACCOUNT_H
#define NSRUN_SYS_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ACCOUNT_GROUPS_MAX 1024 /* more memberships than this are left out */

/**
 * struct account - A line of passwd; names and directories that are longer are not accepted
 * @shell: "" where it is longer
 */
struct account {
	char name[256];
	char home[1024];
	char shell[256];
	uint32_t uid;
	uint32_t gid;
};

/**
 * account_open() - Open a passwd or group file below a directory
 * @dirfd: root directory; the path is resolved inside it
 *
 * Return: descriptor of a regular file of at most 1 MiB, or -1 with errno (EFBIG, EINVAL for
 *         another kind of file).
 */
int account_open(int dirfd, const char *path);

/** account_read_line() - A line of passwd, which is cut at its colons; whether it is one. */
bool account_read_line(char *line, struct account *ret_account);

/**
 * account_find_user() - Find a user by name, or by uid when @name is NULL
 *
 * Malformed lines and lines of 16 KiB and more are passed over.
 * Return: 1 when found, 0 when not, -1 with errno for a read error.
 */
int account_find_user(int fd, const char *name, uint32_t uid, struct account *ret_account);

/** account_find_group() - A group's number by its name; like account_find_user(). */
int account_find_group(int fd, const char *name, uint32_t *ret_gid);

/** account_name_group() - A group's name by its number; like account_find_user(). */
int account_name_group(int fd, uint32_t gid, char *ret_name, size_t size);

/**
 * account_add_groups() - Append the groups that list a user as their member
 * @gids: room for ACCOUNT_GROUPS_MAX
 * @n:    in and out: how many there are
 *
 * Return: 0, or -1 with errno.
 */
int account_add_groups(int fd, const char *user, gid_t *gids, size_t *n);

/** account_add_gid() - Append a group unless it is there already or there is no room. */
void account_add_gid(uint32_t gid, gid_t *gids, size_t *n);

#endif
