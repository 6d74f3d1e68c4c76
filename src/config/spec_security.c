// SPDX-License-Identifier: Apache-2.0
/* The setters of security: capabilities and --security-opt. Pure. Runs in: supervisor. */
#include "nsrun/spec.h"

#include "base/arena.h"
#include "base/parse.h"
#include "base/path.h"
#include "sys/capability.h"

#include <string.h>

/* a list such as "NET_ADMIN,cap_sys_time" or "ALL" */
static int parse_capabilities(struct spec *spec, uint64_t *mask, const char *option,
			      const char *text, struct error *err)
{
	const char *cursor = text, *name;
	size_t length;

	while ((name = parse_next_field(&cursor, ',', &length))) {
		uint64_t bits = capability_parse(arena_strndup(spec->arena, name, length));

		if (length == 0)
			return error_set(err, "usage", 0, "%s takes the name of a capability", option);
		if (!bits)
			return error_set(err, "capability-unknown", 0,
					 "%s '%s': there is no capability '%.*s'", option, text,
					 (int)length, name);
		*mask |= bits;
	}
	return 0;
}

int spec_add_capability(struct spec *spec, const char *text, struct error *err)
{
	return parse_capabilities(spec, &spec->cap_add, "--cap-add", text, err);
}

int spec_drop_capability(struct spec *spec, const char *text, struct error *err)
{
	return parse_capabilities(spec, &spec->cap_drop, "--cap-drop", text, err);
}

static int set_no_new_privs(struct spec *spec, const char *value, struct error *err)
{
	spec->no_new_privs = true;
	if (value && parse_bool(value, &spec->no_new_privs) < 0)
		return error_set(err, "usage", 0,
				 "--security-opt no-new-privileges takes true or false, not '%s'",
				 value);
	return 0;
}

static int set_seccomp(struct spec *spec, const char *value, struct error *err)
{
	if (!value || !*value)
		return error_set(err, "usage", 0,
				 "--security-opt seccomp= takes a file or unconfined");
	spec->seccomp = strcmp(value, "unconfined") == 0 ? SECCOMP_UNCONFINED : SECCOMP_FILE;
	spec->seccomp_file = arena_strdup(spec->arena, value);
	return 0;
}

/* podman separates paths by colons */
static int add_paths(struct spec *spec, nsrun_strings *paths, const char *option,
		     const char *value, struct error *err)
{
	const char *cursor = value, *path;
	size_t length;

	if (!value || !*value)
		return error_set(err, "usage", 0, "--security-opt %s= takes paths", option);
	while ((path = parse_next_field(&cursor, ':', &length))) {
		bool all = strcmp(option, "unmask") == 0 && field_equals(path, length, "ALL");

		if (!all && (length == 0 || path[0] != '/'))
			return error_set(err, "usage", 0,
					 "--security-opt %s: '%.*s' is not an absolute path", option,
					 (int)length, path);
		path = arena_strndup(spec->arena, path, length);
		*array_push(spec->arena, paths) = all ? path : path_normalize(spec->arena, path);
	}
	return 0;
}

static int set_mask(struct spec *spec, const char *value, struct error *err)
{
	return add_paths(spec, &spec->masks, "mask", value, err);
}

static int set_unmask(struct spec *spec, const char *value, struct error *err)
{
	return add_paths(spec, &spec->unmasks, "unmask", value, err);
}

static int set_apparmor(struct spec *spec, const char *value, struct error *err)
{
	if (!value || !*value || strchr(value, '\n'))
		return error_set(err, "usage", 0, "--security-opt apparmor= takes a profile");
	spec->apparmor = arena_strdup(spec->arena, value);
	return 0;
}

/* what podman writes for "no SELinux label" is what is there anyway */
static int set_label(struct spec *spec, const char *value, struct error *err)
{
	(void)spec;
	if (value && (strcmp(value, "disable") == 0 || strcmp(value, "nested") == 0))
		return 0;
	return error_set(err, "selinux", 0,
			 "--security-opt label=%s: nsrun sets no SELinux labels; only label=disable "
			 "can be had",
			 value ? value : "");
}

static int set_nested(struct spec *spec, const char *value, struct error *err)
{
	spec->nested = true;
	if (value && parse_bool(value, &spec->nested) < 0)
		return error_set(err, "usage", 0,
				 "--security-opt nested takes true or false, not '%s'", value);
	return 0;
}

/* ro:PATH,rw:PATH,... */
static int set_landlock(struct spec *spec, const char *value, struct error *err)
{
	const char *cursor = value, *rule;
	size_t length;

	while ((rule = parse_next_field(&cursor, ',', &length))) {
		bool known = length > 3 && rule[2] == ':' && rule[3] == '/' &&
			     (strncmp(rule, "ro", 2) == 0 || strncmp(rule, "rw", 2) == 0);
		struct landlock_rule *added;

		if (!known)
			return error_set(err, "usage", 0,
					 "--security-opt landlock= takes ro:PATH and rw:PATH, not "
					 "'%.*s'",
					 (int)length, rule);
		added = array_push(spec->arena, &spec->landlock);
		added->writable = rule[1] == 'w';
		added->path = path_normalize(
			spec->arena, arena_strndup(spec->arena, rule + 3, length - 3));
	}
	if (!value)
		return error_set(err, "usage", 0,
				 "--security-opt landlock= takes ro:PATH and rw:PATH");
	return 0;
}

int spec_add_security_opt(struct spec *spec, const char *text, struct error *err)
{
	static const struct {
		const char *name;
		int (*set)(struct spec *spec, const char *value, struct error *err);
	} options[] = {
		{ "no-new-privileges", set_no_new_privs },
		{ "seccomp", set_seccomp },
		{ "mask", set_mask },
		{ "unmask", set_unmask },
		{ "apparmor", set_apparmor },
		{ "label", set_label },
		{ "nested", set_nested },
		{ "landlock", set_landlock },
	};
	size_t length = strcspn(text, "=:"); /* docker also took a colon */
	const char *value = text[length] ? text + length + 1 : NULL;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (field_equals(text, length, options[i].name))
			return options[i].set(spec, value, err);
	return error_set(err, "usage", 0, "--security-opt has no '%.*s'", (int)length, text);
}
