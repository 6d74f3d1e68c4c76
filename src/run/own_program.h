/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping nsrun's own binary out of a container's reach. Runs in: supervisor, before anything. */
#ifndef NSRUN_RUN_OWN_PROGRAM_H
#define NSRUN_RUN_OWN_PROGRAM_H

#include "plan/plan.h"

/**
 * own_program_protect() - Execute nsrun anew from sealed memory where the container could write it
 *
 * A payload can get at the binary of the process that executes it, by a "#!/proc/self/exe" for
 * instance (CVE-2019-5736). That is harmless while the binary belongs to somebody who does not
 * exist in the container; a binary that the caller installed for himself belongs to its root.
 * Then this process goes on from a copy in a memfd that nobody can change.
 * Return: 0 when there is nothing to do; does not return when it executes itself; -1 with @err (id
 *         "own-program").
 */
int own_program_protect(const struct plan *plan, struct error *err);

#endif
