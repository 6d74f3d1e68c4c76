/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: everything a spec and its plan point to lives until the whole is dropped. Used before
 * clone3 only; nothing in init allocates.
 */
#ifndef NSRUN_BASE_ARENA_H
#define NSRUN_BASE_ARENA_H

#include "nsrun/types.h"

#include <stdarg.h>
#include <stddef.h>

/**
 * arena_alloc() - Zeroed memory that lives as long as the arena
 *
 * Must not: be called after clone3 (nothing has been created when it gives up).
 * Return:   never NULL: when memory is short it calls the arena's on_exhausted, which does not
 *           return.
 */
void *arena_alloc(struct arena *arena, size_t size);

char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

void *arena_array_push(struct arena *arena, void **v, size_t *n, size_t *cap, size_t size);

/** array_push() - A new zeroed element at the end of an NSRUN_ARRAY; never NULL. */
#define array_push(arena, array)                                                                   \
	((__typeof__((array)->v))arena_array_push((arena), (void **)&(array)->v, &(array)->n,      \
						  &(array)->cap, sizeof(*(array)->v)))

/**
 * struct text - A string that grows in an arena
 * @s: NUL-terminated, or NULL while nothing was added
 */
struct text {
	struct arena *arena;
	char *s;
	size_t n;
	size_t cap;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** text_string() - What was added so far, "" for nothing. */
const char *text_string(const struct text *text);

#endif
