// SPDX-License-Identifier: Apache-2.0
/* The words that -v, --tmpfs and --mount have in common. Pure. Runs in: supervisor. */
#include "config/mount_option.h"

#include "base/parse.h"

#include <sys/mount.h>

static const struct {
	const char *on;
	const char *off;
	uint64_t attribute;
} attributes[] = {
	{ "ro", "rw", MOUNT_ATTR_RDONLY },
	{ "nosuid", "suid", MOUNT_ATTR_NOSUID },
	{ "nodev", "dev", MOUNT_ATTR_NODEV },
	{ "noexec", "exec", MOUNT_ATTR_NOEXEC },
	{ "noatime", "atime", MOUNT_ATTR_NOATIME },
	{ "nodiratime", "diratime", MOUNT_ATTR_NODIRATIME },
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

static const struct {
	const char *name;
	enum mount_type type;
} types[] = {
	{ "bind", MOUNT_BIND },
	{ "tmpfs", MOUNT_TMPFS },
	{ "overlay", MOUNT_OVERLAY },
	{ "proc", MOUNT_PROC },
	{ "sysfs", MOUNT_SYSFS },
	{ "devpts", MOUNT_DEVPTS },
	{ "mqueue", MOUNT_MQUEUE },
	{ "cgroup2", MOUNT_CGROUP2 },
	/* a plan's word only: --mount refuses it, having no content to give */
	{ "file", MOUNT_FILE },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

bool mount_option_apply(struct mount *mount, const char *word, size_t length)
{
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		uint64_t attribute = attributes[i].attribute;

		if (field_equals(word, length, attributes[i].on)) {
			mount->set |= attribute;
			return !(mount->keep & attribute);
		}
		if (field_equals(word, length, attributes[i].off)) {
			mount->keep |= attribute;
			return !(mount->set & attribute);
		}
	}
	if (field_equals(word, length, "rbind"))
		mount->recursive = true;
	else if (field_equals(word, length, "bind"))
		mount->recursive = false;
	else if (field_equals(word, length, "rprivate") || field_equals(word, length, "private"))
		mount->propagation = PROPAGATION_PRIVATE;
	else if (field_equals(word, length, "rslave") || field_equals(word, length, "slave"))
		mount->propagation = PROPAGATION_SLAVE;
	else
		return false;
	return true;
}

bool mount_option_name(size_t n, uint64_t *ret_attribute, const char **ret_name)
{
	if (n >= ATTRIBUTES)
		return false;
	*ret_attribute = attributes[n].attribute;
	*ret_name = attributes[n].on;
	return true;
}

const char *mount_type_name(enum mount_type type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].name;
	return "unknown";
}

int mount_type_parse(const char *name, size_t length, enum mount_type *ret_type)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (types[i].type != MOUNT_FILE && field_equals(name, length, types[i].name)) {
			*ret_type = types[i].type;
			return 0;
		}
	}
	return -1;
}
