#include "tests/check.h"

#include "core/arena.h"
#include "core/random.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_zero(size_t n, const unsigned char *bytes)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}

/* Random sizes from nothing to several chunks: aligned, zero, apart from each other, and what
 * is written stays. */
static void test_blocks(void **state)
{
    (void)state;
    enum { BLOCKS = 300 };
    pf_random random;
    pf_random_open(&random, 1, "blocks", "arena", 0);
    pf_arena *arena = pf_arena_new();
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t most = i % 50 == 49 ? 1000000 : 3000;
        sizes[i] = pf_random_index(&random, most);
        blocks[i] = PF_NEW(arena, unsigned char, sizes[i]);
        assert_int_equal((uintptr_t)blocks[i] % 64, 0);
        assert_true(is_zero(sizes[i], blocks[i]));
        memset(blocks[i], (int)(i % 255) + 1, sizes[i]);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(blocks[i][j], i % 255 + 1);
    pf_arena_free(arena);
    pf_arena_free(NULL);
}

/* After a release the arena gives the same place again, zeroed, and older blocks are whole. */
static void test_marks(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    char *kept = pf_copy_text(arena, "kept");
    pf_mark outer = pf_arena_mark(arena);
    unsigned char *first = PF_NEW(arena, unsigned char, 100);
    memset(first, 7, 100);
    pf_mark inner = pf_arena_mark(arena);
    for (size_t i = 0; i < 40; i++)
        memset(PF_NEW(arena, unsigned char, 50000), 9, 50000);
    pf_release(arena, inner);
    assert_int_equal(first[99], 7);
    memset(PF_NEW(arena, unsigned char, 5000000), 9, 5000000);
    pf_release(arena, outer);
    unsigned char *again = PF_NEW(arena, unsigned char, 100);
    assert_ptr_equal(again, first);
    assert_true(is_zero(100, again));
    assert_string_equal(kept, "kept");
    pf_arena_free(arena);
}

static void test_copies(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    double numbers[3] = {1, 2, 3}, *copy = pf_copy(arena, numbers, 3, sizeof *numbers);
    assert_ptr_not_equal(copy, numbers);
    assert_memory_equal(copy, numbers, sizeof numbers);
    assert_non_null(pf_copy(arena, NULL, 0, 8));
    assert_string_equal(pf_copy_text(arena, ""), "");
    assert_string_equal(pf_format(arena, "%s-%03d", "run", 7), "run-007");
    char *text = pf_format(arena, "%0200000d", 1);
    assert_int_equal(strlen(text), 200000);
    pf_arena_free(arena);
}

/* The signal that ends a child asking for this much, or 0. */
static int end_of_request(size_t count, size_t size)
{
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        (void)pf_alloc(pf_arena_new(), count, size);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_exhaustion(void **state)
{
    (void)state;
    assert_int_equal(end_of_request(SIZE_MAX / 8 + 2, 8), SIGABRT);
    assert_int_equal(end_of_request(SIZE_MAX, 1), SIGABRT);
    assert_int_equal(end_of_request(1, SIZE_MAX - 63), SIGABRT);
    assert_int_equal(end_of_request(8, 8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_exhaustion),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
