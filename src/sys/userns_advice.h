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

#endif
