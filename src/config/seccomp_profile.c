// SPDX-License-Identifier: Apache-2.0
/*
 * Reading a seccomp profile. Pure. A key that is unknown where it could be a condition is an error:
 * to overlook it would make the profile weaker than its author meant. Runs in: supervisor,
 * generator.
 */
#include "config/seccomp_profile.h"

#include "base/arena.h"
#include "base/parse.h"
#include "config/json.h"
#include "sys/capability.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#define ERRNO_MAX 4095 /* the kernel makes more of it this */

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* @format has one %s, for the word that is wrong */
#define invalid(err, format, word) error_set(err, "seccomp-profile", 0, format, word)

/* --- small things --- */

static int read_strings(struct arena *arena, const struct json_value *map, const char *key,
			nsrun_strings *strings, struct error *err)
{
	const struct json_value *list = json_member(map, key);

	if (!list)
		return 0;
	if (list->type != JSON_LIST)
		return invalid(err, "'%s' is not a list", key);
	for (const struct json_value *value = list->first; value; value = value->next) {
		if (value->type != JSON_STRING)
			return invalid(err, "'%s' has an element that is not a string", key);
		*array_push(arena, strings) = value->text;
	}
	return 0;
}

/* NULL when it is missing, or empty, which is the same for Go's programs */
static int read_string(const struct json_value *map, const char *key, const char **ret,
		       struct error *err)
{
	const struct json_value *value = json_member(map, key);

	*ret = NULL;
	if (!value)
		return 0;
	if (value->type != JSON_STRING)
		return invalid(err, "'%s' is not a string", key);
	if (*value->text)
		*ret = value->text;
	return 0;
}

static int check_keys(const struct json_value *map, const char *const *known, struct error *err)
{
	for (const struct json_value *value = map->first; value; value = value->next) {
		size_t i = 0;

		while (known[i] && strcmp(known[i], value->key) != 0)
			i++;
		if (!known[i])
			return invalid(err, "'%s' is not known to nsrun", value->key);
	}
	return 0;
}

/* --- actions --- */

static const struct {
	const char *name;
	uint32_t action;
	bool has_data; /* an errno, or a number for the tracer */
} actions[] = {
	{ "SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, false },
	{ "SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, false },
	{ "SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false },
	{ "SCMP_ACT_TRAP", SECCOMP_RET_TRAP, false },
	{ "SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, true },
	{ "SCMP_ACT_TRACE", SECCOMP_RET_TRACE, true },
	{ "SCMP_ACT_LOG", SECCOMP_RET_LOG, false },
	{ "SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, false },
};

static int errno_of(const char *name, uint32_t *ret)
{
	static const struct {
		const char *name;
		uint32_t number;
	} second_names[] = {
		{ "EWOULDBLOCK", EAGAIN },
		{ "EDEADLOCK", EDEADLK },
		{ "ENOTSUP", EOPNOTSUPP },
	};

	for (size_t i = 0; i < sizeof(second_names) / sizeof(second_names[0]); i++)
		if (strcmp(second_names[i].name, name) == 0)
			return *ret = second_names[i].number, 0;
	for (uint32_t number = 1; number <= EHWPOISON; number++) {
		const char *known = strerrorname_np((int)number);

		if (known && strcmp(known, name) == 0)
			return *ret = number, 0;
	}
	return -1;
}

/* The name wins, as containers/common has it; docker has only the number. */
static int read_errno(const struct json_value *map, const char *number_key, const char *name_key,
		      uint32_t *ret, struct error *err)
{
	const struct json_value *number = json_member(map, number_key);
	const char *name;
	uint64_t value = EPERM;

	if (number && (json_to_u64(number, &value) < 0 || value > ERRNO_MAX))
		return invalid(err, "'%s' is not a number from 0 to 4095", number_key);
	*ret = (uint32_t)value;
	if (read_string(map, name_key, &name, err) < 0)
		return -1;
	if (!name || (parse_u32(name, ret) == 0 && *ret <= ERRNO_MAX))
		return 0;
	return errno_of(name, ret) < 0 ? invalid(err, "there is no errno '%s'", name) : 0;
}

static int read_action(const struct json_value *map, const char *key, const char *number_key,
		       const char *name_key, uint32_t *ret, struct error *err)
{
	const char *name;
	uint32_t data = 0;

	if (read_string(map, key, &name, err) < 0 ||
	    read_errno(map, number_key, name_key, &data, err) < 0)
		return -1;
	if (!name)
		return invalid(err, "'%s' is missing", key);
	if (strcmp(name, "SCMP_ACT_NOTIFY") == 0)
		return error_set(err, "seccomp-notify", 0,
				 "'SCMP_ACT_NOTIFY' asks another process for each call, and nsrun "
				 "has none that could answer");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name, name) == 0) {
			*ret = actions[i].action | (actions[i].has_data ? data : 0);
			return 0;
		}
	return invalid(err, "there is no action '%s'", name);
}

/* --- conditions --- */

static const struct {
	const char *name;
	enum filter_operator op;
} operators[] = {
	{ "SCMP_CMP_NE", FILTER_NE },
	{ "SCMP_CMP_LT", FILTER_LT },
	{ "SCMP_CMP_LE", FILTER_LE },
	{ "SCMP_CMP_EQ", FILTER_EQ },
	{ "SCMP_CMP_GE", FILTER_GE },
	{ "SCMP_CMP_GT", FILTER_GT },
	{ "SCMP_CMP_MASKED_EQ", FILTER_MASKED_EQ },
};

static int read_operator(const struct json_value *map, enum filter_operator *ret, struct error *err)
{
	const char *name;

	if (read_string(map, "op", &name, err) < 0)
		return -1;
	for (size_t i = 0; name && i < sizeof(operators) / sizeof(operators[0]); i++)
		if (strcmp(operators[i].name, name) == 0)
			return *ret = operators[i].op, 0;
	return invalid(err, "there is no comparison '%s'", name ? name : "");
}

static int read_number(const struct json_value *map, const char *key, uint64_t *ret,
		       struct error *err)
{
	const struct json_value *value = json_member(map, key);

	*ret = 0;
	if (value && json_to_u64(value, ret) < 0)
		return invalid(err, "'%s' is not a whole number below 2^64", key);
	return 0;
}

static int read_condition(const struct json_value *map, struct filter_condition *condition,
			  struct error *err)
{
	static const char *const known[] = { "index", "value", "valueTwo", "op", NULL };
	uint64_t index;

	if (map->type != JSON_MAP)
		return invalid(err, "an element of '%s' is not a map", "args");
	if (check_keys(map, known, err) < 0 || read_number(map, "index", &index, err) < 0 ||
	    read_number(map, "value", &condition->value, err) < 0 ||
	    read_number(map, "valueTwo", &condition->value_two, err) < 0 ||
	    read_operator(map, &condition->op, err) < 0)
		return -1;
	if (index > 5)
		return invalid(err, "'%s' is not from 0 to 5", "index");
	condition->index = (uint32_t)index;
	return 0;
}

static int read_conditions(struct arena *arena, const struct json_value *map,
			   struct seccomp_rule *rule, struct error *err)
{
	const struct json_value *list = json_member(map, "args");

	if (!list)
		return 0;
	if (list->type != JSON_LIST)
		return invalid(err, "'%s' is not a list", "args");
	for (const struct json_value *value = list->first; value; value = value->next)
		if (value->type != JSON_NULL &&
		    read_condition(value, array_push(arena, &rule->conditions), err) < 0)
			return -1;
	return 0;
}

/* --- includes and excludes --- */

static uint64_t capability_of(const char *name)
{
	char buffer[32];

	for (int i = 0; i < 63; i++)
		if (strcmp(capability_name(i, buffer), name) == 0)
			return CAPABILITY(i);
	return SECCOMP_CAPABILITY_UNKNOWN;
}

/* "4.8": docker compares no more than these two */
static int read_kernel(const struct json_value *map, struct seccomp_gate *gate, struct error *err)
{
	uint64_t number[2];
	const char *text, *rest;
	size_t length;

	if (read_string(map, "minKernel", &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	rest = text;
	for (size_t i = 0; i < 2; i++) {
		const char *field = parse_next_field(&rest, '.', &length);

		if (!field || parse_decimal(field, length, UINT32_MAX, &number[i]) < 0)
			return invalid(err, "'%s' is no kernel version such as 4.8", text);
	}
	if (rest)
		return invalid(err, "'%s' is no kernel version such as 4.8", text);
	gate->has_kernel = true;
	gate->kernel = number[0] << 32 | number[1];
	return 0;
}

static int read_gate(struct arena *arena, const struct json_value *rule, const char *key,
		     struct seccomp_gate *gate, struct error *err)
{
	static const char *const known[] = { "caps", "arches", "minKernel", NULL };
	const struct json_value *map = json_member(rule, key);
	nsrun_strings caps = { 0 };

	if (!map)
		return 0;
	if (map->type != JSON_MAP)
		return invalid(err, "'%s' is not a map", key);
	if (check_keys(map, known, err) < 0 || read_strings(arena, map, "caps", &caps, err) < 0 ||
	    read_strings(arena, map, "arches", &gate->arches, err) < 0 ||
	    read_kernel(map, gate, err) < 0)
		return -1;
	for (size_t i = 0; i < caps.n; i++)
		gate->capabilities |= capability_of(caps.v[i]);
	return 0;
}

/* --- rules --- */

static int read_names(struct arena *arena, const struct json_value *map, nsrun_strings *names,
		      struct error *err)
{
	const char *name; /* before docker 1.13 a rule had one */

	if (read_string(map, "name", &name, err) < 0 ||
	    read_strings(arena, map, "names", names, err) < 0)
		return -1;
	if (name && names->n)
		return invalid(err, "a rule has both 'name' and '%s'", "names");
	if (name)
		*array_push(arena, names) = name;
	if (!names->n)
		return invalid(err, "a rule has no '%s'", "names");
	return 0;
}

static int read_rule(struct arena *arena, const struct json_value *map, struct seccomp_rule *rule,
		     struct error *err)
{
	static const char *const known[] = { "names", "name",	  "action",   "errnoRet", "errno",
					     "args",  "includes", "excludes", "comment",  NULL };

	if (map->type != JSON_MAP)
		return invalid(err, "an element of '%s' is not a map", "syscalls");
	if (check_keys(map, known, err) < 0 || read_names(arena, map, &rule->names, err) < 0 ||
	    read_action(map, "action", "errnoRet", "errno", &rule->action, err) < 0 ||
	    read_conditions(arena, map, rule, err) < 0 ||
	    read_gate(arena, map, "includes", &rule->includes, err) < 0 ||
	    read_gate(arena, map, "excludes", &rule->excludes, err) < 0)
		return -1;
	return 0;
}

static int read_rules(struct arena *arena, const struct json_value *json,
		      struct seccomp_profile *profile, struct error *err)
{
	const struct json_value *list = json_member(json, "syscalls");

	if (!list)
		return 0;
	if (list->type != JSON_LIST)
		return invalid(err, "'%s' is not a list", "syscalls");
	for (const struct json_value *value = list->first; value; value = value->next)
		if (read_rule(arena, value, array_push(arena, &profile->rules), err) < 0)
			return -1;
	return 0;
}

/* --- the rest --- */

static int read_arch_map(struct arena *arena, const struct json_value *list,
			 struct seccomp_profile *profile, struct error *err)
{
	if (list->type != JSON_LIST)
		return invalid(err, "'%s' is not a list", "archMap");
	for (const struct json_value *map = list->first; map; map = map->next) {
		const char *name;

		if (map->type != JSON_MAP)
			return invalid(err, "an element of '%s' is not a map", "archMap");
		if (read_string(map, "architecture", &name, err) < 0)
			return -1;
		if (name && strcmp(name, filter_architecture()) == 0)
			return read_strings(arena, map, "subArchitectures", &profile->architectures,
					    err);
	}
	return 0;
}

static int read_architectures(struct arena *arena, const struct json_value *json,
			      struct seccomp_profile *profile, struct error *err)
{
	const struct json_value *arch_map = json_member(json, "archMap");

	if (read_strings(arena, json, "architectures", &profile->architectures, err) < 0)
		return -1;
	if (!arch_map)
		return 0;
	if (profile->architectures.n)
		return invalid(err, "it has both 'architectures' and '%s'", "archMap");
	return read_arch_map(arena, arch_map, profile, err);
}

static int read_flags(struct arena *arena, const struct json_value *json,
		      struct seccomp_profile *profile, struct error *err)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} flags[] = {
		/* for the threads of the process that loads it: init has one */
		{ "SECCOMP_FILTER_FLAG_TSYNC", 0 },
		{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
		{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	};
	nsrun_strings names = { 0 };

	if (read_strings(arena, json, "flags", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		size_t f = 0;

		while (f < sizeof(flags) / sizeof(flags[0]) &&
		       strcmp(flags[f].name, names.v[i]) != 0)
			f++;
		if (f == sizeof(flags) / sizeof(flags[0]))
			return invalid(err, "there is no flag '%s'", names.v[i]);
		profile->flags |= flags[f].flag;
	}
	return 0;
}

int seccomp_profile_read(struct arena *arena, const struct json_value *json,
			 struct seccomp_profile **ret, struct error *err)
{
	struct seccomp_profile *profile = arena_alloc(arena, sizeof(*profile));

	if (json->type != JSON_MAP)
		return invalid(err, "%s is not a map", "it");
	if (json_member(json, "listenerPath"))
		return error_set(err, "seccomp-notify", 0,
				 "'listenerPath' names a process that nsrun would have to ask for "
				 "each call, which it does not do");
	if (read_action(json, "defaultAction", "defaultErrnoRet", "defaultErrno",
			&profile->default_action, err) < 0 ||
	    read_architectures(arena, json, profile, err) < 0 ||
	    read_flags(arena, json, profile, err) < 0 || read_rules(arena, json, profile, err) < 0)
		return -1;
	*ret = profile;
	return 0;
}

int seccomp_profile_parse(struct arena *arena, const char *json, size_t length,
			  struct seccomp_profile **ret, struct error *err)
{
	const struct json_value *value;
	char why[sizeof(err->text)];

	if (json_read(arena, json, length, &value, err) < 0) {
		memcpy(why, err->text, sizeof(why));
		return error_set(err, "seccomp-profile", 0, "%s", why);
	}
	return seccomp_profile_read(arena, value, ret, err);
}

uint64_t seccomp_profile_capabilities(const struct seccomp_profile *profile)
{
	uint64_t capabilities = 0;

	for (size_t i = 0; i < profile->rules.n; i++)
		capabilities |= profile->rules.v[i].includes.capabilities |
				profile->rules.v[i].excludes.capabilities;
	return capabilities;
}
