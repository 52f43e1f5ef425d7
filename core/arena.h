/* Memory: one arena per run; whatever a run made dies with it.
 *
 * Allocation never fails from the caller's point of view: when the system has no more memory
 * the arena writes one line to stderr and aborts. Blocks are zeroed and 64-byte aligned. */
#ifndef PF_CORE_ARENA_H
#define PF_CORE_ARENA_H

#include <stddef.h>

typedef struct pf_arena pf_arena;

/* A place in an arena to go back to. */
typedef struct pf_mark {
    void *chunk;
    size_t used;
} pf_mark;

pf_arena *pf_arena_new(void);

/* Frees every block. NULL is allowed. */
void pf_arena_free(pf_arena *arena);

/* count * size zeroed bytes; an overflowing product counts as out of memory. A request for
 * nothing returns a valid pointer to nothing. */
void *pf_alloc(pf_arena *arena, size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));

/* Typed form: double *x = PF_NEW(arena, double, n). A product stands in brackets, (n * K), or
 * clang-format takes it for a pointer. */
#define PF_NEW(arena, type, count) ((type *)pf_alloc((arena), (count), sizeof(type)))

/* Scratch: everything allocated after the mark is given back by pf_release. */
pf_mark pf_arena_mark(const pf_arena *arena);
void pf_release(pf_arena *arena, pf_mark mark);

/* Copies of text and of bytes that live as long as the arena. */
char *pf_copy_text(pf_arena *arena, const char *text);
void *pf_copy(pf_arena *arena, const void *bytes, size_t count, size_t size);

/* printf into the arena. */
char *pf_format(pf_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
