#include "core/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, FIRST_CHUNK = 1 << 16 };

typedef struct chunk {
    struct chunk *previous;
    size_t size; /* usable bytes after the header */
    size_t used;
    unsigned char *bytes; /* aligned */
} chunk;

struct pf_arena {
    chunk *last;
};

static void arena_exhausted(size_t count, size_t size)
{
    fprintf(stderr, "prefront: out of memory (%zu x %zu bytes)\n", count, size);
    abort();
}

static chunk *arena_chunk(chunk *previous, size_t size)
{
    chunk *fresh = malloc(sizeof *fresh);
    unsigned char *bytes = aligned_alloc(ALIGNMENT, size);
    if (!fresh || !bytes)
        arena_exhausted(1, size);
    *fresh = (chunk){.previous = previous, .size = size, .bytes = bytes};
    return fresh;
}

pf_arena *pf_arena_new(void)
{
    pf_arena *arena = malloc(sizeof *arena);
    if (!arena)
        arena_exhausted(1, sizeof *arena);
    arena->last = arena_chunk(NULL, FIRST_CHUNK);
    return arena;
}

static void arena_pop(pf_arena *arena)
{
    chunk *gone = arena->last;
    arena->last = gone->previous;
    free(gone->bytes);
    free(gone);
}

void pf_arena_free(pf_arena *arena)
{
    if (!arena)
        return;
    while (arena->last)
        arena_pop(arena);
    free(arena);
}

void *pf_alloc(pf_arena *arena, size_t count, size_t size)
{
    size_t wanted;
    if (__builtin_mul_overflow(count, size, &wanted) || wanted > SIZE_MAX / 2)
        arena_exhausted(count, size);
    size_t rounded = (wanted + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    chunk *last = arena->last;
    if (rounded > last->size - last->used) {
        size_t grown = last->size < ((size_t)1 << 26) ? 2 * last->size : last->size;
        arena->last = last = arena_chunk(last, rounded > grown ? rounded : grown);
    }
    void *block = last->bytes + last->used;
    last->used += rounded;
    return memset(block, 0, rounded);
}

pf_mark pf_arena_mark(const pf_arena *arena)
{
    return (pf_mark){arena->last, arena->last->used};
}

void pf_release(pf_arena *arena, pf_mark mark)
{
    while (arena->last != mark.chunk)
        arena_pop(arena);
    arena->last->used = mark.used;
}

char *pf_copy_text(pf_arena *arena, const char *text)
{
    return pf_copy(arena, text, strlen(text) + 1, 1);
}

void *pf_copy(pf_arena *arena, const void *bytes, size_t count, size_t size)
{
    void *block = pf_alloc(arena, count, size);
    if (count * size > 0)
        memcpy(block, bytes, count * size);
    return block;
}

char *pf_format(pf_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = pf_alloc(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
