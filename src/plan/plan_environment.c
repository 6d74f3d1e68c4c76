// SPDX-License-Identifier: Apache-2.0
/*
 * The payload's environment: defaults, what is passed on, what is set, what is taken away. Pure.
 * Runs in: supervisor. There may be a hundred thousand variables, so nothing here is quadratic.
 */
#include "plan/plan.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* struct entry - One thing said about a variable; a NULL @value takes it away */
struct entry {
	const char *name;
	const char *value;
	size_t order;
};

typedef NSRUN_ARRAY(struct entry) entries;

const char *environment_lookup(const char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; environment && *environment; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static void add(struct plan *plan, entries *list, const char *name, const char *value)
{
	struct entry *entry = array_push(plan->arena, list);

	*entry = (struct entry){ name, value, list->n };
}

static void import_all(struct plan *plan, entries *list, const char *const *environment)
{
	for (; environment && *environment; environment++) {
		const char *equals = strchr(*environment, '=');

		/* nsrun's own are about nsrun on the host */
		if (equals && strncmp(*environment, "_NSRUN_", 7) != 0)
			add(plan, list,
			    arena_strndup(plan->arena, *environment, (size_t)(equals - *environment)),
			    equals + 1);
	}
}

static void add_defaults(const struct spec *spec, const struct host *host, struct plan *plan,
			 entries *list)
{
	const char *term = environment_lookup(host->environment, "TERM");

	add(plan, list, "PATH", PATH_DEFAULT);
	add(plan, list, "container", "nsrun");
	if (plan->hostname)
		add(plan, list, "HOSTNAME", plan->hostname);
	if (plan->payload.fakeroot)
		add(plan, list, "APT_CONFIG", FAKEROOT_APT_CONFIG);
	if (spec->box.enter && !spec->has_user) {
		add(plan, list, "USER", spec->box.user);
		add(plan, list, "LOGNAME", spec->box.user);
	}
	if (host->listen_fds > 0) {
		add(plan, list, "LISTEN_FDS", arena_printf(plan->arena, "%u", host->listen_fds));
		add(plan, list, "LISTEN_PID", "0"); /* init puts the payload's in its place */
	}
	if (host->listen_fds > 0 && host->listen_names)
		add(plan, list, "LISTEN_FDNAMES", host->listen_names);
	if (plan->tty)
		add(plan, list, "TERM", term && *term ? term : "xterm");
}

static void add_change(const struct env_change *change, const struct host *host,
		       struct plan *plan, entries *list)
{
	const char *value = change->value;

	if (change->action == ENV_NOTHING)
		return;
	if (change->action == ENV_IMPORT) {
		value = environment_lookup(host->environment, change->name);
		if (!value)
			return; /* the caller has none to pass on */
	}
	add(plan, list, change->name, value);
}

static void add_changes(const struct spec *spec, const struct host *host, struct plan *plan,
			entries *list)
{
	for (size_t i = 0; i < spec->env_files.n; i++)
		add_change(&spec->env_files.v[i], host, plan, list);
	for (size_t i = 0; i < spec->env.n; i++)
		add_change(&spec->env.v[i], host, plan, list);
}

/* whether --unsetenv was the last word about a variable */
static bool is_unset(const struct spec *spec, const char *name)
{
	bool unset = false;

	for (size_t i = 0; i < spec->env.n; i++)
		if (strcmp(spec->env.v[i].name, name) == 0)
			unset = spec->env.v[i].action == ENV_UNSET;
	return unset;
}

static int by_name(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int difference = strcmp(one->name, other->name);

	if (difference)
		return difference;
	return one->order < other->order ? -1 : one->order > other->order;
}

static int by_order(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;

	return one->order < other->order ? -1 : one->order > other->order;
}

/* one entry a name: the place of the first, the value of the last */
static void settle(entries *list)
{
	size_t kept = 0;

	if (list->n > 0)
		qsort(list->v, list->n, sizeof(list->v[0]), by_name);
	for (size_t i = 0; i < list->n;) {
		struct entry entry = list->v[i];

		for (; i < list->n && strcmp(list->v[i].name, entry.name) == 0; i++)
			entry.value = list->v[i].value;
		if (entry.value)
			list->v[kept++] = entry;
	}
	list->n = kept;
	if (kept > 0)
		qsort(list->v, kept, sizeof(list->v[0]), by_order);
}

/* which of them the box has is seen inside */
static const char *const *list_shells(const struct spec *spec, const struct plan *plan)
{
	nsrun_strings shells = { .n = 0 };

	if (spec->box.shell && spec->box.shell[0] == '/')
		*array_push(plan->arena, &shells) =
			arena_printf(plan->arena, "SHELL=%s", spec->box.shell);
	*array_push(plan->arena, &shells) = "SHELL=/bin/bash";
	*array_push(plan->arena, &shells) = "SHELL=/bin/sh";
	*array_push(plan->arena, &shells) = NULL;
	return shells.v;
}

void plan_build_environment(const struct spec *spec, const struct host *host, struct plan *plan)
{
	struct plan_payload *payload = &plan->payload;
	bool defaults = spec->action != ACTION_UNSHARE && !spec->unset_env_all;
	nsrun_strings variables = { .n = 0 };
	entries list = { .n = 0 };

	plan->env_pipe = spec->env_pipe;
	if (spec->env_host || spec->action == ACTION_UNSHARE)
		import_all(plan, &list,
			   spec->bound_environment ? spec->bound_environment : host->environment);
	if (defaults)
		add_defaults(spec, host, plan, &list);
	add_changes(spec, host, plan, &list);
	settle(&list);
	for (size_t i = 0; i < list.n; i++)
		*array_push(plan->arena, &variables) =
			arena_printf(plan->arena, "%s=%s", list.v[i].name, list.v[i].value);
	payload->envp_n = list.n;
	for (size_t i = 0; i < 3; i++)
		*array_push(plan->arena, &variables) = NULL;
	payload->envp = variables.v;
	for (size_t i = 0; host->listen_fds > 0 && i < list.n; i++)
		if (strcmp(list.v[i].name, "LISTEN_PID") == 0)
			payload->listen_pid = &payload->envp[i];
	payload->path = environment_lookup(payload->envp, "PATH");
	payload->home_wanted = defaults && !environment_lookup(payload->envp, "HOME") &&
			       !is_unset(spec, "HOME");
	if (spec->box.enter) {
		payload->login_shells = list_shells(spec, plan);
		if (!environment_lookup(payload->envp, "SHELL") && !is_unset(spec, "SHELL"))
			payload->shells = payload->login_shells;
	}
}
