/* SPDX-License-Identifier: Apache-2.0 */
/* From a profile to a program: which of its rules apply here. Runs in: supervisor, generator. */
#ifndef NSRUN_CONFIG_SECCOMP_COMPILE_H
#define NSRUN_CONFIG_SECCOMP_COMPILE_H

#include "config/seccomp_profile.h"

/**
 * seccomp_compile() - Make a program from a user's profile
 * @capabilities: the payload's bounding set, against which includes and excludes are decided
 *
 * Return: 0 and the program in @arena, or -1 with @err: seccomp-unknown-syscall for a denied name
 *         that nobody knows, seccomp-too-large.
 */
int seccomp_compile(struct arena *arena, const struct seccomp_profile *profile,
		    uint64_t capabilities, const struct filter_options *options,
		    struct filter_program *ret, struct error *err);

/** seccomp_compile_default() - The same for the default profile, of which @nested is a part. */
int seccomp_compile_default(struct arena *arena, const struct seccomp_profile *profile,
			    uint64_t capabilities, const struct filter_options *options,
			    struct filter_program *ret, struct error *err);

#endif
