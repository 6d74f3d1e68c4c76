/* SPDX-License-Identifier: Apache-2.0 */
/* The id helper's own image in memory. Runs in: id helper, before its filter, which forbids mprotect(2). */
#ifndef NSRUN_NEWIDMAP_IMAGE_H
#define NSRUN_NEWIDMAP_IMAGE_H

#include <stdbool.h>

/**
 * image_seal() - Make read-only what only the relocation wrote (PT_GNU_RELRO)
 *
 * The GNU C library has done that before main(); musl leaves a static program's writable.
 * Return: whether the kernel did it; true where there is nothing of the kind.
 */
bool image_seal(void);

#endif
