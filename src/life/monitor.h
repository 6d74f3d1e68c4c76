/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor: the one process beside a detached container. */
#ifndef NSRUN_LIFE_MONITOR_H
#define NSRUN_LIFE_MONITOR_H

#include "nsrun/container.h"

/**
 * monitor_main() - Be the monitor of a container; runs in a child of nsrun and never returns
 * @report: channel to that nsrun: NOTICE, then STARTING when the command runs, or FAILED
 * @owner:  socket of who runs it in the foreground, or -1
 */
_Noreturn void monitor_main(struct container *container, const struct plan *plan, int report,
			    int owner);

#endif
