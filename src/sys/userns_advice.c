// SPDX-License-Identifier: Apache-2.0
/* Why this machine allows no user namespace. Runs in: supervisor. */
#include "sys/userns_advice.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* whether a sysctl exists and has this value */
static bool sysctl_is(const char *path, long value)
{
	char text[32];

	return file_read(AT_FDCWD, path, text, sizeof(text)) > 0 &&
	       strtol(text, NULL, 10) == value;
}

/* in the first user namespace, every id maps to itself */
static bool inside_container(void)
{
	char text[64];

	return file_read_part("/proc/self/uid_map", text, sizeof(text)) > 0 &&
	       !strstr(text, " 4294967295\n");
}

static const char apparmor_sysctl[] = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

static int named(struct error *err, int errnum, const char *id, const char *arg, const char *why)
{
	error_set(err, id, errnum, "this machine allows no user namespaces: %s", why);
	return error_set_arg(err, "%s", arg);
}

int userns_explain(int errnum, struct error *err)
{
	if (sysctl_is("/proc/sys/kernel/unprivileged_userns_clone", 0))
		return named(err, errnum, "userns-sysctl", "kernel.unprivileged_userns_clone=1",
			     "the sysctl kernel.unprivileged_userns_clone is 0");
	if (sysctl_is("/proc/sys/user/max_user_namespaces", 0) && inside_container())
		return named(err, errnum, "userns-nested", "",
			     "it is a container that forbids them");
	if (sysctl_is("/proc/sys/user/max_user_namespaces", 0))
		return named(err, errnum, "userns-sysctl", "user.max_user_namespaces=10000",
			     "the sysctl user.max_user_namespaces is 0");
	if (errnum == ENOSPC || errnum == EUSERS)
		return named(err, errnum, "userns-limit", "user.max_user_namespaces",
			     "a limit of user.max_*_namespaces is reached, or they are nested 32 "
			     "deep");
	if (sysctl_is(apparmor_sysctl, 1))
		return named(err, errnum, "userns-apparmor", "",
			     "AppArmor restricts them to programs that have a profile");
	if (errnum == EPERM)
		return named(err, errnum, "userns", "",
			     "the kernel refused (a chroot, or the filter of an outer container)");
	return error_set(err, "clone", errnum, "cannot make init's namespaces");
}

void userns_suspect_apparmor(struct error *err)
{
	struct error original = *err;

	if ((err->errnum != EPERM && err->errnum != EACCES) || !sysctl_is(apparmor_sysctl, 1))
		return;
	error_set(err, "userns-apparmor", original.errnum,
		  "AppArmor takes the rights of user namespaces away from programs that have no "
		  "profile; so %.*s",
		  (int)(sizeof(err->text) / 2), original.text);
}
