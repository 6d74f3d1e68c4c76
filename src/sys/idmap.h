/* SPDX-License-Identifier: Apache-2.0 */
/* Id maps of user namespaces (user_namespaces(7)). */
#ifndef NSRUN_SYS_IDMAP_H
#define NSRUN_SYS_IDMAP_H

#include "nsrun/error.h"
#include "nsrun/types.h"

#include <sys/types.h>

#define IDMAP_EXTENTS_MAX 340  /* Linux 4.15 */
#define IDMAP_TEXT_MAX    4095 /* one write(2) below a page */

/**
 * idmap_check() - Find overlaps in a list of extents, on either side
 * @what: how messages call the list ("--uidmap")
 *
 * Pure. Return: 0, or -1 with @err (id "idmap-overlap" or "idmap-too-many").
 */
int idmap_check(const char *what, const struct idmap *maps, size_t n, struct error *err);

/** idmap_fits() - Whether the kernel and the helpers take so many extents and so long a text. Pure. */
bool idmap_fits(const struct idmap *maps, size_t n);

/** idmap_render() - The text for uid_map: "inside outside count\n" an extent. */
const char *idmap_render(struct arena *arena, const struct idmap *maps, size_t n);

/** idmap_has_inside() - Whether an id of the container is mapped. */
bool idmap_has_inside(const struct idmap *maps, size_t n, uint32_t id);

/** idmap_has_outside() - Whether an id of the host exists in the container. */
bool idmap_has_outside(const struct idmap *maps, size_t n, uint32_t id);

/** idmap_to_outside() - The host's number of a container's id, or ID_NONE. */
uint32_t idmap_to_outside(const struct idmap *maps, size_t n, uint32_t id);

/** idmap_parse_proc() - Read the text of a /proc/PID/uid_map into an array; -1 if malformed. */
int idmap_parse_proc(struct arena *arena, const char *text, nsrun_idmaps *ret_maps);

/**
 * idmap_write() - Give a user namespace its id maps, with the caller's own rights
 * @pid:            first process of the new user namespace, as the caller sees it
 * @uid_text:       text of idmap_render()
 * @gid_text:       likewise
 * @deny_setgroups: write "deny" to setgroups first; needed by a caller without CAP_SETGID
 *
 * Runs in:  supervisor.
 * Does:     writes setgroups if asked, then gid_map, then uid_map, each with one write(2).
 * Must not: be called twice; the kernel refuses.
 * Needs:    Linux 3.19.
 * Return:   0, or -1 with @err (id "idmap-write").
 */
int idmap_write(pid_t pid, const char *uid_text, const char *gid_text, bool deny_setgroups,
		struct error *err);

#endif
