/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this program has that its caller lacks, and how it loses it. Runs in: id helper. Must never
 * make the process dumpable, nor leave a capability in effect while input is looked at.
 */
#ifndef NSRUN_NEWIDMAP_PRIVILEGE_H
#define NSRUN_NEWIDMAP_PRIVILEGE_H

#include "newidmap/arguments.h"

/** struct privilege - The capabilities that are left, as a mask of 1 << CAP_X; asleep or not */
struct privilege {
	uint32_t permitted;
};

/**
 * privilege_reduce() - Keep only what the role's writes need, and put that to sleep
 * @role:          which maps will be written
 * @caller:        real ids; they become the effective and saved ids too
 * @ret_privilege: what is left
 *
 * Afterwards the process is the caller in every respect (setuid root or not), not dumpable, under
 * no_new_privs, without core files, and no capability is in effect.
 * Return: REFUSAL_NONE, no-new-privs, or no-privilege when what the role needs is not there.
 */
enum refusal privilege_reduce(enum role role, const struct id_caller *caller,
			      struct privilege *ret_privilege);

/**
 * privilege_wake() - Put the one capability of a map into effect
 * @kind: CAP_SETUID or CAP_SETGID; with the uid map of root also CAP_SETFCAP, which the kernel
 *        wants (since 5.12) from who maps host uid 0
 *
 * Return: whether the kernel did it.
 */
bool privilege_wake(const struct privilege *privilege, enum id_kind kind);

/** privilege_drop() - Lose the capability of a map for good; the others sleep. */
bool privilege_drop(struct privilege *privilege, enum id_kind kind);

#endif
