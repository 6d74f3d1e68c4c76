/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user's own seccomp profile, and the programs made of them, kept under $XDG_CACHE_HOME/nsrun or
 * ~/.cache/nsrun. The cache saves time and is never needed: whatever is wrong with it is passed
 * over. Runs in: supervisor.
 */
#ifndef NSRUN_CONFIG_SECCOMP_CACHE_H
#define NSRUN_CONFIG_SECCOMP_CACHE_H

#include "config/seccomp_compile.h"

/**
 * seccomp_load_file() - Make a program from a profile in a file
 * @path:         the user's, on the host
 * @capabilities: the payload's bounding set
 *
 * An entry of the cache holds all that its program was made from, profile included, and is used
 * only when that is the same, byte by byte: no hash can be made to collide. Return: 0 and the
 * program in @arena, or -1 with @err: seccomp-file, or as seccomp_compile().
 */
int seccomp_load_file(struct arena *arena, const char *path, uint64_t capabilities,
		      const struct filter_options *options, struct filter_program *ret,
		      struct error *err);

#endif
