/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The holder of a bridge: one process for a network that somebody is on. It makes the bridge, its way
 * out, and for each container that comes its cable, address and names; it ends with the last one.
 */
#ifndef NSRUN_RUN_BRIDGE_HOLDER_H
#define NSRUN_RUN_BRIDGE_HOLDER_H

#include "plan/plan.h"

/**
 * bridge_holder_main() - Be it
 * @dir:    the network's directory, locked by the caller
 * @report: a channel: NETWORK_READY when it listens, or FAILED
 *
 * Runs in: a process of its own on the host's side, in a session of its own.
 */
_Noreturn void bridge_holder_main(const struct plan_bridge *plan, int dir, int report);

#endif
