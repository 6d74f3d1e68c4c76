// SPDX-License-Identifier: Apache-2.0
/*
 * What a box has that another container has not: the user, his groups and their names in generated
 * passwd and group files. Pure. Runs in: supervisor.
 */
#include "plan/plan.h"

#include "base/arena.h"
#include "base/parse.h"

#include <stdio.h>
#include <string.h>

#define OVERFLOW_GROUP 65534 /* how the kernel shows a group that is not mapped */

static const char no_passwd[] = "root:x:0:0:root:/root:/bin/sh\n";
static const char no_group[] = "root:x:0:\n";

/* the container's number of a host's id, or ID_NONE */
static uint32_t to_inside(const nsrun_idmaps *maps, uint32_t id)
{
	for (size_t i = 0; i < maps->n; i++)
		if (id >= maps->v[i].outside && id - maps->v[i].outside < maps->v[i].count)
			return maps->v[i].inside + (id - maps->v[i].outside);
	return ID_NONE;
}

/* whether one of the generated lines has the name that a line of the image begins with */
static bool is_taken(const char *own, const char *line, size_t length)
{
	const char *cursor = own, *other;
	size_t name = 0, other_length;

	while (name < length && line[name] != ':')
		name++;
	while ((other = parse_next_field(&cursor, '\n', &other_length)))
		if (other_length > name && strncmp(other, line, name) == 0 && other[name] == ':')
			return true;
	return false;
}

/*
 * The own lines come first: an image's user of the same number (Ubuntu's uid 1000) must not be who
 * the number is called after. An image's line with the same name would be another's.
 */
static const char *merge(struct plan *plan, const struct text *own, const char *image)
{
	struct text text = { .arena = plan->arena };
	const char *cursor = image, *line;
	size_t length;

	text_add(&text, "%s", text_string(own));
	while ((line = parse_next_field(&cursor, '\n', &length)))
		if (length > 0 && !is_taken(text_string(own), line, length))
			text_add(&text, "%.*s\n", (int)length, line);
	return text_string(&text);
}

static bool has_number(const char *image, uint32_t gid)
{
	const char *cursor = image, *line;
	size_t length;
	char number[32];
	int n = snprintf(number, sizeof(number), ":%u:", gid);

	while ((line = parse_next_field(&cursor, '\n', &length)))
		if (memmem(line, length, number, (size_t)n))
			return true;
	return false;
}

static const char *passwd_content(const struct spec_box *box, const struct host *host,
				  struct plan *plan)
{
	struct text own = { .arena = plan->arena };
	uint32_t uid = to_inside(&plan->uid_maps, host->uid);
	uint32_t gid = to_inside(&plan->gid_maps, host->gid);

	if (uid != ID_NONE)
		text_add(&own, "%s:x:%u:%u::%s:%s\n", box->user, uid,
			 gid == ID_NONE ? OVERFLOW_GROUP : gid, box->home, box->inside_shell);
	return merge(plan, &own, box->passwd ? box->passwd : no_passwd);
}

static const char *group_content(const struct spec_box *box, struct plan *plan)
{
	const char *image = box->group ? box->group : no_group;
	struct text own = { .arena = plan->arena };
	bool unmapped = false;

	for (size_t i = 0; i < box->groups.n; i++) {
		uint32_t gid = to_inside(&plan->gid_maps, box->groups.v[i].gid);

		if (gid != ID_NONE)
			text_add(&own, "%s:x:%u:%s\n", box->groups.v[i].name, gid, box->user);
		unmapped |= gid == ID_NONE;
	}
	/* the groups that are not mapped count as before, and need a name in `id` */
	if (unmapped && !has_number(image, OVERFLOW_GROUP))
		text_add(&own, "nogroup:x:%u:\n", OVERFLOW_GROUP);
	return merge(plan, &own, image);
}

static void add_file(struct plan *plan, const char *destination, const char *content)
{
	struct mount *mount = array_push(plan->arena, &plan->mounts);

	*mount = (struct mount){ .type = MOUNT_FILE,
				 .destination = destination,
				 .set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
				 .content = content,
				 .optional = true };
}

void plan_build_box(const struct spec *spec, const struct host *host, struct plan *plan)
{
	add_file(plan, "/etc/passwd", passwd_content(&spec->box, host, plan));
	add_file(plan, "/etc/group", group_content(&spec->box, plan));
}
