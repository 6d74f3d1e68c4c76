// SPDX-License-Identifier: Apache-2.0
/* Landlock. Runs in: init; does not allocate. */
#include "sys/landlock.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* the structure as of ABI 6; an older kernel takes its shorter beginning */
struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

#define SCOPE_ABSTRACT_UNIX_SOCKET ((uint64_t)1 << 0)
#define SCOPE_SIGNAL               ((uint64_t)1 << 1)
#define ABI_SCOPES                 6

#define ACCESS_READ                                                                                \
	((uint64_t)LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                     \
	 LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_FILE                                                                                \
	((uint64_t)LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                     \
	 LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV)
#define ACCESS_TRUNCATE  ((uint64_t)1 << 14)
#define ACCESS_IOCTL_DEV ((uint64_t)1 << 15)

/* every right that an ABI knows */
static uint64_t known_access(int abi)
{
	if (abi >= 5)
		return ((uint64_t)1 << 16) - 1;
	if (abi >= 3)
		return ((uint64_t)1 << 15) - 1;
	return abi == 2 ? ((uint64_t)1 << 14) - 1 : ((uint64_t)1 << 13) - 1;
}

static int add_rule(int ruleset, const struct landlock_rule *rule, uint64_t known,
		    struct error *err)
{
	auto_close int fd = open(rule->path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr below = { .parent_fd = fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, "landlock", errno, "cannot open '%s' for its Landlock rule",
				 rule->path);
	below.allowed_access = rule->writable ? known : ACCESS_READ;
	if (!S_ISDIR(st.st_mode))
		below.allowed_access &= ACCESS_FILE;
	below.allowed_access &= known;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0)
		return error_set(err, "landlock", errno, "cannot add the Landlock rule for '%s'",
				 rule->path);
	return 0;
}

int landlock_confine(const struct landlock_rule *rules, size_t n, bool scopes, struct error *err)
{
	struct ruleset_attr attr = { .handled_access_fs = 0 };
	auto_close int ruleset = -1;
	int abi;

	if (n == 0 && !scopes)
		return 0;
	abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 0 && n > 0)
		return error_set(err, "landlock", errno, "Landlock is not here or switched off");
	scopes = scopes && abi >= ABI_SCOPES;
	if (n == 0 && !scopes)
		return 0;
	if (n > 0)
		attr.handled_access_fs = known_access(abi);
	if (scopes)
		attr.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
			       abi >= ABI_SCOPES ? sizeof(attr) : sizeof(attr.handled_access_fs), 0);
	if (ruleset < 0)
		return error_set(err, "landlock", errno, "cannot make a Landlock ruleset");
	for (size_t i = 0; i < n; i++)
		if (add_rule(ruleset, &rules[i], attr.handled_access_fs, err) < 0)
			return -1;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return error_set(err, "landlock", errno, "cannot apply the Landlock ruleset");
	return 0;
}
