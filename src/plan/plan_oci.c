// SPDX-License-Identifier: Apache-2.0
/*
 * A plan as a config.json of the OCI runtime specification 1.1, for crun and runc. What has no
 * word there (overlays, generated files, the reaper) is left out. Pure. Runs in: supervisor.
 */
#include "plan/plan_describe.h"

#include "base/arena.h"
#include "base/parse.h"
#include "config/mount_option.h"
#include "sys/limit.h"
#include "sys/namespace.h"

#include <stdio.h>
#include <string.h>

static void write_user(struct json *json, const struct plan *plan)
{
	const struct user_choice *user = &plan->payload.user;

	/* a name is looked up by init, in a root file system that a plan does not read */
	json_map(json, "user");
	json_number(json, "uid", user->name ? 0 : user->uid);
	json_number(json, "gid", user->group || user->gid == ID_NONE ? 0 : user->gid);
	json_number(json, "umask", plan->payload.umask);
	json_map_end(json);
}

static void write_capabilities(struct json *json, const struct plan *plan)
{
	const struct capability_sets *rights = describe_rights(plan);

	json_map(json, "capabilities");
	json_strings(json, "bounding", describe_capabilities(plan, rights->bounding));
	json_strings(json, "permitted", describe_capabilities(plan, rights->permitted));
	json_strings(json, "effective", describe_capabilities(plan, rights->effective));
	/* ambient ones must be inheritable, too (capabilities(7)) */
	json_strings(json, "inheritable", describe_capabilities(plan, rights->ambient));
	json_strings(json, "ambient", describe_capabilities(plan, rights->ambient));
	json_map_end(json);
}

static void write_limits(struct json *json, const struct plan *plan)
{
	json_list(json, "rlimits");
	for (size_t i = 0; i < plan->payload.limits.n; i++) {
		const struct limit *limit = &plan->payload.limits.v[i];
		char type[32];

		snprintf(type, sizeof(type), "RLIMIT_%s", limit_name(limit->resource));
		for (char *at = type; *at; at++)
			if (*at >= 'a' && *at <= 'z')
				*at = (char)(*at - 0x20);
		json_map(json, NULL);
		json_string(json, "type", type);
		json_unsigned(json, "soft", limit->soft);
		json_unsigned(json, "hard", limit->hard);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_process(struct json *json, const struct plan *plan)
{
	const struct plan_payload *payload = &plan->payload;

	json_map(json, "process");
	json_bool(json, "terminal", plan->tty);
	write_user(json, plan);
	json_strings(json, "args", payload->argv);
	json_strings(json, "env", (const char *const *)payload->envp);
	json_string(json, "cwd", payload->workdir ? payload->workdir : "/");
	write_capabilities(json, plan);
	write_limits(json, plan);
	json_bool(json, "noNewPrivileges", payload->no_new_privs);
	json_map_end(json);
}

static void write_options(struct json *json, const struct plan *plan, const struct mount *mount)
{
	const char *const *flags = describe_flags(plan, mount->set);
	const char *data = mount->data, *option;
	size_t length;

	json_list(json, "options");
	if (mount->type == MOUNT_BIND)
		json_string(json, NULL, mount->recursive ? "rbind" : "bind");
	for (; *flags; flags++)
		json_string(json, NULL, *flags);
	while (data && (option = parse_next_field(&data, ',', &length)))
		json_string(json, NULL, arena_strndup(plan->arena, option, length));
	json_list_end(json);
}

static void write_mounts(struct json *json, const struct plan *plan)
{
	json_list(json, "mounts");
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const struct mount *mount = &plan->mounts.v[i];
		bool standard_device = mount->device && mount->optional; /* a runtime makes these */

		if (standard_device || mount->type == MOUNT_FILE || mount->type == MOUNT_OVERLAY)
			continue;
		json_map(json, NULL);
		json_string(json, "destination", mount->destination);
		/* both runtimes find out by themselves which cgroup file system there is */
		json_string(json, "type",
			    mount->type == MOUNT_CGROUP2 ? "cgroup" : mount_type_name(mount->type));
		json_string(json, "source",
			    mount->type == MOUNT_CGROUP2 ? "cgroup" : describe_mount_source(mount));
		write_options(json, plan, mount);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_maps(struct json *json, const char *key, const nsrun_idmaps *maps)
{
	json_list(json, key);
	for (size_t i = 0; i < maps->n; i++) {
		json_map(json, NULL);
		json_number(json, "containerID", maps->v[i].inside);
		json_number(json, "hostID", maps->v[i].outside);
		json_number(json, "size", maps->v[i].count);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_linux(struct json *json, const struct plan *plan)
{
	json_map(json, "linux");
	write_maps(json, "uidMappings", &plan->uid_maps);
	write_maps(json, "gidMappings", &plan->gid_maps);
	json_list(json, "namespaces");
	for (int i = 0; i < NS_KINDS; i++) {
		if (plan->ns[i].mode == NS_HOST)
			continue;
		json_map(json, NULL);
		json_string(json, "type", ns_kind_info((enum ns_kind)i)->oci_name);
		if (plan->ns[i].path)
			json_string(json, "path", plan->ns[i].path);
		json_map_end(json);
	}
	json_list_end(json);
	describe_guards(json, plan, "maskedPaths", true);
	describe_guards(json, plan, "readonlyPaths", false);
	json_map(json, "sysctl");
	for (size_t i = 0; i < plan->sysctls.n; i++) {
		char *key = arena_strdup(plan->arena, plan->sysctls.v[i].key);

		for (char *at = key; *at; at++)
			if (*at == '/' || *at == '.') /* sysctl(8): eth0/1 is an interface */
				*at = *at == '/' ? '.' : '/';
		json_string(json, key, plan->sysctls.v[i].value);
	}
	json_map_end(json);
	json_map_end(json);
}

const char *plan_print_oci(const struct plan *plan)
{
	struct json *json = json_begin();

	json_map(json, NULL);
	json_string(json, "ociVersion", "1.1.0");
	json_map(json, "root");
	json_string(json, "path", plan->rootfs.path);
	json_bool(json, "readonly", plan->rootfs.read_only);
	json_map_end(json);
	json_string(json, "hostname", plan->hostname);
	write_process(json, plan);
	write_mounts(json, plan);
	write_linux(json, plan);
	json_map_end(json);
	return json_end(json, plan->arena);
}
