// SPDX-License-Identifier: Apache-2.0
/* The payload: command, environment, limits, rights, terminal. Pure. Runs in: supervisor. */
#include "plan/plan.h"

#include "base/arena.h"
#include "sys/idmap.h"
#include "sys/limit.h"

#include <string.h>

/* --- command --- */

static void build_command(const struct spec *spec, const struct host *host, struct plan *plan)
{
	const char *shell = environment_lookup(host->environment, "SHELL");
	nsrun_strings argv = { .n = 0 };

	if (plan->payload.idle)
		*array_push(plan->arena, &argv) = "nsrun-init";
	for (size_t i = 0; i < spec->entrypoint.n; i++)
		*array_push(plan->arena, &argv) = spec->entrypoint.v[i];
	for (size_t i = 0; i < spec->argv.n; i++)
		*array_push(plan->arena, &argv) = spec->argv.v[i];
	if (argv.n == 0 && spec->box.name)
		*array_push(plan->arena, &argv) = "";
	if (argv.n == 0)
		*array_push(plan->arena, &argv) =
			spec->action == ACTION_UNSHARE && shell && *shell ? shell : "/bin/sh";
	*array_push(plan->arena, &argv) = NULL;
	plan->payload.argv = argv.v;
}

/* --- user and rights --- */

static int check_mapped(const struct plan *plan, const struct user_choice *user, struct error *err)
{
	if (plan->map_writer == MAPS_NONE)
		return 0;
	if (!user->name && !idmap_has_inside(plan->uid_maps.v, plan->uid_maps.n, user->uid))
		return error_set(err, "user-not-mapped", 0,
				 "the user id %u does not exist in the container", user->uid);
	if (!user->group && user->gid != ID_NONE &&
	    !idmap_has_inside(plan->gid_maps.v, plan->gid_maps.n, user->gid))
		return error_set(err, "user-not-mapped", 0,
				 "the group id %u does not exist in the container", user->gid);
	return 0;
}

static int build_user(const struct spec *spec, const struct host *host, struct plan *plan,
		      struct error *err)
{
	struct plan_payload *payload = &plan->payload;

	if (spec->has_user) {
		payload->user = spec->user;
	} else if (spec->userns == USERNS_KEEP_ID) {
		payload->user.uid = spec->keep_id_uid != ID_NONE ? spec->keep_id_uid : host->uid;
		payload->user.gid = spec->keep_id_gid != ID_NONE ? spec->keep_id_gid : host->gid;
	} else {
		payload->user.uid = plan->setup_uid;
		payload->user.gid = plan->setup_gid;
	}
	payload->keep_groups = spec->keep_groups;
	for (size_t i = 0; i < spec->group_add.n; i++)
		*array_push(plan->arena, &payload->group_add) = spec->group_add.v[i];
	if (spec->group_add.n > 0 && !plan->setgroups)
		return error_set(err, "groups-denied", 0,
				 "--group-add cannot work here: with a single id the kernel denies "
				 "setgroups");
	for (size_t i = 0; i < spec->group_add.n; i++)
		if (spec->group_add.v[i].gid != ID_NONE && plan->map_writer != MAPS_NONE &&
		    !idmap_has_inside(plan->gid_maps.v, plan->gid_maps.n, spec->group_add.v[i].gid))
			return error_set(err, "user-not-mapped", 0,
					 "the group id %u does not exist in the container",
					 spec->group_add.v[i].gid);
	return check_mapped(plan, &payload->user, err);
}

/* --- limits and numbers --- */

static int build_limits(const struct spec *spec, const struct host *host, struct plan *plan,
			struct error *err)
{
	for (size_t i = 0; i < spec->limits.n; i++) {
		const struct limit *limit = &spec->limits.v[i];
		uint64_t hard = host->limits[limit->resource].hard;

		/* CAP_SYS_RESOURCE counts in the first user namespace only */
		if (limit->hard > hard && !(host->is_admin && host->initial_userns)) {
			error_set(err, "ulimit-too-high", 0,
				  "--ulimit %s: the hard limit here is %llu, and only root can "
				  "raise it",
				  limit_name(limit->resource), (unsigned long long)hard);
			return error_set_arg(err, "%s=%llu", limit_name(limit->resource),
					     (unsigned long long)hard);
		}
		*array_push(plan->arena, &plan->payload.limits) = *limit;
	}
	return 0;
}

static int build_numbers(const struct spec *spec, const struct host *host, struct plan *plan,
			 struct error *err)
{
	struct plan_payload *payload = &plan->payload;

	payload->umask = spec->umask;
	payload->preserve_fds = spec->preserve_fds > host->listen_fds ? spec->preserve_fds :
								       host->listen_fds;
	payload->under_reaper = spec->init;
	payload->workdir = spec->workdir;
	if (!spec->workdir && spec->action != ACTION_UNSHARE)
		payload->workdir = "/";
	if (host->open_fds_missing)
		return error_set(err, "preserve-fds", 0,
				 "--preserve-fds or LISTEN_FDS=%u: not all of the descriptors 3 to %u "
				 "are open",
				 payload->preserve_fds, 2 + payload->preserve_fds);
	payload->has_oom_score_adj = spec->has_oom_score_adj;
	payload->oom_score_adj = spec->oom_score_adj;
	if (spec->has_oom_score_adj && spec->oom_score_adj < host->oom_score_adj &&
	    !(host->is_admin && host->initial_userns)) {
		payload->oom_score_adj = host->oom_score_adj;
		return plan_fallback(plan, err, "oom-score-adj", "",
				     "--oom-score-adj=%d: only root can go below the caller's own "
				     "score, so it stays at %d",
				     spec->oom_score_adj, host->oom_score_adj);
	}
	return 0;
}

static void build_terminal(const struct spec *spec, const struct host *host, struct plan *plan)
{
	plan->tty = spec->tty == YES ||
		    (spec->tty == UNDECIDED && host->stdin_is_tty && host->stdout_is_tty &&
		     host->in_foreground);
	if (spec->life.detach && spec->tty == UNDECIDED)
		plan->tty = false; /* nobody is there to sit at it */
	if (spec->action == ACTION_UNSHARE)
		plan->tty = false; /* no container: the user's own terminal stays */
}

static void build_names(const struct spec *spec, const struct host *host, struct plan *plan)
{
	if (spec->action == ACTION_UNSHARE)
		return;
	if (plan->ns[NS_UTS].mode == NS_PRIVATE)
		plan->hostname = spec->hostname ? spec->hostname : host->container_id;
	else
		plan->hostname = host->hostname;
	for (size_t i = 0; i < spec->sysctls.n; i++)
		*array_push(plan->arena, &plan->sysctls) = spec->sysctls.v[i];
}

int plan_build_payload(const struct spec *spec, const struct host *host, struct plan *plan,
		       struct error *err)
{
	plan->payload.idle = spec->action == ACTION_RUN && (spec->box.name || spec->idle);
	build_terminal(spec, host, plan);
	build_names(spec, host, plan);
	build_command(spec, host, plan);
	plan_build_environment(spec, host, plan);
	if (build_user(spec, host, plan, err) < 0 || build_limits(spec, host, plan, err) < 0)
		return -1;
	return build_numbers(spec, host, plan, err);
}
