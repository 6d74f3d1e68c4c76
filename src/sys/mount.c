// SPDX-License-Identifier: Apache-2.0
/* Mounts by descriptor. Runs in: init. */
#include "sys/mount.h"

#include "base/fd.h"
#include "base/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#define OPTION_SIZE_MAX 4096

int mount_clone(int dirfd, const char *path, bool recursive)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;

	if (recursive)
		flags |= AT_RECURSIVE;
	if (!*path)
		flags |= AT_EMPTY_PATH;
	return open_tree(dirfd, path, flags);
}

/* one "key=value" or "flag" */
static int set_option(int fs, const char *option, size_t length)
{
	char key[OPTION_SIZE_MAX];
	char *value;

	if (length >= sizeof(key)) {
		errno = E2BIG;
		return -1;
	}
	memcpy(key, option, length);
	key[length] = '\0';
	value = strchr(key, '=');
	if (!value)
		return fsconfig(fs, FSCONFIG_SET_FLAG, key, NULL, 0);
	*value++ = '\0';
	return fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0);
}

int mount_create(const char *fstype, const char *data, uint64_t set)
{
	auto_close int fs = fsopen(fstype, FSOPEN_CLOEXEC);
	const char *option;
	size_t length;

	/* the source is only what mountinfo shows: "proc" instead of "none" */
	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "source", fstype, 0) < 0)
		return -1;
	while (data && (option = parse_next_field(&data, ',', &length)))
		if (set_option(fs, option, length) < 0)
			return -1;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)set);
}

static int change(int dirfd, const char *path, unsigned flags, uint64_t set,
		  enum mount_propagation propagation)
{
	struct mount_attr attributes = {
		.attr_set = set,
		.propagation = propagation == PROPAGATION_SLAVE ? MS_SLAVE : MS_PRIVATE,
	};

	/* the access time settings are one field, which must be cleared to be set */
	if (set & MOUNT_ATTR_NOATIME)
		attributes.attr_clr = MOUNT_ATTR__ATIME;
	return mount_setattr(dirfd, path, flags, &attributes, sizeof(attributes));
}

int mount_restrict(int mount_fd, uint64_t set, enum mount_propagation propagation)
{
	return change(mount_fd, "", AT_EMPTY_PATH | AT_RECURSIVE, set, propagation);
}

int mount_restrict_one(int mount_fd, uint64_t set, enum mount_propagation propagation)
{
	return change(mount_fd, "", AT_EMPTY_PATH, set, propagation);
}

int mount_freeze(int mount_fd)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };

	return mount_setattr(mount_fd, "", AT_EMPTY_PATH, &attributes, sizeof(attributes));
}

int mount_attach_at(int mount_fd, int dirfd, const char *name)
{
	return move_mount(mount_fd, "", dirfd, name,
			  MOVE_MOUNT_F_EMPTY_PATH | (*name ? 0 : MOVE_MOUNT_T_EMPTY_PATH));
}

int mount_attach(int mount_fd, int target_fd)
{
	return mount_attach_at(mount_fd, target_fd, "");
}

int mount_isolate(enum mount_propagation propagation)
{
	return change(AT_FDCWD, "/", AT_RECURSIVE, 0, propagation);
}
