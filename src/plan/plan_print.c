// SPDX-License-Identifier: Apache-2.0
/* A plan as a text and as JSON, in nsrun's own words. Pure. Runs in: supervisor. */
#include "plan/plan_describe.h"

#include "base/arena.h"
#include "config/mount_option.h"
#include "sys/limit.h"
#include "sys/namespace.h"

#include <string.h>
#include <sys/resource.h>

/* --- text --- */

static void add_list(struct text *text, const char *title, const char *const *words)
{
	text_add(text, "%s", title);
	for (; *words; words++)
		text_add(text, " %s", *words);
	text_add(text, "\n");
}

static void add_maps(struct text *text, const char *title, const nsrun_idmaps *maps)
{
	for (size_t i = 0; i < maps->n; i++)
		text_add(text, "%-14s%u %u %u\n", i == 0 ? title : "", maps->v[i].inside,
			 maps->v[i].outside, maps->v[i].count);
}

static void add_namespaces(struct text *text, const struct plan *plan)
{
	for (int i = 0; i < NS_KINDS; i++)
		text_add(text, "%-14s%s %s\n", i == 0 ? "namespaces" : "",
			 ns_kind_info((enum ns_kind)i)->name,
			 describe_ns_mode(plan, (enum ns_kind)i));
}

static void add_network(struct text *text, const struct plan *plan)
{
	const struct plan_network *network = &plan->network;
	const struct plan_bridge *bridge = &plan->bridge;

	if (bridge->bridge)
		text_add(text, "%-14s%s, as %s on %s\n", "bridge", bridge->bridge->name,
			 bridge->names, bridge->interface);
	for (size_t i = 0; i < bridge->outbound.n_helpers; i++)
		add_list(text, i == 0 ? "its way out  " : "  or         ",
			 bridge->outbound.helpers[i].argv);
	for (size_t i = 0; i < network->n_helpers; i++)
		add_list(text, i == 0 ? "network      " : "  or         ", network->helpers[i].argv);
	for (size_t i = 0; i < network->published.n; i++) {
		const struct published *port = &network->published.v[i];

		text_add(text, "%-14s%s port %u", i == 0 ? "published" : "",
			 port->address ? port->address : "every address", port->host);
		if (port->count > 1)
			text_add(text, "-%u", port->host + port->count - 1U);
		text_add(text, " is %u/%s inside\n", port->inside, port->udp ? "udp" : "tcp");
	}
}

static void add_root(struct text *text, const struct plan *plan)
{
	const struct plan_rootfs *rootfs = &plan->rootfs;

	text_add(text, "%-14s%s%s", "root", rootfs->path, rootfs->read_only ? " (read-only)" : "");
	if (rootfs->overlay_dir)
		text_add(text, " below an overlay kept in %s", rootfs->overlay_dir);
	else if (rootfs->overlay)
		text_add(text, " below an overlay that is thrown away");
	text_add(text, "\n");
}

static void add_mounts(struct text *text, const struct plan *plan)
{
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const struct mount *mount = &plan->mounts.v[i];
		const char *const *flags = describe_flags(plan, mount->set);

		text_add(text, "%-14s%s %s on %s", i == 0 ? "mounts" : "",
			 mount_type_name(mount->type), describe_mount_source(mount),
			 mount->destination);
		for (; *flags; flags++)
			text_add(text, " %s", *flags);
		if (mount->data)
			text_add(text, " %s", mount->data);
		text_add(text, "\n");
	}
}

static void add_limits(struct text *text, const struct plan *plan)
{
	for (size_t i = 0; i < plan->payload.limits.n; i++) {
		const struct limit *limit = &plan->payload.limits.v[i];

		text_add(text, "%-14s%s %lld %lld\n", i == 0 ? "limits" : "",
			 limit_name(limit->resource), (long long)limit->soft,
			 (long long)limit->hard);
	}
}

static void add_guards(struct text *text, const struct plan *plan)
{
	for (size_t i = 0; i < plan->guards.n; i++)
		text_add(text, "%-14s%s %s\n", i == 0 ? "guarded" : "",
			 plan->guards.v[i].hidden ? "hidden   " : "read-only", plan->guards.v[i].path);
	if (plan->lock_namespaces)
		text_add(text, "%-14s%s\n", "inside", "no namespaces can be made");
}

static void add_payload(struct text *text, const struct plan *plan)
{
	const struct plan_payload *payload = &plan->payload;
	const struct capability_sets *rights = describe_rights(plan);

	add_list(text, "command      ", payload->argv);
	text_add(text, "%-14s%s\n", "user", describe_user(plan));
	if (payload->workdir)
		text_add(text, "%-14s%s\n", "directory", payload->workdir);
	text_add(text, "%-14s%s\n", "terminal", plan->tty ? "a new one" : "none");
	text_add(text, "%-14s%s\n", "pid 1", payload->under_reaper ? "a reaper" : "the command");
	add_list(text, "environment  ", (const char *const *)payload->envp);
	add_list(text, "bounding     ", describe_capabilities(plan, rights->bounding));
	add_list(text, "effective    ", describe_capabilities(plan, rights->effective));
	text_add(text, "%-14s%s%s\n", "system calls", payload->seccomp,
		 payload->fakeroot ? ", with faked owners" : "");
	text_add(text, "%-14s%s\n", "privileges", payload->no_new_privs ? "no new ones" : "new ones by setuid files");
	for (size_t i = 0; i < payload->landlock.n; i++)
		text_add(text, "%-14s%s %s\n", i == 0 ? "landlock" : "",
			 payload->landlock.v[i].writable ? "writable " : "read-only",
			 payload->landlock.v[i].path);
	if (payload->landlock_scopes)
		text_add(text, "%-14s%s\n", "outside", "no signals, no abstract sockets, from Linux 6.12 on");
}

const char *plan_print_text(const struct plan *plan)
{
	struct text text = { .arena = plan->arena };

	if (plan->action == ACTION_RUN)
		add_root(&text, plan);
	add_namespaces(&text, plan);
	add_network(&text, plan);
	add_maps(&text, "uid map", &plan->uid_maps);
	add_maps(&text, "gid map", &plan->gid_maps);
	text_add(&text, "%-14s%s\n", "maps are by", describe_map_writer(plan));
	if (plan->hostname)
		text_add(&text, "%-14s%s\n", "host name", plan->hostname);
	add_mounts(&text, plan);
	for (size_t i = 0; i < plan->sysctls.n; i++)
		text_add(&text, "%-14s%s = %s\n", i == 0 ? "sysctls" : "", plan->sysctls.v[i].key,
			 plan->sysctls.v[i].value);
	add_guards(&text, plan);
	add_payload(&text, plan);
	add_limits(&text, plan);
	for (size_t i = 0; i < plan->notices.n; i++)
		text_add(&text, "%-14s%s\n", i == 0 ? "weaker" : "", plan->notices.v[i].text);
	return text_string(&text);
}

/* --- JSON --- */

static void write_maps(struct json *json, const char *key, const nsrun_idmaps *maps)
{
	json_list(json, key);
	for (size_t i = 0; i < maps->n; i++) {
		json_map(json, NULL);
		json_number(json, "inside", maps->v[i].inside);
		json_number(json, "outside", maps->v[i].outside);
		json_number(json, "count", maps->v[i].count);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_namespaces(struct json *json, const struct plan *plan)
{
	json_map(json, "namespaces");
	for (int i = 0; i < NS_KINDS; i++)
		json_string(json, ns_kind_info((enum ns_kind)i)->name,
			    describe_ns_mode(plan, (enum ns_kind)i));
	json_map_end(json);
}

static void write_network(struct json *json, const struct plan *plan)
{
	const struct plan_network *network = &plan->network;

	if (plan->bridge.bridge)
		json_string(json, "bridge", plan->bridge.bridge->name);
	json_list(json, "network_helpers");
	for (size_t i = 0; i < network->n_helpers; i++)
		json_strings(json, NULL, network->helpers[i].argv);
	json_list_end(json);
	json_list(json, "published");
	for (size_t i = 0; i < network->published.n; i++) {
		const struct published *port = &network->published.v[i];

		json_map(json, NULL);
		json_string(json, "address", port->address);
		json_number(json, "host", port->host);
		json_number(json, "inside", port->inside);
		json_number(json, "count", port->count);
		json_string(json, "protocol", port->udp ? "udp" : "tcp");
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_root(struct json *json, const struct plan *plan)
{
	const struct plan_rootfs *rootfs = &plan->rootfs;

	json_map(json, "root");
	json_string(json, "path", rootfs->path);
	json_bool(json, "readonly", rootfs->read_only);
	json_bool(json, "overlay", rootfs->overlay);
	json_string(json, "overlay_dir", rootfs->overlay_dir);
	json_strings(json, "flags",
		     describe_flags(plan, rootfs->set |
						  (rootfs->read_only ? MOUNT_ATTR_RDONLY : 0)));
	json_map_end(json);
}

static void write_mounts(struct json *json, const struct plan *plan)
{
	json_list(json, "mounts");
	for (size_t i = 0; i < plan->mounts.n; i++) {
		const struct mount *mount = &plan->mounts.v[i];

		json_map(json, NULL);
		json_string(json, "type", mount_type_name(mount->type));
		json_string(json, "source", describe_mount_source(mount));
		json_string(json, "destination", mount->destination);
		json_strings(json, "flags", describe_flags(plan, mount->set));
		json_string(json, "data", mount->data);
		json_bool(json, "recursive", mount->recursive);
		json_string(json, "propagation",
			    mount->propagation == PROPAGATION_SLAVE ? "slave" : "private");
		json_bool(json, "optional", mount->optional);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_capabilities(struct json *json, const struct plan *plan)
{
	const struct capability_sets *rights = describe_rights(plan);

	json_map(json, "capabilities");
	json_strings(json, "bounding", describe_capabilities(plan, rights->bounding));
	json_strings(json, "permitted", describe_capabilities(plan, rights->permitted));
	json_strings(json, "effective", describe_capabilities(plan, rights->effective));
	json_strings(json, "inheritable", NULL);
	json_strings(json, "ambient", describe_capabilities(plan, rights->ambient));
	json_map_end(json);
}

static void write_limits(struct json *json, const struct plan *plan)
{
	json_list(json, "limits");
	for (size_t i = 0; i < plan->payload.limits.n; i++) {
		const struct limit *limit = &plan->payload.limits.v[i];

		json_map(json, NULL);
		json_string(json, "name", limit_name(limit->resource));
		/* RLIM_INFINITY is written as -1, as --ulimit takes it */
		json_number(json, "soft", (int64_t)limit->soft);
		json_number(json, "hard", (int64_t)limit->hard);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_sysctls(struct json *json, const struct plan *plan)
{
	json_map(json, "sysctls");
	for (size_t i = 0; i < plan->sysctls.n; i++)
		json_string(json, plan->sysctls.v[i].key, plan->sysctls.v[i].value);
	json_map_end(json);
}

static void write_landlock(struct json *json, const struct plan_payload *payload)
{
	json_list(json, "landlock");
	for (size_t i = 0; i < payload->landlock.n; i++) {
		json_map(json, NULL);
		json_string(json, "path", payload->landlock.v[i].path);
		json_bool(json, "writable", payload->landlock.v[i].writable);
		json_map_end(json);
	}
	json_list_end(json);
	json_bool(json, "landlock_scopes", payload->landlock_scopes);
}

static void write_payload(struct json *json, const struct plan *plan)
{
	const struct plan_payload *payload = &plan->payload;

	json_map(json, "process");
	json_strings(json, "args", payload->argv);
	json_strings(json, "env", (const char *const *)payload->envp);
	json_string(json, "user", describe_user(plan));
	json_string(json, "cwd", payload->workdir);
	json_string(json, "umask", arena_printf(plan->arena, "%04o", payload->umask));
	json_bool(json, "terminal", plan->tty);
	json_bool(json, "reaper", payload->under_reaper);
	json_bool(json, "no_new_privs", payload->no_new_privs);
	json_string(json, "seccomp", payload->seccomp);
	json_number(json, "seccomp_instructions", (int64_t)payload->filter.count);
	json_bool(json, "fakeroot", payload->fakeroot);
	write_landlock(json, payload);
	json_map_end(json);
}

const char *plan_print_json(const struct plan *plan)
{
	struct json *json = json_begin();

	json_map(json, NULL);
	if (plan->action == ACTION_RUN)
		write_root(json, plan);
	write_namespaces(json, plan);
	write_network(json, plan);
	write_maps(json, "uid_map", &plan->uid_maps);
	write_maps(json, "gid_map", &plan->gid_maps);
	json_string(json, "map_writer", describe_map_writer(plan));
	json_bool(json, "setgroups", plan->setgroups);
	json_string(json, "hostname", plan->hostname);
	write_mounts(json, plan);
	write_sysctls(json, plan);
	describe_guards(json, plan, "masked", true);
	describe_guards(json, plan, "readonly", false);
	json_bool(json, "namespaces_locked", plan->lock_namespaces);
	write_payload(json, plan);
	write_capabilities(json, plan);
	write_limits(json, plan);
	json_list(json, "notices");
	for (size_t i = 0; i < plan->notices.n; i++)
		json_string(json, NULL, plan->notices.v[i].text);
	json_list_end(json);
	json_map_end(json);
	return json_end(json, plan->arena);
}
