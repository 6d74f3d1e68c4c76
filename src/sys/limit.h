/* SPDX-License-Identifier: Apache-2.0 */
/* Resource limits (getrlimit(2)) by the names that podman's --ulimit uses. */
#ifndef NSRUN_SYS_LIMIT_H
#define NSRUN_SYS_LIMIT_H

#include "nsrun/types.h"

/** limit_resource() - RLIMIT_* for a name such as "nofile" (length bytes), or -1. */
int limit_resource(const char *name, size_t length);

/** limit_name() - Name of RLIMIT_*, or NULL. */
const char *limit_name(int resource);

/** limit_get() - The caller's own limit; 0, or -1 with errno. */
int limit_get(int resource, struct limit *ret_limit);

/** limit_set() - Set a limit of the calling process; 0, or -1 with errno. */
int limit_set(const struct limit *limit);

#endif
