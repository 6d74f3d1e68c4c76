/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process whose user namespace gets the maps: is it what the caller says it is? Runs in: id
 * helper. Must never act through a path twice: one descriptor of /proc/PID is checked and then
 * used, so a pid that is used again cannot send the maps elsewhere.
 */
#ifndef NSRUN_NEWIDMAP_TARGET_H
#define NSRUN_NEWIDMAP_TARGET_H

#include "newidmap/arguments.h"

/**
 * target_open() - Open and verify the target
 * @name:       as the caller wrote it
 * @caller:     real ids
 * @ret_dir_fd: descriptor of its /proc directory; -1 after a failure
 *
 * Checks that the directory is of this procfs, that the process has the caller's ids and lives,
 * and that its user namespace was made by the caller directly inside ours. A process of somebody
 * else and no process at all are one and the same refusal.
 */
struct verdict target_open(const struct target_name *name, const struct id_caller *caller,
			   int *ret_dir_fd);

/**
 * target_check_unmapped() - Refuse when the map of @kind is written already
 *
 * For all maps that will be written before the first one is: no half of a pair.
 */
struct verdict target_check_unmapped(int dir_fd, enum id_kind kind);

/**
 * target_write_map() - Write one map with one write(2)
 * @text: see policy_render_map()
 *
 * Needs the capability of @kind in effect, both to open and to write.
 */
struct verdict target_write_map(int dir_fd, enum id_kind kind, const char *text, size_t length);

/** target_deny_setgroups() - Take setgroups(2) from the namespace; before the gid map. */
struct verdict target_deny_setgroups(int dir_fd);

#endif
