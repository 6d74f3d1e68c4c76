/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seccomp profile in docker's JSON format, as it was written: nothing has been selected yet. The
 * OCI runtime specification's "linux.seccomp" is the same format without conditions. Runs in:
 * supervisor, and in the generator at build time.
 */
#ifndef NSRUN_CONFIG_SECCOMP_PROFILE_H
#define NSRUN_CONFIG_SECCOMP_PROFILE_H

#include "nsrun/error.h"
#include "nsrun/types.h"
#include "sys/filter.h"

struct json_value;

/**
 * struct seccomp_gate - "includes" or "excludes" of a rule
 * @capabilities: CAPABILITY() of each; a name that nobody knows is SECCOMP_CAPABILITY_UNKNOWN
 * @arches:       in docker's words ("amd64")
 * @has_kernel:   whether there is a minKernel, @kernel being major << 32 | minor
 */
struct seccomp_gate {
	uint64_t capabilities;
	nsrun_strings arches;
	bool has_kernel;
	uint64_t kernel;
};

/** SECCOMP_CAPABILITY_UNKNOWN - A capability that no process has. */
#define SECCOMP_CAPABILITY_UNKNOWN ((uint64_t)1 << 63)

/** struct seccomp_rule - One element of "syscalls" */
struct seccomp_rule {
	nsrun_strings names;
	uint32_t action; /* SECCOMP_RET_*, with the errno */
	NSRUN_ARRAY(struct filter_condition) conditions;
	struct seccomp_gate includes;
	struct seccomp_gate excludes;
};

/**
 * struct seccomp_profile - A profile
 * @architectures: further ABIs that it covers on this machine ("SCMP_ARCH_X86")
 * @flags:         SECCOMP_FILTER_FLAG_*
 */
struct seccomp_profile {
	uint32_t default_action;
	nsrun_strings architectures;
	uint32_t flags;
	NSRUN_ARRAY(struct seccomp_rule) rules;
};

/**
 * struct filter_options - What changes a profile as a whole
 * @nested:   containers inside may be made: the rules of seccomp_nested.json stand in for the
 * default profile's about the same calls. A user's own profile says itself what it allows.
 * @fakeroot: calls that one single id cannot do answer that they were done: the rules of
 *            seccomp_fakeroot.json stand before those of any profile. It makes nothing possible.
 * @compat32: the native architecture's 32-bit ABI, too, if the profile does not name it anyway
 */
struct filter_options {
	bool nested;
	bool fakeroot;
	bool compat32;
};

/**
 * seccomp_profile_parse() - Read a profile
 *
 * Pure. Return: 0, or -1 with @err: seccomp-profile, or seccomp-notify for a profile that wants
 * another process to answer.
 */
int seccomp_profile_parse(struct arena *arena, const char *json, size_t length,
			  struct seccomp_profile **ret, struct error *err);

/** seccomp_profile_read() - The same from JSON that is a part of a larger text. */
int seccomp_profile_read(struct arena *arena, const struct json_value *json,
			 struct seccomp_profile **ret, struct error *err);

/** seccomp_profile_capabilities() - The capabilities on which some rule depends. */
uint64_t seccomp_profile_capabilities(const struct seccomp_profile *profile);

#endif
