/* The arena of a test file: opened before and freed after each test, or all of them. */
#ifndef PF_TESTS_ARENA_H
#define PF_TESTS_ARENA_H

#include "tests/check.h"

#include "core/arena.h"

static pf_arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = pf_arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    pf_arena_free(arena);
    return 0;
}

#endif
