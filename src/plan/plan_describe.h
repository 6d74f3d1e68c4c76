/* SPDX-License-Identifier: Apache-2.0 */
/* What the printed forms of a plan have in common. Pure. */
#ifndef NSRUN_PLAN_PLAN_DESCRIBE_H
#define NSRUN_PLAN_PLAN_DESCRIBE_H

#include "config/json.h"
#include "plan/plan.h"

/** plan_print_text() - For people. */
const char *plan_print_text(const struct plan *plan);

/** plan_print_json() - For machines, in the plan's own words. */
const char *plan_print_json(const struct plan *plan);

/** plan_print_oci() - A config.json of the OCI runtime specification. */
const char *plan_print_oci(const struct plan *plan);

/** describe_ns_mode() - "private", "host" or "ns:PATH". */
const char *describe_ns_mode(const struct plan *plan, enum ns_kind kind);

/** describe_mount_source() - What /proc/mounts would show as the source. */
const char *describe_mount_source(const struct mount *mount);

/** describe_user() - "0:0", "redis", "1000:users". */
const char *describe_user(const struct plan *plan);

/** describe_flags() - A mount's flags as a NULL-terminated list of words. */
const char *const *describe_flags(const struct plan *plan, uint64_t set);

/** describe_capabilities() - The names in a set as a NULL-terminated list. */
const char *const *describe_capabilities(const struct plan *plan, uint64_t set);

/** describe_map_writer() - Who writes the id maps. */
const char *describe_map_writer(const struct plan *plan);

/** describe_guards() - The hidden or the read-only paths as a JSON list. */
void describe_guards(struct json *json, const struct plan *plan, const char *key, bool hidden);

/** describe_rights() - The capability sets that the payload's user will have. */
const struct capability_sets *describe_rights(const struct plan *plan);

#endif
