// SPDX-License-Identifier: Apache-2.0
/* Words for parts of a plan. Pure. Runs in: supervisor. */
#include "plan/plan_describe.h"

#include "base/arena.h"
#include "config/mount_option.h"
#include "sys/namespace.h"

#include <string.h>
#include <sys/mount.h>

const char *describe_ns_mode(const struct plan *plan, enum ns_kind kind)
{
	const struct ns_choice *choice = &plan->ns[kind];

	switch (choice->mode) {
	case NS_PRIVATE:
		return "private";
	case NS_HOST:
		return "host";
	default:
		return choice->path ? arena_printf(plan->arena, "ns:%s", choice->path) : "joined";
	}
}

const char *describe_mount_source(const struct mount *mount)
{
	return mount->source ? mount->source : mount_type_name(mount->type);
}

static const char *id_or_name(const struct plan *plan, const char *name, uint32_t id)
{
	return name ? name : arena_printf(plan->arena, "%u", id);
}

const char *describe_user(const struct plan *plan)
{
	const struct user_choice *user = &plan->payload.user;
	const char *uid = id_or_name(plan, user->name, user->uid);

	if (!user->group && user->gid == ID_NONE)
		return uid;
	return arena_printf(plan->arena, "%s:%s", uid, id_or_name(plan, user->group, user->gid));
}

const char *const *describe_flags(const struct plan *plan, uint64_t set)
{
	nsrun_strings words = { .n = 0 };
	uint64_t attribute;
	const char *name;

	for (size_t i = 0; mount_option_name(i, &attribute, &name); i++)
		if (set & attribute)
			*array_push(plan->arena, &words) = name;
	*array_push(plan->arena, &words) = NULL;
	return words.v;
}

const char *const *describe_capabilities(const struct plan *plan, uint64_t set)
{
	nsrun_strings names = { .n = 0 };
	char buffer[32];

	for (int i = 0; i < 64; i++)
		if (set & CAPABILITY(i))
			*array_push(plan->arena, &names) =
				arena_strdup(plan->arena, capability_name(i, buffer));
	*array_push(plan->arena, &names) = NULL;
	return names.v;
}

const char *describe_map_writer(const struct plan *plan)
{
	switch (plan->map_writer) {
	case MAPS_DIRECT:
		return "nsrun itself, with its own capabilities";
	case MAPS_SINGLE:
		return "nsrun itself: one id needs no privilege";
	case MAPS_HELPER:
		return plan->newidmap.kind == NEWIDMAP_SYSTEM ?
			       arena_printf(plan->arena, "%s and %s", plan->newidmap.path,
					    plan->newidmap.gid_path) :
			       plan->newidmap.path;
	default:
		return "nobody: there is no new user namespace";
	}
}

const struct capability_sets *describe_rights(const struct plan *plan)
{
	const struct plan_payload *payload = &plan->payload;

	/* a name is looked up by init only; that of root is 0 everywhere */
	bool root = payload->user.name ? strcmp(payload->user.name, "root") == 0 :
					 payload->user.uid == 0;

	return root ? &payload->root_capabilities : &payload->user_capabilities;
}

void describe_guards(struct json *json, const struct plan *plan, const char *key, bool hidden)
{
	json_list(json, key);
	for (size_t i = 0; i < plan->guards.n; i++)
		if (plan->guards.v[i].hidden == hidden)
			json_string(json, NULL, plan->guards.v[i].path);
	json_list_end(json);
}

int nsrun_plan_print(const struct plan *plan, enum plan_format format, const char **ret_text,
		     struct error *err)
{
	const struct user_choice *user = &plan->payload.user;

	if (format == PLAN_OCI && (user->name || user->group))
		return error_set(err, "plan-format", 0,
				 "'%s' is looked up in the root file system at the start, and a "
				 "config.json takes numbers only",
				 user->name ? user->name : user->group);
	if (format == PLAN_JSON)
		*ret_text = plan_print_json(plan);
	else if (format == PLAN_OCI)
		*ret_text = plan_print_oci(plan);
	else
		*ret_text = plan_print_text(plan);
	return 0;
}
