/* SPDX-License-Identifier: Apache-2.0 */
/* Ports for slirp4netns, which are asked for through a socket of its own. */
#ifndef NSRUN_RUN_SLIRP_API_H
#define NSRUN_RUN_SLIRP_API_H

#include "plan/plan.h"

/**
 * slirp_publish() - Have slirp4netns listen on the plan's published ports
 *
 * Runs in: supervisor, when slirp4netns is ready. Waits a few seconds at most.
 * Return:  0, or -1 with @err (id "publish").
 */
int slirp_publish(const struct plan_network *ways, struct error *err);

#endif
