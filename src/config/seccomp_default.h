/* SPDX-License-Identifier: Apache-2.0 */
/* The default seccomp profile (src/config/seccomp_default.json). Runs in: supervisor. */
#ifndef NSRUN_CONFIG_SECCOMP_DEFAULT_H
#define NSRUN_CONFIG_SECCOMP_DEFAULT_H

#include "config/seccomp_compile.h"

/** seccomp_default_program() - For podman's eleven capabilities and no option; made at build time.
 */
const struct filter_program *seccomp_default_program(void);

/**
 * seccomp_default_compile() - For any capabilities and options
 * @capabilities: the payload's bounding set
 *
 * The usual ones were made at build time, too; only the others are compiled, into @arena.
 * Return: 0, or -1 with @err.
 */
int seccomp_default_compile(struct arena *arena, uint64_t capabilities,
			    const struct filter_options *options, struct filter_program *ret,
			    struct error *err);

#endif
