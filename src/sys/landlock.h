/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock (landlock(7)): a second wall, of the process's own making. Runs in: init. */
#ifndef NSRUN_SYS_LANDLOCK_H
#define NSRUN_SYS_LANDLOCK_H

#include "nsrun/error.h"
#include "nsrun/spec.h"

/**
 * landlock_confine() - Restrict the calling process and all that it will execute
 * @rules:  the only paths that may be used; none: no restriction of paths
 * @n:      how many
 * @scopes: no signal to, and no abstract unix socket of, a process outside; left out where the
 *          kernel does not have it (Linux 6.12)
 *
 * Needs:  no_new_privs; Linux 5.13 with Landlock switched on when there are rules.
 * Return: 0, or -1 with @err (id "landlock").
 */
int landlock_confine(const struct landlock_rule *rules, size_t n, bool scopes, struct error *err);

#endif
