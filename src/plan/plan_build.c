// SPDX-License-Identifier: Apache-2.0
/* From a spec and the host's facts to a plan. Pure. Runs in: supervisor. */
#include "plan/plan.h"

#include "base/arena.h"
#include "base/path.h"
#include "sys/namespace.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

__attribute__((format(printf, 4, 0))) static struct error
make_notice(struct plan *plan, const char *id, const char *arg,
				const char *format, va_list ap)
{
	struct error notice;

	error_set(&notice, id, 0, "%s", arena_vprintf(plan->arena, format, ap));
	error_set_arg(&notice, "%s", arg);
	return notice;
}

void plan_warn(struct plan *plan, const char *id, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	*array_push(plan->arena, &plan->notices) = make_notice(plan, id, "", format, ap);
	va_end(ap);
}

int plan_fallback(struct plan *plan, struct error *err, const char *id, const char *arg,
		  const char *format, ...)
{
	struct error notice;
	va_list ap;

	va_start(ap, format);
	notice = make_notice(plan, id, arg, format, ap);
	va_end(ap);
	if (plan->strict) {
		*err = notice;
		return -1;
	}
	*array_push(plan->arena, &plan->notices) = notice;
	return 0;
}

/*
 * An ordinary user may join a namespace only from inside the user namespace that owns it
 * (setns(2)), so that one is joined too, with the ids it has.
 */
static int join_owner(const struct spec *spec, const struct host *host, struct plan *plan,
		      struct error *err)
{
	bool joins = plan->ns[NS_USER].mode == NS_JOIN;

	for (int kind = NS_MOUNT; kind < NS_KINDS && !joins; kind++)
		joins = plan->ns[kind].mode == NS_JOIN && !host->is_admin;
	if (!joins)
		return 0;
	if (spec->uid_maps.n + spec->gid_maps.n > 0 || spec->userns == USERNS_KEEP_ID ||
	    spec->userns == USERNS_NOMAP || spec->userns == USERNS_AUTO)
		return error_set(err, "spec-conflict", 0,
				 "a namespace that is joined keeps its own id maps: leave out "
				 "--uidmap, --gidmap and --userns");
	plan->ns[NS_USER].mode = NS_JOIN;
	return 0;
}

/* what the container does not share with the host is joined, by its first process */
static void join_container(struct plan *plan)
{
	for (int kind = 0; kind < NS_KINDS; kind++)
		if (plan->ns[kind].mode != NS_HOST)
			plan->ns[kind] = (struct ns_choice){ .mode = NS_JOIN };
}

int plan_build_namespaces(const struct spec *spec, const struct host *host, struct plan *plan,
			  struct error *err)
{
	if (spec->userns == USERNS_HOST) {
		if (!host->is_admin)
			return error_set(err, "userns-host", 0,
					 "--userns=host needs root: a container of an ordinary user "
					 "must have a user namespace");
		plan->ns[NS_USER].mode = NS_HOST;
		plan_warn(plan, "userns-host", "--userns=host: root inside is root of the host");
	} else if (spec->userns == USERNS_JOIN) {
		plan->ns[NS_USER] = spec->ns[NS_USER];
	}
	for (int kind = NS_MOUNT; kind < NS_KINDS; kind++) {
		if (spec->action != ACTION_UNSHARE)
			plan->ns[kind] = spec->ns[kind];
		else if (kind != NS_MOUNT)
			plan->ns[kind].mode = NS_HOST;
	}
	if (spec->action == ACTION_EXEC) {
		join_container(plan);
		return 0;
	}
	if (join_owner(spec, host, plan, err) < 0)
		return -1;
	for (int kind = 0; kind < NS_KINDS; kind++)
		if (plan->ns[kind].mode == NS_PRIVATE)
			plan->clone_flags |= ns_kind_info((enum ns_kind)kind)->clone_flag;
	return 0;
}

static int check_rootfs(const struct spec *spec, const struct host *host, struct error *err)
{
	const struct path_fact *fact = &host->rootfs;

	if (fact->errnum)
		/* a word alone may be meant as a command, of nsrun or of another runner */
		return error_set(err, fact->errnum == ENOENT && !strchr(spec->rootfs, '/') ?
					      "rootfs-word" : "rootfs",
				 fact->errnum, "cannot use the root file system '%s'",
				 spec->rootfs);
	if (!S_ISDIR(fact->mode))
		return error_set(err, "rootfs", 0, "the root file system '%s' is not a directory",
				 spec->rootfs);
	if (strcmp(path_join(spec->arena, host->cwd ? host->cwd : "/", spec->rootfs), "/") == 0)
		return error_set(err, "rootfs", 0,
				 "the host's own root cannot be the container's: name a directory");
	if (!spec->rootfs_overlay_dir)
		return 0;
	if (host->rootfs_overlay_dir.errnum || !S_ISDIR(host->rootfs_overlay_dir.mode))
		return error_set(err, "rootfs-overlay", host->rootfs_overlay_dir.errnum,
				 "--rootfs-overlay '%s' is no directory that can be used",
				 spec->rootfs_overlay_dir);
	return 0;
}

int plan_build(const struct spec *spec, const struct host *host, struct plan *plan,
	       struct error *err)
{
	*plan = (struct plan){
		.arena = spec->arena,
		.action = spec->action,
		.strict = spec->strict,
		.interactive = spec->interactive,
		.sig_proxy = spec->sig_proxy,
		.timeout_ms = spec->timeout_ms,
		.pidfile = spec->pidfile,
		.container_cgroup = spec->container_cgroup,
		.container_pidfd = spec->container_pidfd,
		.detached = spec->action == ACTION_EXEC ? spec->life.detach : spec_is_kept(spec),
	};
	if (spec->action == ACTION_RUN && check_rootfs(spec, host, err) < 0)
		return -1;
	if (plan_build_namespaces(spec, host, plan, err) < 0 ||
	    plan_build_identity(spec, host, plan, err) < 0 ||
	    plan_build_network(spec, host, plan, err) < 0 ||
	    plan_build_fakeroot(spec, plan, err) < 0 ||
	    plan_build_payload(spec, host, plan, err) < 0 ||
	    plan_build_security(spec, host, plan, err) < 0)
		return -1;
	if (plan->detached && spec->action == ACTION_RUN && host->ended_at_logout)
		plan_warn(plan, "linger",
			  "when you log out, systemd-logind may end the container, and removes the "
			  "directory that knows it: 'loginctl enable-linger' keeps it");
	return spec->action == ACTION_RUN ? plan_build_mounts(spec, host, plan, err) : 0;
}

bool plan_joins(const struct plan *plan)
{
	for (int kind = 0; kind < NS_KINDS; kind++)
		if (plan->ns[kind].mode == NS_JOIN)
			return true;
	return false;
}

int nsrun_plan(const struct spec *spec, struct plan **ret_plan, struct error *err)
{
	struct host host;
	struct plan *plan;

	if (spec_check(spec, err) < 0 || host_probe(spec, &host, err) < 0)
		return -1;
	plan = arena_alloc(spec->arena, sizeof(*plan));
	if (plan_build(spec, &host, plan, err) < 0 || plan_make_filter(spec, plan, err) < 0)
		return -1;
	*ret_plan = plan;
	return 0;
}

void nsrun_plan_notices(const struct plan *plan, nsrun_notice notice, void *arg)
{
	for (size_t i = 0; i < plan->notices.n; i++)
		notice(&plan->notices.v[i], arg);
}
