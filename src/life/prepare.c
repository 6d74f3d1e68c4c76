// SPDX-License-Identifier: Apache-2.0
/*
 * What a spec says about other containers, turned into facts before it is planned: whose namespaces
 * are joined, which addresses a network has, and which range of ids is nobody else's. Runs in: nsrun.
 */
#include "nsrun/bridge.h"

#include "base/arena.h"
#include "base/fd.h"
#include "life/ranges.h"
#include "sys/namespace.h"
#include "sys/process.h"

/* "container:NAME" becomes the first process of that container, as it is known now */
static int resolve(struct spec *spec, enum ns_kind kind, struct ns_choice *choice,
		   struct error *err)
{
	struct process_identity identity;
	struct container *other;
	bool runs;

	if (container_find(spec->arena, choice->container, &other, err) < 0)
		return -1;
	runs = other->pidfd >= 0 && process_identify(other->pid, &identity) == 0 &&
	       !process_has_ended(other->pidfd);
	choice->path = arena_printf(spec->arena, "/proc/%d/ns/%s", (int)other->pid,
				    ns_kind_info(kind)->proc_name);
	container_close(other);
	if (!runs) {
		error_set(err, "container-not-running", 0,
			  "the container '%s' does not run, so its %s namespace cannot be joined",
			  choice->container, ns_kind_info(kind)->name);
		return error_set_arg(err, "%s", choice->container);
	}
	choice->pid = identity.pid;
	choice->start_time = identity.start_time;
	return 0;
}

static int find_bridge(struct spec *spec, struct error *err)
{
	struct bridge_info info;

	if (spec->network != NETWORK_BRIDGE)
		return 0;
	if (bridge_find(spec->arena, spec->bridge_name, &info, err) < 0)
		return -1;
	if (info.damage)
		return error_set(err, "bridge-damaged", 0, "the network '%s' is damaged: %s",
				 spec->bridge_name, info.damage);
	spec->bridge = info.bridge;
	return 0;
}

int container_prepare(struct spec *spec, struct error *err)
{
	if (find_bridge(spec, err) < 0)
		return -1;
	for (int kind = 0; kind < NS_KINDS; kind++)
		if (spec->ns[kind].container &&
		    resolve(spec, (enum ns_kind)kind, &spec->ns[kind], err) < 0)
			return -1;
	return spec->userns == USERNS_AUTO ? ranges_allocate(spec, err) : 0;
}
