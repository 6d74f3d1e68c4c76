// SPDX-License-Identifier: Apache-2.0
/* Who the user of a box is: on the host, and what the rootfs has for him. Runs in: nsrun. */
#include "base/arena.h"
#include "base/fd.h"
#include "life/box.h"
#include "sys/account.h"
#include "sys/syscalls.h"
#include "sys/user_name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MAX 64 /* each may take a process to be named */

/* a directory of the user's own that is not the whole host */
static bool is_home(const char *path)
{
	struct stat st;

	return path && path[0] == '/' && path[1] &&
	       fstatat(AT_FDCWD, path, &st, 0) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid() && !strpbrk(path, ":\n");
}

void box_know_user(struct spec *spec)
{
	const char *home = getenv("HOME"), *shell = getenv("SHELL"), *name = getenv("USER");
	struct account account = { .uid = geteuid() };
	struct spec_box *box = &spec->box;
	struct error unused;

	if (user_account_of(geteuid(), &account) == 0)
		name = account.name;
	/* a name ends up in a file of lines and colons */
	box->user = name && container_name_check(name, &unused) == 0 ?
			    arena_strdup(spec->arena, name) :
			    arena_printf(spec->arena, "user%u", geteuid());
	if (!is_home(home))
		home = is_home(account.home) ? account.home : "/";
	box->home = arena_strdup(spec->arena, home);
	if (!shell || shell[0] != '/')
		shell = account.shell;
	box->shell = arena_strdup(spec->arena, shell);
}

static void add_group(struct spec *spec, uint32_t gid, bool own)
{
	char name[256];

	if (group_name_of(gid, name, sizeof(name)) < 0) {
		if (!own)
			return;
		snprintf(name, sizeof(name), "%s", spec->box.user);
	}
	*array_push(spec->arena, &spec->box.groups) =
		(struct box_group){ gid, arena_strdup(spec->arena, name) };
}

void box_know_groups(struct spec *spec)
{
	gid_t gids[NGROUPS_MAX];
	int n = getgroups(NGROUPS_MAX, gids);

	add_group(spec, getegid(), true);
	for (int i = 0; i < n && i < GROUPS_MAX; i++)
		if (gids[i] != getegid())
			add_group(spec, gids[i], false);
}

/* --- the rootfs --- */

static const char *read_accounts(struct arena *arena, int root, const char *path)
{
	auto_close int fd = account_open(root, path);
	struct stat st;
	ssize_t n;
	char *text;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	text = arena_alloc(arena, (size_t)st.st_size + 1);
	n = fd_read_full(fd, text, (size_t)st.st_size);
	return n < 0 ? NULL : text;
}

static bool has_shell(int root, const char *path)
{
	auto_close int fd = path[0] == '/' ? sys_open_in_root(root, path + 1, O_PATH | O_CLOEXEC) :
					     -1;

	return fd >= 0;
}

/* what is kept of earlier changes lies over the rootfs: whatever it has counts first */
static void read_layer(struct spec *spec, int root)
{
	struct spec_box *box = &spec->box;

	if (!box->passwd)
		box->passwd = read_accounts(spec->arena, root, "etc/passwd");
	if (!box->group)
		box->group = read_accounts(spec->arena, root, "etc/group");
	if (!box->inside_shell && has_shell(root, box->shell))
		box->inside_shell = box->shell;
}

static void choose_shell(struct spec_box *box, int root)
{
	if (!box->inside_shell)
		box->inside_shell = has_shell(root, "/bin/bash") ? "/bin/bash" : "/bin/sh";
}

int box_read_rootfs(struct spec *spec, struct error *err)
{
	auto_close int root =
		openat(AT_FDCWD, spec->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_close int upper = -1;

	if (root < 0) {
		error_set(err, "box-rootfs", errno,
			  "cannot use the root file system '%s' of the box '%s'", spec->rootfs,
			  spec->box.name);
		return error_set_arg(err, "%s", spec->box.name);
	}
	if (spec->rootfs_overlay_dir)
		upper = openat(AT_FDCWD,
			       arena_printf(spec->arena, "%s/upper", spec->rootfs_overlay_dir),
			       O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (upper >= 0)
		read_layer(spec, upper);
	read_layer(spec, root);
	choose_shell(&spec->box, root);
	return 0;
}
