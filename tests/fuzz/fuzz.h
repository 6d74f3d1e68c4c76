/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets have in common. A target has one function, LLVMFuzzerTestOneInput(); it
 * ends the process by abort() where something does not hold. It is built with libFuzzer, or with
 * replay.c by any compiler.
 */
#ifndef NSRUN_TESTS_FUZZ_H
#define NSRUN_TESTS_FUZZ_H

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** REQUIRE - What must hold for every input. */
#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#define FUZZ_ARENA ((struct arena){ .on_exhausted = abort })

/* one byte of the input, or 0 at its end */
__attribute__((unused)) static uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
	if (*size == 0)
		return 0;
	(*size)--;
	return *(*data)++;
}

__attribute__((unused)) static uint32_t fuzz_u32(const uint8_t **data, size_t *size)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | fuzz_byte(data, size);
	return value;
}

#endif
