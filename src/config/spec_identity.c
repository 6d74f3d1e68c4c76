// SPDX-License-Identifier: Apache-2.0
/* The setters of identity: id maps, user, groups. Pure. Runs in: supervisor. */
#include "nsrun/spec.h"

#include "base/arena.h"
#include "base/parse.h"
#include "config/spec_text.h"

#include <string.h>

/* INSIDE:OUTSIDE:COUNT; an '@' before OUTSIDE says "host id", which it always is here */
static int parse_idmap(const char *text, struct idmap *ret_map)
{
	uint32_t *numbers[] = { &ret_map->inside, &ret_map->outside, &ret_map->count };
	const char *cursor = text;
	uint64_t value;

	for (size_t i = 0; i < 3; i++) {
		size_t length = 0;
		const char *field = parse_next_field(&cursor, ':', &length);

		if (field && i == 1 && length > 0 && *field == '@') {
			field++;
			length--;
		}
		if (!field || parse_decimal(field, length, UINT32_MAX, &value) < 0)
			return -1;
		*numbers[i] = (uint32_t)value;
	}
	return cursor ? -1 : 0;
}

static int add_idmap(struct spec *spec, nsrun_idmaps *maps, const char *option, const char *text,
		     struct error *err)
{
	struct idmap map;

	if (parse_idmap(text, &map) < 0)
		return error_set(err, "idmap-syntax", 0, "%s takes INSIDE:OUTSIDE:COUNT, not '%s'",
				 option, text);
	if (map.count == 0)
		return error_set(err, "idmap-range", 0, "%s '%s' maps no id: its count is 0", option,
				 text);
	/* 4294967295 is no id, so it can be no end either */
	if (map.count > ID_NONE - map.inside || map.count > ID_NONE - map.outside)
		return error_set(err, "idmap-range", 0, "%s '%s' goes past the last id, 4294967294",
				 option, text);
	*array_push(spec->arena, maps) = map;
	return 0;
}

int spec_add_uidmap(struct spec *spec, const char *text, struct error *err)
{
	return add_idmap(spec, &spec->uid_maps, "--uidmap", text, err);
}

int spec_add_gidmap(struct spec *spec, const char *text, struct error *err)
{
	return add_idmap(spec, &spec->gid_maps, "--gidmap", text, err);
}

/* keep-id's own options: uid=N,gid=N */
static int set_keep_id(struct spec *spec, const char *options, struct error *err)
{
	const char *cursor = options;
	const char *field;
	size_t length;

	while ((field = parse_next_field(&cursor, ',', &length))) {
		uint32_t *id = NULL;
		uint64_t value;

		if (length > 4 && strncmp(field, "uid=", 4) == 0)
			id = &spec->keep_id_uid;
		else if (length > 4 && strncmp(field, "gid=", 4) == 0)
			id = &spec->keep_id_gid;
		if (!id || parse_decimal(field + 4, length - 4, ID_NONE - 1, &value) < 0)
			return error_set(err, "usage", 0,
					 "--userns=keep-id takes uid=N and gid=N, not '%s'", options);
		*id = (uint32_t)value;
	}
	return 0;
}

#define AUTO_COUNT_DEFAULT 1024 /* podman's least */

/* auto | auto:size=N */
static int set_auto(struct spec *spec, const char *text, struct error *err)
{
	static const char size[] = "auto:size=";
	uint32_t count = AUTO_COUNT_DEFAULT;

	if (text[4] && (strncmp(text, size, sizeof(size) - 1) != 0 ||
			parse_u32(text + sizeof(size) - 1, &count) < 0 || count == 0))
		return error_set(err, "usage", 0,
				 "--userns=auto takes size=N, how many ids the container has, not '%s'",
				 text);
	spec->userns = USERNS_AUTO;
	spec->auto_ids = (struct auto_ids){ ID_NONE, ID_NONE, count };
	return 0;
}

int spec_set_userns(struct spec *spec, const char *text, struct error *err)
{
	static const char keep_id[] = "keep-id";
	bool joined;

	spec->ns[NS_USER] = (struct ns_choice){ .mode = NS_PRIVATE }; /* the last one counts */
	joined = spec_join(spec, &spec->ns[NS_USER], text);

	spec->keep_id_uid = spec->keep_id_gid = ID_NONE;
	if (joined) {
		spec->userns = USERNS_JOIN;
	} else if (strcmp(text, "") == 0 || strcmp(text, "private") == 0) {
		spec->userns = USERNS_DEFAULT;
	} else if (strcmp(text, keep_id) == 0) {
		spec->userns = USERNS_KEEP_ID;
	} else if (strncmp(text, "keep-id:", sizeof(keep_id)) == 0) {
		spec->userns = USERNS_KEEP_ID;
		return set_keep_id(spec, text + sizeof(keep_id), err);
	} else if (strcmp(text, "nomap") == 0) {
		spec->userns = USERNS_NOMAP;
	} else if (strcmp(text, "host") == 0) {
		spec->userns = USERNS_HOST;
	} else if (strcmp(text, "auto") == 0 || strncmp(text, "auto:", 5) == 0) {
		return set_auto(spec, text, err);
	} else {
		return error_set(err, "usage", 0,
				 "--userns takes keep-id[:uid=N,gid=N], nomap, auto[:size=N], host, "
				 "ns:PATH or container:NAME, not '%s'",
				 text);
	}
	return 0;
}

static int set_name(struct spec *spec, const char **ret_name, const char *option, const char *text,
		    struct error *err)
{
	if (!*text || strpbrk(text, ":\n"))
		return error_set(err, "usage", 0, "%s takes a user name, not '%s'", option, text);
	*ret_name = arena_strdup(spec->arena, text);
	return 0;
}

int spec_set_subuidname(struct spec *spec, const char *text, struct error *err)
{
	return set_name(spec, &spec->subuid_name, "--subuidname", text, err);
}

int spec_set_subgidname(struct spec *spec, const char *text, struct error *err)
{
	return set_name(spec, &spec->subgid_name, "--subgidname", text, err);
}

int spec_set_newidmap(struct spec *spec, const char *text, struct error *err)
{
	if (strcmp(text, "system") != 0 && strcmp(text, "none") != 0 && text[0] != '/')
		return error_set(err, "usage", 0,
				 "--newidmap takes system, none or an absolute path, not '%s'",
				 text);
	spec->newidmap = arena_strdup(spec->arena, text);
	return 0;
}

/*
 * One half of -u: all digits is a number and never a name (containerd CVE-2024-40635: a number
 * that was too large was looked up as a name and found root). Returns -1 for neither.
 */
static int parse_id_or_name(struct spec *spec, const char *text, size_t length, uint32_t *ret_id,
			    const char **ret_name)
{
	static const char forbidden[] = ":,/ \t\n+";
	uint64_t value;

	if (length == 0)
		return -1;
	if (strspn(text, "0123456789") >= length) {
		if (parse_decimal(text, length, ID_NONE - 1, &value) < 0)
			return -1;
		*ret_id = (uint32_t)value;
		return 0;
	}
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || strchr(forbidden, text[i]))
			return -1;
	if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))
		return -1; /* "-1", "0x1" and "1e3" were meant as numbers */
	*ret_name = arena_strndup(spec->arena, text, length);
	return 0;
}

int spec_set_user(struct spec *spec, const char *text, struct error *err)
{
	struct user_choice user = { .uid = ID_NONE, .gid = ID_NONE };
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);

	if (parse_id_or_name(spec, text, length, &user.uid, &user.name) < 0 ||
	    (colon && parse_id_or_name(spec, colon + 1, strlen(colon + 1), &user.gid,
				       &user.group) < 0))
		return error_set(err, "user-syntax", 0,
				 "--user takes UID[:GID] or NAME[:GROUP], not '%s'", text);
	spec->user = user;
	spec->has_user = true;
	return 0;
}

int spec_add_group(struct spec *spec, const char *text, struct error *err)
{
	struct user_choice group = { .uid = ID_NONE, .gid = ID_NONE };

	if (strcmp(text, "keep-groups") == 0) {
		spec->keep_groups = true;
		return 0;
	}
	if (parse_id_or_name(spec, text, strlen(text), &group.gid, &group.group) < 0)
		return error_set(err, "usage", 0,
				 "--group-add takes a group's name or number or keep-groups, not '%s'",
				 text);
	*array_push(spec->arena, &spec->group_add) = group;
	return 0;
}
