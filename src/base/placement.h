/* SPDX-License-Identifier: Apache-2.0 */
/* Where the linker puts functions. */
#ifndef NSRUN_BASE_PLACEMENT_H
#define NSRUN_BASE_PLACEMENT_H

/**
 * IDLE_LOOP - What a monitor runs through between two events, beside each other
 *
 * A page of the program that is touched is a page that each idle container costs; the linker puts
 * hot functions together, so that these are in few.
 */
#define IDLE_LOOP __attribute__((hot))

#endif
