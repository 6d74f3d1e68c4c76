/* SPDX-License-Identifier: Apache-2.0 */
/* What --filter KEY=VALUE selects of the containers. */
#ifndef NSRUN_CMD_FILTER_H
#define NSRUN_CMD_FILTER_H

#include "options.h"

/** filter_check() - Whether all filters are known, and their values too; -1 with @err ("usage"). */
int filter_check(const struct verb *verb, struct error *err);

/** filter_matches() - Whether a container matches all of them, which were checked. */
bool filter_matches(const struct container *container, const struct verb *verb);

/** filter_has() - Whether one of them is about this: "status". */
bool filter_has(const struct verb *verb, const char *key);

#endif
