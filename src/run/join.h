/* SPDX-License-Identifier: Apache-2.0 */
/* Starting init in namespaces that exist already: ns:PATH, or those of a container. */
#ifndef NSRUN_RUN_JOIN_H
#define NSRUN_RUN_JOIN_H

#include "run/init.h"

/**
 * join_clone_init() - Like sys_clone_process(), from inside the namespaces that are joined
 *
 * A process in between enters them, since the supervisor stays on the host; init is the
 * supervisor's own child all the same (CLONE_PARENT).
 * @cgroup:     directory of the control group that it enters before, or -1
 * @ret_weaker: says why it could not; its id is "" otherwise
 *
 * Runs in: supervisor. Return: 0 in init, its pid in the supervisor, or -1 with @err.
 */
pid_t join_clone_init(struct init *init, int cgroup, int *ret_pidfd, struct error *ret_weaker,
		      struct error *err);

#endif
