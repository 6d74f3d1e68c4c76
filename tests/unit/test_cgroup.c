// SPDX-License-Identifier: Apache-2.0
/* Where a control group lies, from the texts of /proc. */
#include "sys/cgroup.h"

#include "tests/unit/check.h"

#define UNIFIED "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define HYBRID                                                                                     \
	"23 1 0:20 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"                                         \
	"31 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"                               \
	"32 23 0:28 / /sys/fs/cgroup/unified rw shared:9 master:1 - cgroup2 cgroup2 rw\n"
#define PART "40 23 0:26 /user.slice/a /cg rw - cgroup2 cgroup2 rw\n"

static const struct {
	const char *mounts;
	const char *groups;
	const char *path; /* NULL: there is none */
} cases[] = {
	{ UNIFIED, "0::/user.slice/a b\n", "/sys/fs/cgroup/user.slice/a b" },
	{ UNIFIED, "0::/\n", "/sys/fs/cgroup" },
	{ HYBRID, "5:cpu:/x\n1:name=systemd:/y\n0::/z\n", "/sys/fs/cgroup/unified/z" },
	{ HYBRID, "5:cpu:/x\n", NULL },
	{ "23 1 0:20 / / rw - ext4 /dev/cgroup2 rw\n", "0::/\n", NULL },
	{ PART, "0::/user.slice/a\n", "/cg" },
	{ PART, "0::/user.slice/a/b\n", "/cg/b" },
	{ PART, "0::/user.slice/ab\n", NULL },
	{ PART, "0::/\n", NULL },
	{ "40 23 0:26 / /a\\040b rw - cgroup2 c rw\n", "0::/c\n", "/a b/c" },
	{ "", "", NULL },
	{ "40 23 0:26 /", "0::/c\n", NULL },
};

int main(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CHECK_CASE(cases[i].path ? cases[i].path : cases[i].mounts);
		CHECK_INT(cgroup_locate(cases[i].mounts, cases[i].groups, path),
			  cases[i].path ? 0 : -1);
		if (cases[i].path)
			CHECK_STR(path, cases[i].path);
	}
	return check_end();
}
