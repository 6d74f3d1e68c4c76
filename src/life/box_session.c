// SPDX-License-Identifier: Apache-2.0
/* From a spec to one of a box: what a box has unless its user says otherwise. Runs in: nsrun. */
#include "base/arena.h"
#include "base/fd.h"
#include "base/path.h"
#include "life/box.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int box_begin(struct spec *spec, const char *name, struct error *err)
{
	if (spec_set_name(spec, name, err) < 0 || spec_set_userns(spec, "keep-id", err) < 0 ||
	    spec_add_group(spec, "keep-groups", err) < 0 ||
	    /* forwarded displays (localhost:10), servers under development and a VPN are there */
	    spec_set_network(spec, "host", err) < 0 ||
	    spec_set_hostname(spec, name, err) < 0 ||
	    spec_set_log_driver(spec, "none", err) < 0 ||
	    spec_add_label(spec, arena_printf(spec->arena, "nsrun.box=%s", name), err) < 0)
		return -1;
	spec->box.name = spec->life.name;
	spec->life.detach = true;
	return 0;
}

int box_set_env(struct spec *spec, const char *name, const char *value, struct error *err)
{
	return spec_add_env(spec, arena_printf(spec->arena, "%s=%s", name, value), err);
}

void box_bind(struct spec *spec, const char *source, const char *destination, bool optional)
{
	for (size_t i = 0; i < spec->mounts.n; i++)
		if (strcmp(spec->mounts.v[i].destination, destination) == 0)
			return;
	*array_push(spec->arena, &spec->mounts) = (struct mount){
		.type = MOUNT_BIND,
		.source = source,
		.destination = destination,
		.propagation = PROPAGATION_SLAVE, /* what is mounted below home later appears */
		.recursive = true,
		.optional = optional,
	};
}

static bool has_home(const struct spec_box *box)
{
	return strcmp(box->home, "/") != 0;
}

int box_furnish(struct spec *spec, struct error *err)
{
	struct box_places places;

	box_know_user(spec);
	if (box_read_rootfs(spec, err) < 0 ||
	    box_open_places(spec->arena, spec->box.name, &places, err) < 0)
		return -1;
	if (has_home(&spec->box))
		box_bind(spec, spec->box.home, path_normalize(spec->arena, spec->box.home), false);
	box_add_sockets(spec, &places);
	box_close_places(&places);
	box_know_groups(spec);
	return 0;
}

/* the directory itself, whatever links lead to it */
static const char *real_path(struct arena *arena, const char *path)
{
	auto_close int fd = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char link[64], target[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = fd < 0 ? -1 : readlinkat(AT_FDCWD, link, target, sizeof(target));
	return length <= 0 || (size_t)length == sizeof(target) ?
		       NULL : arena_strndup(arena, target, (size_t)length);
}

/* how much of @cwd a directory of the host stands for; 0: it is not below it */
static size_t covered(struct spec *spec, const char *cwd, const char *source)
{
	const char *real = real_path(spec->arena, source);

	return real && real[1] && path_is_below(cwd, real) ? strlen(real) : 0;
}

void box_follow(struct spec *spec)
{
	const char *place = spec->box.home;
	char cwd[PATH_MAX];
	size_t best = 0;

	if (spec->workdir) /* -w, when it was made */
		return;
	spec->workdir = spec->box.home;
	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		return;
	if (has_home(&spec->box))
		best = covered(spec, cwd, spec->box.home);
	for (size_t i = 0; i < spec->mounts.n; i++) {
		const struct mount *mount = &spec->mounts.v[i];
		size_t length = mount->type == MOUNT_BIND && mount->source[0] == '/' ?
					covered(spec, cwd, mount->source) : 0;

		if (length > best) {
			best = length;
			place = mount->destination;
		}
	}
	if (best > 0)
		spec->workdir = path_join(spec->arena, place,
					  cwd[best] ? cwd + best + 1 : ".");
}
