/* SPDX-License-Identifier: Apache-2.0 */
/* The words that -v, --tmpfs and --mount have in common. Pure. */
#ifndef NSRUN_CONFIG_MOUNT_OPTION_H
#define NSRUN_CONFIG_MOUNT_OPTION_H

#include "nsrun/error.h"
#include "nsrun/types.h"

/**
 * mount_option_apply() - Apply one word such as "ro", "nosuid" or "rslave" to a mount
 *
 * Return: true when the word is known and does not contradict an earlier one.
 */
bool mount_option_apply(struct mount *mount, const char *word, size_t length);

/** mount_option_name() - The n-th MOUNT_ATTR_* with its name; false behind the last one. */
bool mount_option_name(size_t n, uint64_t *ret_attribute, const char **ret_name);

/** mount_type_name() - "bind", "tmpfs", ... as --mount spells them. */
const char *mount_type_name(enum mount_type type);

/** mount_type_parse() - The type that --mount's type=NAME asks for; -1 if there is none. */
int mount_type_parse(const char *name, size_t length, enum mount_type *ret_type);

#endif
