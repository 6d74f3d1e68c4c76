// SPDX-License-Identifier: Apache-2.0
/*
 * Who is who: the id maps and who writes them. Pure. Runs in: supervisor.
 */
#include "plan/plan.h"

#include "base/arena.h"
#include "sys/idmap.h"

#include <string.h>

/* struct side - Uids or gids: the same questions are asked of both */
struct side {
	const char *option; /* how messages call an explicit map */
	const char *usermod;
	uint32_t own;
	const struct subid_fact *subids;
	const nsrun_idmaps *parent;
	nsrun_idmaps *maps;
};

/* --- which ids belong to the caller --- */

static bool range_has(const struct subid_range *range, uint64_t id)
{
	return id >= range->start && id - range->start < range->count;
}

/* the first id from @id on that no line of the user covers; several lines may together cover it */
static uint64_t covered_until(const struct subid_fact *subids, uint64_t id)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < subids->ranges.n; i++) {
			const struct subid_range *range = &subids->ranges.v[i];

			if (range_has(range, id)) {
				id = (uint64_t)range->start + range->count;
				moved = true;
			}
		}
	}
	return id;
}

static bool owns(const struct side *side, const struct idmap *map)
{
	uint64_t end = (uint64_t)map->outside + map->count;

	if (map->count == 1 && map->outside == side->own)
		return true;
	return covered_until(side->subids, map->outside) >= end;
}

static bool in_parent(const struct side *side, const struct idmap *map)
{
	uint64_t id = map->outside, end = id + map->count;
	bool moved = true;

	while (moved && id < end) {
		moved = false;
		for (size_t i = 0; i < side->parent->n; i++) {
			const struct idmap *extent = &side->parent->v[i];

			if (id >= extent->inside && id - extent->inside < extent->count) {
				id = (uint64_t)extent->inside + extent->count;
				moved = true;
			}
		}
	}
	return id >= end;
}

/* --- refusals --- */

static int refuse_podman_idiom(const struct side *side, const struct idmap *map, struct error *err)
{
	const struct subid_range *range = &side->subids->ranges.v[0];

	error_set(err, "idmap-podman", 0,
		  "%s '%u:%u:%u' would map root of the host, which is not yours: podman counts from "
		  "the user's own ids there, nsrun takes ids of the host",
		  side->option, map->inside, map->outside, map->count);
	if (side->subids->ranges.n > 0)
		return error_set_arg(err, "%s 0:%u:1 %s 1:%u:%u", side->option, side->own,
				     side->option, range->start, range->count);
	return error_set_arg(err, "%s 0:%u:1", side->option, side->own);
}

static int refuse_range(const struct side *side, const struct idmap *map, struct error *err)
{
	uint64_t last = (uint64_t)map->outside + map->count - 1;

	if (map->outside == 0)
		return refuse_podman_idiom(side, map, err);
	error_set(err, "idmap-not-owned", 0,
		  "%s '%u:%u:%u': the ids %u-%llu do not belong to '%s' in %s", side->option,
		  map->inside, map->outside, map->count, map->outside, (unsigned long long)last,
		  side->subids->owner, side->subids->file);
	return error_set_arg(err, "%s %u-%llu %s", side->usermod, map->outside,
			     (unsigned long long)last, side->subids->owner);
}

/* --- the default maps --- */

/* what is left of a range when an id already mapped is taken out; appends what is free */
static void add_free_parts(struct plan *plan, nsrun_idmaps *maps, uint64_t *inside,
			   const struct subid_range *range)
{
	uint64_t id = range->start, end = id + range->count;
	size_t mapped = maps->n; /* parts of this very range cannot collide */

	while (id < end) {
		uint64_t stop = end;
		bool taken = false;

		for (size_t i = 0; i < mapped; i++) {
			uint64_t first = maps->v[i].outside, past = first + maps->v[i].count;

			if (id >= first && id < past) {
				id = past;
				taken = true;
				break;
			}
			if (first > id && first < stop)
				stop = first;
		}
		if (taken)
			continue;
		*array_push(plan->arena, maps) = (struct idmap){
			(uint32_t)*inside, (uint32_t)id, (uint32_t)(stop - id)
		};
		*inside += stop - id;
		id = stop;
	}
}

static void add_own_ranges(struct plan *plan, const struct side *side, uint64_t inside)
{
	for (size_t i = 0; i < side->subids->ranges.n; i++)
		add_free_parts(plan, side->maps, &inside, &side->subids->ranges.v[i]);
}

/* put @inside_id where it belongs and let the ranges fill the numbers around it */
static void keep_id(struct plan *plan, const struct side *side, uint32_t inside_id)
{
	nsrun_idmaps ranges = { .n = 0 };
	struct side own = *side;

	*array_push(plan->arena, side->maps) = (struct idmap){ inside_id, side->own, 1 };
	own.maps = &ranges;
	*array_push(plan->arena, &ranges) = (struct idmap){ 0, side->own, 1 };
	add_own_ranges(plan, &own, 0);
	for (size_t i = 1; i < ranges.n; i++) {
		struct idmap map = ranges.v[i];

		if (map.inside < inside_id && map.count > inside_id - map.inside) {
			uint32_t below = inside_id - map.inside;

			*array_push(plan->arena, side->maps) =
				(struct idmap){ map.inside, map.outside, below };
			map = (struct idmap){ inside_id, map.outside + below, map.count - below };
		}
		if (map.inside >= inside_id)
			map.inside++;
		*array_push(plan->arena, side->maps) = map;
	}
}

/* the ranges without the own id, which may have a line too */
static void add_without_own(struct plan *plan, const struct side *side)
{
	nsrun_idmaps ranges = { .n = 0 };
	struct side own = *side;

	own.maps = &ranges;
	*array_push(plan->arena, &ranges) = (struct idmap){ 0, side->own, 1 };
	add_own_ranges(plan, &own, 0);
	for (size_t i = 1; i < ranges.n; i++)
		*array_push(plan->arena, side->maps) = ranges.v[i];
}

static void default_maps(const struct spec *spec, const struct host *host, struct plan *plan,
			 const struct side *side, uint32_t keep_id_as)
{
	switch (spec->userns) {
	case USERNS_KEEP_ID:
		keep_id(plan, side, keep_id_as != ID_NONE ? keep_id_as : side->own);
		break;
	case USERNS_NOMAP:
		add_without_own(plan, side);
		break;
	case USERNS_AUTO:
		*array_push(plan->arena, side->maps) = (struct idmap){
			0, side->subids == &host->subuids ? spec->auto_ids.uid : spec->auto_ids.gid,
			spec->auto_ids.count
		};
		break;
	default:
		*array_push(plan->arena, side->maps) = (struct idmap){ 0, side->own, 1 };
		add_own_ranges(plan, side, 1);
		break;
	}
}

/* the kernel and the helpers take so many extents and so long a text */
static int cut_maps(struct plan *plan, const struct side *side, struct error *err)
{
	size_t n = side->maps->n;

	while (!idmap_fits(side->maps->v, side->maps->n))
		side->maps->n--;
	if (side->maps->n == n)
		return 0;
	return plan_fallback(plan, err, "idmap-cut", "",
			     "only the first %zu of the %zu ranges of '%s' in %s fit into one map",
			     side->maps->n, n, side->subids->owner, side->subids->file);
}

/* --- the single id --- */

/* "100000-165535 --add-subgids 100000-165535 alice": ids that nobody has */
static const char *grant_advice(const struct host *host, struct plan *plan, const char *name)
{
	unsigned long long first = host->free_subids, last = first + 65535;

	return arena_printf(plan->arena, "%llu-%llu --add-subgids %llu-%llu %s", first, last, first,
			    last, name);
}

static int use_single_id(const struct spec *spec, const struct host *host, struct plan *plan,
			 struct error *err)
{
	bool keep = spec->userns == USERNS_KEEP_ID;
	uint32_t uid = !keep ? 0 : spec->keep_id_uid != ID_NONE ? spec->keep_id_uid : host->uid;
	uint32_t gid = !keep ? 0 : spec->keep_id_gid != ID_NONE ? spec->keep_id_gid : host->gid;

	if (spec->userns == USERNS_NOMAP || spec->userns == USERNS_AUTO) {
		error_set(err, "idmap-nomap", 0,
			  "--userns=%s needs subordinate ids and a helper to map them",
			  spec->userns == USERNS_AUTO ? "auto" : "nomap");
		return error_set_arg(err, "%s", grant_advice(host, plan, host->subuids.owner));
	}
	plan->uid_maps.n = plan->gid_maps.n = 0;
	*array_push(plan->arena, &plan->uid_maps) = (struct idmap){ uid, host->uid, 1 };
	*array_push(plan->arena, &plan->gid_maps) = (struct idmap){ gid, host->gid, 1 };
	plan->map_writer = MAPS_SINGLE;
	return 0;
}

static bool is_single_id(const struct host *host, const struct plan *plan)
{
	return plan->uid_maps.n == 1 && plan->gid_maps.n == 1 && plan->uid_maps.v[0].count == 1 &&
	       plan->gid_maps.v[0].count == 1 && plan->uid_maps.v[0].outside == host->uid &&
	       plan->gid_maps.v[0].outside == host->gid;
}

/* --- deciding --- */

static bool setgroups_allowed(const struct side *gids)
{
	for (size_t i = 0; i < gids->maps->n; i++)
		if (covered_until(gids->subids, gids->maps->v[i].outside) >
		    gids->maps->v[i].outside)
			return true;
	return false; /* newgidmap(1) denies it then */
}

static bool maps_host_root(const struct plan *plan)
{
	for (size_t i = 0; i < plan->uid_maps.n; i++)
		if (plan->uid_maps.v[i].outside == 0)
			return true;
	return false;
}

static int explicit_maps(const struct spec *spec, const struct host *host, struct plan *plan,
			 const struct side sides[2], struct error *err)
{
	plan->uid_maps = spec->uid_maps.n ? spec->uid_maps : spec->gid_maps;
	plan->gid_maps = spec->gid_maps.n ? spec->gid_maps : spec->uid_maps;
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sides[s].maps->n; i++) {
			const struct idmap *map = &sides[s].maps->v[i];

			if (!host->may_write_maps && !owns(&sides[s], map))
				return refuse_range(&sides[s], map, err);
			if (!in_parent(&sides[s], map))
				return error_set(err, "idmap-not-in-parent", 0,
						 "%s '%u:%u:%u': these ids do not exist in the user "
						 "namespace in which nsrun itself runs",
						 sides[s].option, map->inside, map->outside,
						 map->count);
		}
	}
	if (host->initial_userns && maps_host_root(plan))
		plan_warn(plan, "idmap-host-root",
			  "root of the host is mapped: whoever gets out of the container is it");
	if (host->may_write_maps)
		plan->map_writer = MAPS_DIRECT;
	else if (is_single_id(host, plan))
		plan->map_writer = MAPS_SINGLE;
	else if (host->newidmap.kind != NEWIDMAP_NONE)
		plan->map_writer = MAPS_HELPER;
	else
		return *err = host->newidmap.why, -1;
	return 0;
}

/* a line whose ids do not exist here (inside another container) is of no use */
static int drop_foreign(struct plan *plan, const struct side *side, struct error *err)
{
	size_t n = side->maps->n;
	size_t kept = 0;

	for (size_t i = 0; i < side->maps->n; i++)
		if (in_parent(side, &side->maps->v[i]))
			side->maps->v[kept++] = side->maps->v[i];
	side->maps->n = kept;
	if (kept == 0)
		return error_set(err, "idmap-not-in-parent", 0,
				 "none of the ids of '%s' in %s exists in the user namespace in "
				 "which nsrun itself runs",
				 side->subids->owner, side->subids->file);
	if (kept == n)
		return 0;
	return plan_fallback(plan, err, "idmap-not-in-parent", side->subids->owner,
			     "only %zu of the %zu ranges of '%s' in %s exist in the user namespace "
			     "in which nsrun itself runs",
			     kept, n, side->subids->owner, side->subids->file);
}

static int root_maps(const struct spec *spec, const struct host *host, struct plan *plan,
		     const struct side sides[2], struct error *err)
{
	bool nothing = host->subuids.ranges.n == 0 || host->subgids.ranges.n == 0;

	plan->map_writer = MAPS_DIRECT;
	if (nothing && !host->initial_userns) {
		if (use_single_id(spec, host, plan, err) < 0)
			return -1;
		return plan_fallback(plan, err, "idmap-no-subids",
				     grant_advice(host, plan, host->subuids.owner),
				     "'%s' has no line in both %s and %s: only your own user and "
				     "group exist inside",
				     host->subuids.owner, host->subuids.file, host->subgids.file);
	}
	if (nothing) {
		error_set(err, "idmap-no-subids-root", 0,
			  "root has no subordinate ids: neither 'root' nor 'containers' has a line "
			  "in both /etc/subuid and /etc/subgid");
		return error_set_arg(err, "%s", grant_advice(host, plan, "root"));
	}
	/* never 0 to 0: root inside is root's first subordinate id */
	for (size_t s = 0; s < 2; s++) {
		if (spec->userns == USERNS_AUTO)
			default_maps(spec, host, plan, &sides[s], ID_NONE);
		else
			add_own_ranges(plan, &sides[s], 0);
		if (drop_foreign(plan, &sides[s], err) < 0 || cut_maps(plan, &sides[s], err) < 0)
			return -1;
	}
	return 0;
}

static int user_maps(const struct spec *spec, const struct host *host, struct plan *plan,
		     const struct side sides[2], struct error *err)
{
	const char *name = host->subuids.owner;
	const char *own = host->user_name ? host->user_name : "";

	if (!host->may_write_maps && ((spec->subuid_name && strcmp(spec->subuid_name, own) != 0) ||
				      (spec->subgid_name && strcmp(spec->subgid_name, own) != 0)))
		return error_set(err, "subid-name", 0,
				 "only root may map the subordinate ids of somebody else than '%s'",
				 own);
	if (host->subuids.ranges.n == 0 || host->subgids.ranges.n == 0) {
		const struct subid_fact *empty = host->subuids.ranges.n == 0 ? &host->subuids :
										&host->subgids;

		if (use_single_id(spec, host, plan, err) < 0)
			return -1;
		if (empty->errnum)
			return plan_fallback(plan, err, "idmap-no-subids", grant_advice(host, plan, name),
					     "'%s' cannot be read (%s): only your own user and group "
					     "exist inside",
					     empty->file, strerror(empty->errnum));
		return plan_fallback(plan, err, "idmap-no-subids", grant_advice(host, plan, name),
				     "'%s' has no line in %s: only your own user and group exist "
				     "inside",
				     name, empty->file);
	}
	if (!host->may_write_maps && host->newidmap.kind == NEWIDMAP_NONE) {
		/* a helper that was named is wanted, not another way */
		if (spec->newidmap && strcmp(spec->newidmap, "none") != 0)
			return *err = host->newidmap.why, -1;
		if (use_single_id(spec, host, plan, err) < 0)
			return -1;
		if (spec->newidmap) { /* "none": asked for, so no fallback */
			plan_warn(plan, host->newidmap.why.id,
				  "%s: only your own user and group exist inside",
				  host->newidmap.why.text);
			return 0;
		}
		return plan_fallback(plan, err, host->newidmap.why.id, host->newidmap.why.arg,
				     "%s: only your own user and group exist inside",
				     host->newidmap.why.text);
	}
	plan->map_writer = MAPS_HELPER;
	default_maps(spec, host, plan, &sides[0], spec->keep_id_uid);
	default_maps(spec, host, plan, &sides[1], spec->keep_id_gid);
	for (size_t s = 0; s < 2; s++) {
		if (drop_foreign(plan, &sides[s], err) < 0 || cut_maps(plan, &sides[s], err) < 0)
			return -1;
	}
	return 0;
}

/* id 0 builds the container; where it does not exist, the first id that does */
static uint32_t setup_id(const nsrun_idmaps *maps)
{
	uint32_t lowest = ID_NONE;

	for (size_t i = 0; i < maps->n; i++)
		if (maps->v[i].inside < lowest)
			lowest = maps->v[i].inside;
	return lowest;
}

/* a container that runs has its maps, which the spec was given from the kernel */
static void use_joined(const struct spec *spec, struct plan *plan)
{
	plan->map_writer = MAPS_JOINED;
	plan->uid_maps = spec->uid_maps;
	plan->gid_maps = spec->gid_maps;
	plan->setgroups = true; /* whether it is denied is seen there */
	plan->setup_uid = setup_id(&plan->uid_maps);
	plan->setup_gid = setup_id(&plan->gid_maps);
}

int plan_build_identity(const struct spec *spec, const struct host *host, struct plan *plan,
			struct error *err)
{
	const struct side sides[2] = {
		{ "--uidmap", "--add-subuids", host->uid, &host->subuids, &host->parent_uids,
		  &plan->uid_maps },
		{ "--gidmap", "--add-subgids", host->gid, &host->subgids, &host->parent_gids,
		  &plan->gid_maps },
	};
	int failed;

	if (spec->action == ACTION_EXEC) {
		use_joined(spec, plan);
		return 0;
	}
	if (plan->ns[NS_USER].mode != NS_PRIVATE) {
		plan->setgroups = true;
		return 0;
	}
	plan->newidmap = host->newidmap;
	if (spec->uid_maps.n + spec->gid_maps.n > 0)
		failed = explicit_maps(spec, host, plan, sides, err);
	else if (host->may_write_maps && host->initial_userns && spec->userns == USERNS_KEEP_ID)
		return error_set(err, "idmap-keep-id-root", 0,
				 "--userns=keep-id would give root of the host to the container");
	else if (host->may_write_maps && spec->userns != USERNS_KEEP_ID)
		failed = root_maps(spec, host, plan, sides, err);
	else
		failed = user_maps(spec, host, plan, sides, err);
	if (failed < 0)
		return -1;
	if (host->may_write_maps && plan->map_writer == MAPS_HELPER)
		plan->map_writer = MAPS_DIRECT;
	plan->setgroups = plan->map_writer == MAPS_DIRECT ||
			  (plan->map_writer == MAPS_HELPER && setgroups_allowed(&sides[1]));
	plan->uid_map_text = idmap_render(plan->arena, plan->uid_maps.v, plan->uid_maps.n);
	plan->gid_map_text = idmap_render(plan->arena, plan->gid_maps.v, plan->gid_maps.n);
	plan->setup_uid = setup_id(&plan->uid_maps);
	plan->setup_gid = setup_id(&plan->gid_maps);
	plan->root_is_caller = idmap_to_outside(plan->uid_maps.v, plan->uid_maps.n,
						plan->setup_uid) == host->uid;
	return 0;
}
