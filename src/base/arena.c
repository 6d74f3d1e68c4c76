// SPDX-License-Identifier: Apache-2.0
/* The arena. Runs in: supervisor, before clone3. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE_MIN ((size_t)4 * 1024)
#define BLOCK_SIZE_MAX ((size_t)32 * 1024)
#define ALIGNMENT  ((size_t)16)

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(16) char data[];
};

static struct arena_block *add_block(struct arena *arena, size_t size)
{
	struct arena_block *block;
	size_t wanted = arena->blocks ? 2 * arena->blocks->size : BLOCK_SIZE_MIN - sizeof(*block);

	if (wanted > BLOCK_SIZE_MAX)
		wanted = BLOCK_SIZE_MAX;
	if (size < wanted)
		size = wanted;
	block = malloc(sizeof(*block) + size);
	if (!block) {
		arena->on_exhausted();
		abort(); /* on_exhausted() must not return */
	}
	block->used = 0;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	size_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	char *memory;

	if (!block || block->size - block->used < rounded)
		block = add_block(arena, rounded);
	memory = block->data + block->used;
	block->used += rounded;
	memset(memory, 0, rounded);
	return memory;
}

void arena_free_all(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list ap)
{
	va_list measure;
	size_t size;
	char *text;

	va_copy(measure, ap);
	size = (size_t)vsnprintf(NULL, 0, format, measure) + 1;
	va_end(measure);
	text = arena_alloc(arena, size);
	vsnprintf(text, size, format, ap);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = arena_vprintf(arena, format, ap);
	va_end(ap);
	return text;
}

void *arena_array_push(struct arena *arena, void **v, size_t *n, size_t *cap, size_t size)
{
	if (*n == *cap) {
		size_t grown = *cap ? *cap * 2 : 4;
		void *bigger = arena_alloc(arena, grown * size);

		if (*n)
			memcpy(bigger, *v, *n * size);
		*v = bigger;
		*cap = grown;
	}
	return (char *)*v + size * (*n)++;
}

void text_add(struct text *text, const char *format, ...)
{
	va_list ap, measure;
	size_t length;

	va_start(ap, format);
	va_copy(measure, ap);
	length = (size_t)vsnprintf(NULL, 0, format, measure);
	va_end(measure);
	if (text->n + length + 1 > text->cap) {
		size_t grown = (text->n + length + 1) * 2;
		char *bigger = arena_alloc(text->arena, grown);

		if (text->n)
			memcpy(bigger, text->s, text->n);
		text->s = bigger;
		text->cap = grown;
	}
	vsnprintf(text->s + text->n, length + 1, format, ap);
	text->n += length;
	va_end(ap);
}

const char *text_string(const struct text *text)
{
	return text->s ? text->s : "";
}
