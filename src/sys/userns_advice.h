/* SPDX-License-Identifier: Apache-2.0 */
/* Why this machine allows no user namespace. Runs in: supervisor, after a failure only. */
#ifndef NSRUN_SYS_USERNS_ADVICE_H
#define NSRUN_SYS_USERNS_ADVICE_H

#include "nsrun/error.h"

/**
 * userns_explain() - Name the setting that makes clone3(2) fail
 * @errnum: what clone3 gave
 *
 * Return: always -1, with @err (id "userns-sysctl", "userns-apparmor", "userns-limit",
 *         "userns-chroot" or "userns").
 */
int userns_explain(int errnum, struct error *err);

/**
 * userns_suspect_apparmor() - Name AppArmor where it is the likely cause of a failed start
 *
 * Ubuntu's restriction lets a user namespace be made and takes its capabilities away, so that the
 * failure comes later and says something else (moby/moby#47480).
 * Does: changes @err (to id "userns-apparmor") when it is a missing permission and AppArmor's
 *       restriction is switched on.
 */
void userns_suspect_apparmor(struct error *err);

#endif
