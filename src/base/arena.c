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
#define TEXT_SIZE_MIN 64

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

static size_t rounded(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/* as it is: not zeroed */
static char *take(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	char *memory;

	if (!block || block->size - block->used < rounded(size))
		block = add_block(arena, rounded(size));
	memory = block->data + block->used;
	block->used += rounded(size);
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, rounded(size));
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
	struct arena_block *block = arena->blocks;
	size_t room = block ? block->size - block->used : 0;
	va_list again;
	size_t size;
	char *text;

	va_copy(again, ap);
	/* where take() will find room, so that most texts are formatted once */
	size = (size_t)vsnprintf(block ? block->data + block->used : NULL, room, format, ap) + 1;
	text = take(arena, size);
	if (room < rounded(size))
		vsnprintf(text, size, format, again);
	va_end(again);
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

static void grow(struct text *text, size_t size)
{
	char *bigger = arena_alloc(text->arena, size);

	if (text->s)
		memcpy(bigger, text->s, text->n);
	text->s = bigger;
	text->cap = size;
}

void text_add(struct text *text, const char *format, ...)
{
	va_list ap, again;
	size_t length;

	if (!text->s)
		grow(text, TEXT_SIZE_MIN);
	va_start(ap, format);
	va_copy(again, ap);
	length = (size_t)vsnprintf(text->s + text->n, text->cap - text->n, format, ap);
	if (text->n + length + 1 > text->cap) {
		grow(text, (text->n + length + 1) * 2);
		vsnprintf(text->s + text->n, length + 1, format, again);
	}
	text->n += length;
	va_end(again);
	va_end(ap);
}

const char *text_string(const struct text *text)
{
	return text->s ? text->s : "";
}
