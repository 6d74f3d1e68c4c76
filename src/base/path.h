/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as texts. Pure; looks at no file system. */
#ifndef NSRUN_BASE_PATH_H
#define NSRUN_BASE_PATH_H

#include "nsrun/types.h"

/**
 * path_normalize() - An absolute path without "//", "/./", "/../" and a final "/"
 * @path: an absolute path; ".." at the root stays at the root
 *
 * Return: the text in @arena ("/" for the root).
 */
char *path_normalize(struct arena *arena, const char *path);

/** path_join() - @path itself when it is absolute, else "@directory/@path"; normalised. */
char *path_join(struct arena *arena, const char *directory, const char *path);

/** path_is_below() - Whether @path is @directory or below it; both normalised. */
bool path_is_below(const char *path, const char *directory);

/** path_depth() - Number of components of a normalised path; 0 for "/". */
size_t path_depth(const char *path);

#endif
