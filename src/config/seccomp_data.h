/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What src/config/seccomp_generate.c puts into the binary: the texts of the built-in profiles and
 * the programs that they make for the usual capabilities.
 */
#ifndef NSRUN_CONFIG_SECCOMP_DATA_H
#define NSRUN_CONFIG_SECCOMP_DATA_H

#include "config/seccomp_profile.h"

/**
 * struct seccomp_variant - The default profile as a program
 * @capabilities: of those on which the profile depends, the ones that it was made for
 */
struct seccomp_variant {
	uint64_t capabilities;
	struct filter_options options;
	struct filter_program program;
};

/**
 * struct seccomp_data - What is built in
 * @profile, @nested, @fakeroot: JSON
 * @capabilities: the ones on which the default profile depends
 * @variants:     the first is for CAPABILITIES_DEFAULT and no option
 */
struct seccomp_data {
	const char *profile;
	const char *nested;
	const char *fakeroot;
	uint64_t capabilities;
	const struct seccomp_variant *variants;
	size_t n_variants;
};

const struct seccomp_data *seccomp_data(void);

#endif
