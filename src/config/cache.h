/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of what nsrun remembers between two runs; losing it costs time and nothing else. */
#ifndef NSRUN_CONFIG_CACHE_H
#define NSRUN_CONFIG_CACHE_H

/**
 * cache_open() - $XDG_CACHE_HOME/nsrun or ~/.cache/nsrun, made if it is missing
 *
 * Runs in: supervisor. Return: a descriptor, or -1 where there is none that nobody else can write.
 */
int cache_open(void);

#endif
