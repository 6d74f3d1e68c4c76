/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A range of subordinate ids for one container alone (--userns=auto). There is no index: what a
 * kept container has is in its config.json, until it is removed, and what a foreground one has is
 * locked by its nsrun, byte for id, in one file beside the containers. Of containers whose state is
 * elsewhere, and of maps by hand, the running processes tell. Runs in: nsrun.
 */
#ifndef NSRUN_LIFE_RANGES_H
#define NSRUN_LIFE_RANGES_H

#include "nsrun/container.h"
#include "plan/host.h"

/**
 * ranges_first_free() - The first place for @count ids
 * @own:  the caller's ranges, in file order
 * @used: ranges that are taken, in any order; they may overlap
 *
 * Pure. Return: the first id, or ID_NONE when there is no such place.
 */
uint32_t ranges_first_free(const nsrun_subids *own, const nsrun_subids *used, uint32_t count);

/**
 * ranges_is_part() - Whether ids are some of the caller's, but not a whole line of his file
 *
 * A map of a whole line is no range of its own: each container without auto has it.
 * Pure. @range may be empty, and then is none.
 */
bool ranges_is_part(const nsrun_subids *own, const struct subid_range *range);

/**
 * ranges_allocate() - Choose spec->auto_ids, unless they are chosen already
 *
 * They stay locked for as long as this process lives.
 * Return: 0, or -1 with @err (id "userns-auto-full").
 */
int ranges_allocate(struct spec *spec, struct error *err);

#endif
