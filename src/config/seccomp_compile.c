// SPDX-License-Identifier: Apache-2.0
/*
 * Selecting a profile's rules by capabilities, architecture and kernel, and handing them to the
 * compiler. Runs in: supervisor, generator. Looks at nothing but the kernel's version.
 */
#include "config/seccomp_compile.h"

#include "base/arena.h"
#include "config/seccomp_data.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/** struct selection - Rules on their way from profiles into a source */
struct selection {
	struct arena *arena;
	uint64_t capabilities;
	uint64_t kernel;
	struct filter_source source;
};

static uint64_t running_kernel(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return 0;
	return (uint64_t)major << 32 | minor;
}

static bool contains(const nsrun_strings *strings, const char *wanted)
{
	for (size_t i = 0; i < strings->n; i++)
		if (strcmp(strings->v[i], wanted) == 0)
			return true;
	return false;
}

/* Excludes: any one keeps the rule out. Includes: all are needed. As docker decides. */
static bool applies(const struct selection *selection, const struct seccomp_rule *rule)
{
	const struct seccomp_gate *in = &rule->includes, *out = &rule->excludes;
	const char *arch = filter_go_architecture();

	if (contains(&out->arches, arch) || out->capabilities & selection->capabilities ||
	    (out->has_kernel && selection->kernel >= out->kernel))
		return false;
	return (!in->arches.n || contains(&in->arches, arch)) &&
	       (in->capabilities & selection->capabilities) == in->capabilities &&
	       (!in->has_kernel || selection->kernel >= in->kernel);
}

/* docker's runtimes: two conditions on one argument make each condition a rule of its own */
static bool must_split(const struct seccomp_rule *rule)
{
	uint32_t seen = 0;

	for (size_t i = 0; i < rule->conditions.n; i++) {
		uint32_t bit = 1U << rule->conditions.v[i].index;

		if (seen & bit)
			return true;
		seen |= bit;
	}
	return false;
}

static void add_rule(struct selection *selection, const struct seccomp_rule *rule, const char *name,
		     size_t first_condition, size_t n_conditions)
{
	*array_push(selection->arena, &selection->source.rules) = (struct filter_rule){
		.name = name,
		.action = rule->action,
		.conditions = n_conditions ? &rule->conditions.v[first_condition] : NULL,
		.n_conditions = n_conditions,
	};
}

static void add_name(struct selection *selection, const struct seccomp_rule *rule, const char *name)
{
	if (!must_split(rule))
		add_rule(selection, rule, name, 0, rule->conditions.n);
	else
		for (size_t i = 0; i < rule->conditions.n; i++)
			add_rule(selection, rule, name, i, 1);
}

/*
 * A name that is unknown here may be a call of a kernel to come. To leave it out is right for a
 * rule that allows; but for one that is stricter than the default action it would open what its
 * author closed.
 */
static int check_name(const struct selection *selection, const struct seccomp_rule *rule,
		      const char *name, struct error *err)
{
	if (filter_strictness(rule->action) >=
		    filter_strictness(selection->source.default_action) ||
	    filter_knows_syscall(name))
		return 0;
	error_set(err, "seccomp-unknown-syscall", 0,
		  "the profile denies '%s', which is no system call that nsrun knows", name);
	return error_set_arg(err, "%s", name);
}

static bool names_call(const struct seccomp_profile *profile, const char *name)
{
	for (size_t i = 0; profile && i < profile->rules.n; i++)
		if (contains(&profile->rules.v[i].names, name))
			return true;
	return false;
}

/* The rules that apply, but for calls that @instead speaks of. */
static int add_profile(struct selection *selection, const struct seccomp_profile *profile,
		       const struct seccomp_profile *instead, struct error *err)
{
	for (size_t i = 0; i < profile->rules.n; i++) {
		const struct seccomp_rule *rule = &profile->rules.v[i];

		if (!applies(selection, rule))
			continue;
		for (size_t n = 0; n < rule->names.n; n++) {
			if (names_call(instead, rule->names.v[n]))
				continue;
			if (check_name(selection, rule, rule->names.v[n], err) < 0)
				return -1;
			add_name(selection, rule, rule->names.v[n]);
		}
	}
	return 0;
}

static int add_overlay(struct selection *selection, const char *json, struct error *err)
{
	struct seccomp_profile *overlay;

	if (seccomp_profile_parse(selection->arena, json, strlen(json), &overlay, err) < 0)
		return -1;
	return add_profile(selection, overlay, NULL, err);
}

static void add_architectures(struct selection *selection, const struct seccomp_profile *profile,
			      bool compat32)
{
	for (size_t i = 0; i < profile->architectures.n; i++)
		*array_push(selection->arena, &selection->source.architectures) =
			profile->architectures.v[i];
	if (compat32 && filter_compat_architecture())
		*array_push(selection->arena, &selection->source.architectures) =
			filter_compat_architecture();
}

static int compile(struct arena *arena, const struct seccomp_profile *profile,
		   const struct seccomp_profile *nested, uint64_t capabilities,
		   const struct filter_options *options, struct filter_program *ret,
		   struct error *err)
{
	struct selection selection = {
		.arena = arena,
		.capabilities = capabilities & ~SECCOMP_CAPABILITY_UNKNOWN,
		.kernel = running_kernel(),
		.source.default_action = profile->default_action,
	};

	add_architectures(&selection, profile, options->compat32);
	/* of the rules about a call in general the first decides */
	if ((options->fakeroot && add_overlay(&selection, seccomp_data()->fakeroot, err) < 0) ||
	    (nested && add_profile(&selection, nested, NULL, err) < 0) ||
	    add_profile(&selection, profile, nested, err) < 0 ||
	    filter_compile(arena, &selection.source, ret, err) < 0)
		return -1;
	ret->flags = profile->flags;
	return 0;
}

int seccomp_compile(struct arena *arena, const struct seccomp_profile *profile,
		    uint64_t capabilities, const struct filter_options *options,
		    struct filter_program *ret, struct error *err)
{
	return compile(arena, profile, NULL, capabilities, options, ret, err);
}

int seccomp_compile_default(struct arena *arena, const struct seccomp_profile *profile,
			    uint64_t capabilities, const struct filter_options *options,
			    struct filter_program *ret, struct error *err)
{
	struct seccomp_profile *nested = NULL;
	const char *json = seccomp_data()->nested;

	if (options->nested && seccomp_profile_parse(arena, json, strlen(json), &nested, err) < 0)
		return -1;
	return compile(arena, profile, nested, capabilities, options, ret, err);
}
