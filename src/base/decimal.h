/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as digits, for what each start writes many of. */
#ifndef NSRUN_BASE_DECIMAL_H
#define NSRUN_BASE_DECIMAL_H

#include <stdint.h>

#define DECIMAL_U32_SIZE 11 /* 4294967295 and the NUL */

/**
 * decimal_u32() - Write a number and a NUL
 *
 * Runs in: any process; allocates nothing and touches no memory of stdio's.
 * Return:  the place of the NUL.
 */
char *decimal_u32(char *ret_text, uint32_t value);

#endif
