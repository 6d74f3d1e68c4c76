/* SPDX-License-Identifier: Apache-2.0 */
/* Which system call this kernel lacks. Runs in: supervisor, after a failure only. */
#ifndef NSRUN_SYS_MISSING_CALL_H
#define NSRUN_SYS_MISSING_CALL_H

#include "nsrun/error.h"

/**
 * missing_call_explain() - Name the system call behind an ENOSYS, and the Linux that has it
 *
 * Asks the kernel for each call that a start needs, with arguments that no call accepts.
 * Does:   changes @err (to id "kernel-lacks") when it is an ENOSYS and a call is found.
 */
void missing_call_explain(struct error *err);

#endif
