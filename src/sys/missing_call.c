// SPDX-License-Identifier: Apache-2.0
/* Which system call this kernel lacks. Runs in: supervisor, after a failure only. */
#include "sys/missing_call.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* docs/kernels.md has the same list, and what happens without each */
static const struct {
	long number;
	const char *name;
	const char *since;
} calls[] = {
	{ SYS_clone3, "clone3", "5.3" },
	{ SYS_openat2, "openat2", "5.6" },
	{ SYS_pidfd_open, "pidfd_open", "5.3" },
	{ SYS_pidfd_send_signal, "pidfd_send_signal", "5.1" },
	{ SYS_close_range, "close_range", "5.9" },
	{ SYS_open_tree, "open_tree", "5.2" },
	{ SYS_move_mount, "move_mount", "5.2" },
	{ SYS_fsopen, "fsopen", "5.2" },
	{ SYS_fsconfig, "fsconfig", "5.2" },
	{ SYS_fsmount, "fsmount", "5.2" },
	{ SYS_mount_setattr, "mount_setattr", "5.12" },
	{ SYS_landlock_create_ruleset, "landlock_create_ruleset", "5.13" },
	{ SYS_landlock_add_rule, "landlock_add_rule", "5.13" },
	{ SYS_landlock_restrict_self, "landlock_restrict_self", "5.13" },
	{ SYS_memfd_create, "memfd_create", "3.17" },
	{ SYS_seccomp, "seccomp", "3.17" },
};

/* no descriptor, pointer, flag or size is valid with all bits set */
static int is_missing(long number)
{
	return syscall(number, -1L, -1L, -1L, -1L, -1L, -1L) < 0 && errno == ENOSYS;
}

void missing_call_explain(struct error *err)
{
	struct error original = *err;

	if (err->errnum != ENOSYS || strcmp(err->id, "kernel-lacks") == 0)
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!is_missing(calls[i].number))
			continue;
		error_set(err, "kernel-lacks", ENOSYS,
			  "%.*s: there is no '%s' here, which Linux has since %s (an older kernel, "
			  "or the filter of an outer container)",
			  (int)(sizeof(err->text) / 2), original.text, calls[i].name,
			  calls[i].since);
		return;
	}
}
