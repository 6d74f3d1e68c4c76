// SPDX-License-Identifier: Apache-2.0
/* The payload: command, environment, limits, rights, terminal. Pure. Runs in: supervisor. */
#include "plan/plan.h"

#include "base/arena.h"
#include "sys/idmap.h"
#include "sys/limit.h"

#include <string.h>

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* --- environment --- */

static const char *lookup(const char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; environment && *environment; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static size_t find_variable(const nsrun_strings *variables, const char *name, size_t length)
{
	size_t i = 0;

	while (i < variables->n && (strncmp(variables->v[i], name, length) != 0 ||
				    variables->v[i][length] != '='))
		i++;
	return i;
}

static void set_variable(struct plan *plan, nsrun_strings *variables, const char *name,
			 const char *value)
{
	size_t i = find_variable(variables, name, strlen(name));
	const char *text = arena_printf(plan->arena, "%s=%s", name, value);

	if (i < variables->n)
		variables->v[i] = text;
	else
		*array_push(plan->arena, variables) = text;
}

static void unset_variable(nsrun_strings *variables, const char *name)
{
	size_t i = find_variable(variables, name, strlen(name));

	if (i == variables->n)
		return;
	memmove(&variables->v[i], &variables->v[i + 1],
		(variables->n - i - 1) * sizeof(variables->v[0]));
	variables->n--;
}

static void import_all(struct plan *plan, nsrun_strings *variables, const char *const *environment)
{
	for (; environment && *environment; environment++)
		if (strchr(*environment, '='))
			*array_push(plan->arena, variables) = *environment;
}

static void apply_change(struct plan *plan, nsrun_strings *variables,
			 const struct env_change *change, const struct host *host)
{
	const char *value = change->value;

	if (change->action == ENV_UNSET) {
		unset_variable(variables, change->name);
		return;
	}
	if (change->action == ENV_IMPORT)
		value = lookup(host->environment, change->name);
	if (value)
		set_variable(plan, variables, change->name, value);
}

static void default_variables(const struct host *host, struct plan *plan,
			      nsrun_strings *variables)
{
	const char *term = lookup(host->environment, "TERM");

	set_variable(plan, variables, "PATH", PATH_DEFAULT);
	set_variable(plan, variables, "container", "nsrun");
	if (plan->hostname)
		set_variable(plan, variables, "HOSTNAME", plan->hostname);
	if (plan->tty)
		set_variable(plan, variables, "TERM", term && *term ? term : "xterm");
}

static void build_environment(const struct spec *spec, const struct host *host, struct plan *plan)
{
	nsrun_strings variables = { .n = 0 };
	struct plan_payload *payload = &plan->payload;

	if (spec->env_host || spec->action == ACTION_UNSHARE)
		import_all(plan, &variables, host->environment);
	if (spec->action == ACTION_RUN && !spec->unset_env_all)
		default_variables(host, plan, &variables);
	for (size_t i = 0; i < spec->env.n; i++)
		apply_change(plan, &variables, &spec->env.v[i], host);
	payload->home_wanted = spec->action == ACTION_RUN && !spec->unset_env_all &&
			       find_variable(&variables, "HOME", 4) == variables.n;
	payload->envp_n = variables.n;
	*array_push(plan->arena, &variables) = NULL;
	*array_push(plan->arena, &variables) = NULL;
	payload->envp = variables.v;
	payload->path = lookup(payload->envp, "PATH");
}

/* --- command --- */

static void build_command(const struct spec *spec, const struct host *host, struct plan *plan)
{
	const char *shell = lookup(host->environment, "SHELL");
	nsrun_strings argv = { .n = 0 };
	bool entrypoint = spec->entrypoint && *spec->entrypoint;

	if (entrypoint)
		*array_push(plan->arena, &argv) = spec->entrypoint;
	for (size_t i = 0; i < spec->argv.n; i++)
		*array_push(plan->arena, &argv) = spec->argv.v[i];
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
	payload->preserve_fds = spec->preserve_fds;
	payload->under_reaper = spec->init;
	payload->workdir = spec->workdir;
	if (!spec->workdir && spec->action == ACTION_RUN)
		payload->workdir = "/";
	if (host->open_fds_missing)
		return error_set(err, "preserve-fds", 0,
				 "--preserve-fds=%u: not all of the descriptors 3 to %u are open",
				 spec->preserve_fds, 2 + spec->preserve_fds);
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
	build_terminal(spec, host, plan);
	build_names(spec, host, plan);
	build_command(spec, host, plan);
	build_environment(spec, host, plan);
	if (build_user(spec, host, plan, err) < 0 || build_limits(spec, host, plan, err) < 0)
		return -1;
	return build_numbers(spec, host, plan, err);
}
