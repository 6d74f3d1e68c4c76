// SPDX-License-Identifier: Apache-2.0
/* Another command in a container that runs. Runs in: nsrun, which is its supervisor. */
#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "life/life.h"
#include "life/store.h"
#include "sys/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAP_SIZE 16384 /* 340 extents */

static int read_map(struct spec *spec, pid_t pid, const char *name, nsrun_idmaps *ret)
{
	char path[64], text[MAP_SIZE];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	ret->n = 0;
	return file_read(AT_FDCWD, path, text, sizeof(text)) < 0
		       ? -1
		       : idmap_parse_proc(spec->arena, text, ret);
}

static int read_filter(const struct container *container, struct spec *spec)
{
	struct life_filter header = { .count = 0 };
	size_t length;
	const char *text = store_read_file(spec->arena, container->dir, LIFE_FILTER_FILE, &length);

	/* a container without a filter has a file, too: one that is lost must not mean none */
	if (!text)
		return -1;
	if (length >= sizeof(header))
		memcpy(&header, text, sizeof(header));
	if (length < sizeof(header) ||
	    length != sizeof(header) + header.count * sizeof(struct sock_filter))
		return errno = EPROTO, -1;
	spec->container_filter = header.count > 0 ? text + sizeof(header) : NULL;
	spec->container_filter_count = header.count;
	spec->container_filter_flags = header.flags;
	return 0;
}

void container_bind(const struct container *container, struct spec *spec)
{
	nsrun_strings environment = container->environment;

	spec_restore_env_files(spec, &container->env_file);
	*array_push(spec->arena, &environment) = NULL;
	spec_bind_environment(spec, environment.v);
	spec->container_id = container->id;
	spec->life.name = container->name; /* it may have been renamed since */
	if (container->auto_ids.count > 0)
		spec->auto_ids = container->auto_ids;
}

int container_bind_exec(struct container *container, struct spec *spec, struct error *err)
{
	if (life_await_command(container, err) < 0)
		return -1;
	if (container->status == CONTAINER_PAUSED) {
		error_set(err, "container-paused", 0, "the container '%s' is paused",
			  container->name);
		return error_set_arg(err, "%s", container->name);
	}
	if (container->pidfd < 0) {
		error_set(err, "container-not-running", 0, "the container '%s' does not run",
			  container->name);
		return error_set_arg(err, "%s", container->name);
	}
	if (read_map(spec, container->pid, "uid_map", &spec->uid_maps) < 0 ||
	    read_map(spec, container->pid, "gid_map", &spec->gid_maps) < 0)
		return error_set(err, "exec", errno,
				 "cannot read the id maps of the container '%s'", container->name);
	if (read_filter(container, spec) < 0)
		return error_set(err, "exec", errno,
				 "cannot read the system call filter of the container '%s'",
				 container->name);
	spec_begin_exec(spec);
	spec->container_cgroup = container->cgroup;
	spec->container_pidfd = container->pidfd;
	return 0;
}
