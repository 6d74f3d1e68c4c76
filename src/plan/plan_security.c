// SPDX-License-Identifier: Apache-2.0
/*
 * What the payload may not do: capabilities, masked paths, namespaces of its own, core dumps.
 * Pure. Runs in: supervisor.
 */
#include "plan/plan.h"

#include "base/arena.h"
#include "base/path.h"
#include "config/seccomp_cache.h"
#include "config/seccomp_default.h"
#include "sys/idmap.h"

#include <string.h>
#include <sys/resource.h>

/* the union of what moby and containers/common mask, and what tells about the host (S88) */
static const char *const masked[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/config.gz",
	"/proc/interrupts",
	"/proc/kallsyms",
	"/proc/kcore",
	"/proc/keys",
	"/proc/kmsg",
	"/proc/latency_stats",
	"/proc/modules",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/devices/virtual/dmi",
	"/sys/devices/virtual/powercap",
	"/sys/firmware",
};

/*
 * Where the host has other file systems. A fresh sysfs has nothing there, by construction of the
 * kernel (sysfs_create_mount_point()); the host's own, bound, brings them along.
 */
static const char *const masked_below_sys[] = {
	"/sys/fs/bpf",	       "/sys/fs/selinux",     "/sys/kernel/debug",
	"/sys/kernel/security", "/sys/kernel/tracing",
};

static const char *const read_only[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* podman: a path, or one that ends in a star */
static bool matches(const char *pattern, const char *path)
{
	size_t length = strlen(pattern);

	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(pattern, path, length - 1) == 0;
	return path_is_below(path, pattern);
}

static bool is_unmasked(const struct spec *spec, const char *path)
{
	/* a procfs of a nested container is granted only where this one is fully visible */
	if (spec->privileged || (spec->nested && path_is_below(path, "/proc")))
		return true;
	for (size_t i = 0; i < spec->unmasks.n; i++)
		if (strcmp(spec->unmasks.v[i], "ALL") == 0 || matches(spec->unmasks.v[i], path))
			return true;
	return false;
}

/* a place that the user has mounted something on is his */
static bool is_covered(const struct spec *spec, const char *path)
{
	for (size_t i = 0; i < spec->mounts.n; i++)
		if (path_is_below(path, spec->mounts.v[i].destination))
			return true;
	return false;
}

static void add_guard(struct plan *plan, const char *path, bool hidden)
{
	struct path_guard *guard = array_push(plan->arena, &plan->guards);

	guard->path = path;
	guard->hidden = hidden;
}

static void guard_all(const struct spec *spec, struct plan *plan, const char *const *paths, size_t n,
		      bool hidden)
{
	for (size_t i = 0; i < n; i++)
		if (!is_unmasked(spec, paths[i]) && !is_covered(spec, paths[i]))
			add_guard(plan, paths[i], hidden);
}

static void guard_paths(const struct spec *spec, const struct host *host, struct plan *plan)
{
	guard_all(spec, plan, masked, COUNT(masked), true);
	/* inside another container a fresh sysfs may be refused, and the outer one is bound */
	if (plan->ns[NS_NETWORK].mode != NS_PRIVATE || !host->initial_userns)
		guard_all(spec, plan, masked_below_sys, COUNT(masked_below_sys), true);
	for (size_t i = 0; i < host->thermal_throttles; i++) {
		const char *path = arena_printf(plan->arena,
						"/sys/devices/system/cpu/cpu%zu/thermal_throttle",
						i);

		if (!is_unmasked(spec, path) && !is_covered(spec, path))
			add_guard(plan, path, true);
	}
	guard_all(spec, plan, read_only, COUNT(read_only), false);
	for (size_t i = 0; i < spec->masks.n; i++)
		add_guard(plan, spec->masks.v[i], true);
}

static void set_capabilities(const struct spec *spec, struct plan *plan)
{
	struct plan_payload *payload = &plan->payload;
	uint64_t known = capability_all();
	uint64_t granted = CAPABILITIES_DEFAULT;

	if (spec->privileged)
		granted = known;
	if (spec->cap_drop == ~(uint64_t)0)
		granted = 0;
	else
		granted &= ~spec->cap_drop;
	granted = (granted | spec->cap_add) & known;
	payload->root_capabilities = (struct capability_sets){
		.bounding = granted, .permitted = granted, .effective = granted
	};
	/* a user other than root has what was asked for by name, and keeps it over execve(2) */
	payload->user_capabilities = (struct capability_sets){
		.bounding = granted,
		.permitted = spec->cap_add & granted,
		.effective = spec->cap_add & granted,
		.ambient = spec->cap_add & granted,
	};
	if (spec->cap_add == ~(uint64_t)0)
		payload->user_capabilities.ambient = granted;
}

static void add_sysctl(struct plan *plan, const char *key, const char *value)
{
	for (size_t i = 0; i < plan->sysctls.n; i++)
		if (strcmp(plan->sysctls.v[i].key, key) == 0)
			return; /* the user's own */
	*array_push(plan->arena, &plan->sysctls) = (struct sysctl){ key, value, true };
}

/* the last of the groups that are mapped without a gap from 0 on */
static uint32_t last_group(const struct plan *plan)
{
	uint32_t last = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < plan->gid_maps.n; i++) {
			uint32_t first = plan->gid_maps.v[i].inside;
			uint32_t end = first + plan->gid_maps.v[i].count - 1;

			if (first <= last + 1 && end > last) {
				last = end;
				moved = true;
			}
		}
	}
	return last;
}

/* ping and ports below 1024 need no capability in a network of one's own */
static void open_network(struct plan *plan)
{
	if (plan->ns[NS_NETWORK].mode != NS_PRIVATE)
		return;
	/* the kernel takes mapped groups only */
	if (idmap_has_inside(plan->gid_maps.v, plan->gid_maps.n, 0))
		add_sysctl(plan, "net/ipv4/ping_group_range",
			   arena_printf(plan->arena, "0 %u", last_group(plan)));
	add_sysctl(plan, "net/ipv4/ip_unprivileged_port_start", "0");
}

static void forbid_core_dumps(const struct host *host, struct plan *plan)
{
	uint64_t limit;

	for (size_t i = 0; i < plan->payload.limits.n; i++)
		if (plan->payload.limits.v[i].resource == RLIMIT_CORE)
			return;
	/* the host's handler would run outside the container, on its data; a limit of 1 stops also
	 * one behind a pipe, which 0 does not (core(5)) */
	limit = host->limits[RLIMIT_CORE].hard > 0 ? 1 : 0;
	*array_push(plan->arena, &plan->payload.limits) =
		(struct limit){ RLIMIT_CORE, limit, limit };
}

static int use_landlock(const struct spec *spec, struct plan *plan, struct error *err)
{
	struct plan_payload *payload = &plan->payload;

	/* landlock_restrict_self(2) wants no_new_privs of a process without CAP_SYS_ADMIN */
	if (spec->landlock.n > 0 && !payload->no_new_privs)
		return error_set(err, "spec-conflict", 0,
				 "--security-opt landlock needs no_new_privs, which was switched off");
	for (size_t i = 0; i < spec->landlock.n; i++)
		*array_push(plan->arena, &payload->landlock) = spec->landlock.v[i];
	/* a box is one place for all who enter it, and its X server may be behind such a socket */
	payload->landlock_scopes = plan->ns[NS_NETWORK].mode == NS_HOST && payload->no_new_privs &&
				   !spec->box.name;
	return 0;
}

int plan_build_fakeroot(const struct spec *spec, struct plan *plan, struct error *err)
{
	if (!spec->fakeroot)
		return 0;
	if (plan->map_writer != MAPS_SINGLE) {
		plan_warn(plan, "fakeroot-off",
			  "--fakeroot is off: there are ids enough for the real thing");
		return 0;
	}
	/* before no_new_privs there are changes of identity of our own, which must not be faked */
	if (!spec->no_new_privs || spec->privileged || spec->seccomp != SECCOMP_DEFAULT)
		return error_set(err, "spec-conflict", 0,
				 "--fakeroot needs the default system call filter and no_new_privs");
	plan->payload.fakeroot = true;
	plan_warn(plan, "fakeroot",
		  "--fakeroot: changes of owner, group and identity are answered as if they were "
		  "done");
	return 0;
}

int plan_build_security(const struct spec *spec, const struct host *host, struct plan *plan,
			struct error *err)
{
	struct plan_payload *payload = &plan->payload;

	if (spec->action == ACTION_UNSHARE)
		return 0; /* everything that the user namespace gives */
	set_capabilities(spec, plan);
	payload->no_new_privs = spec->no_new_privs && !spec->privileged;
	guard_paths(spec, host, plan);
	open_network(plan);
	if (!spec->privileged && !spec->host_limits)
		forbid_core_dumps(host, plan);
	plan->lock_namespaces = !spec->nested && !spec->privileged &&
				plan->ns[NS_USER].mode == NS_PRIVATE;
	payload->new_keyring = true;
	payload->apparmor = spec->apparmor;
	return use_landlock(spec, plan, err);
}

int plan_make_filter(const struct spec *spec, struct plan *plan, struct error *err)
{
	struct plan_payload *payload = &plan->payload;
	uint64_t granted = payload->root_capabilities.bounding;
	const struct filter_options options = { .nested = spec->nested,
						.fakeroot = payload->fakeroot };

	payload->seccomp = "unconfined";
	if (spec->action == ACTION_EXEC) {
		/* the one that the container was given, whatever the profile's file says by now */
		if (!spec->privileged)
			payload->filter = (struct filter_program){ spec->container_filter,
								   spec->container_filter_count,
								   spec->container_filter_flags };
		return 0;
	}
	if (spec->action == ACTION_UNSHARE || spec->seccomp == SECCOMP_UNCONFINED ||
	    (spec->privileged && spec->seccomp == SECCOMP_DEFAULT))
		return 0;
	payload->seccomp = spec->seccomp == SECCOMP_FILE ? spec->seccomp_file : "default";
	if (spec->seccomp == SECCOMP_FILE)
		return seccomp_load_file(plan->arena, spec->seccomp_file, granted, &options,
					 &payload->filter, err);
	return seccomp_default_compile(plan->arena, granted, &options, &payload->filter, err);
}
