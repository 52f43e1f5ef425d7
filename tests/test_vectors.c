/* Lists of vectors: what a row is, and in which words a file is refused. */
#include "check.h"

#include "problems/model/vectors.h"

#include <stdlib.h>
#include <unistd.h>

static char path[32];
static pf_arena *arena;

static int open_file(void **state)
{
    (void)state;
    strcpy(path, "/tmp/prefront-test-XXXXXX");
    int descriptor = mkstemp(path);
    arena = pf_arena_new();
    return descriptor < 0 ? -1 : close(descriptor);
}

static int close_file(void **state)
{
    (void)state;
    pf_arena_free(arena);
    return unlink(path);
}

static void put(const char *text)
{
    put_file(path, strlen(text), text);
}

static void rows_are_read_past_comments_and_blanks(void **state)
{
    (void)state;
    pf_vectors v;
    pf_error error;
    put("# a title\n\n 1\t-2.5 1e3 # tail\r\n   \n4 5 6");
    assert_ok(pf_vectors_read(path, arena, &v, &error), &error);
    assert_int_equal(v.n, 2);
    assert_int_equal(v.K, 3);
    assert_memory_equal(v.at, ((double[]){1, -2.5, 1e3, 4, 5, 6}), 6 * sizeof(double));
}

/* More numbers than any buffer that is doubled on the way. */
static void long_lists_are_kept_whole(void **state)
{
    (void)state;
    pf_vectors v;
    pf_error error;
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    for (int i = 0; i < 5000; i++)
        fprintf(stream, "%d %d %d\n", i, 2 * i, -i);
    assert_int_equal(fclose(stream), 0);
    assert_ok(pf_vectors_read(path, arena, &v, &error), &error);
    assert_int_equal(v.n, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_true(v.at[3 * i] == (double)i && v.at[3 * i + 2] == -(double)i);
}

static void what_is_no_list_is_refused(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"", ": there is no vector in it"},
        {"# only words\n\n", ": there is no vector in it"},
        {"1 2\n3\n", ":2: 1 numbers where 2 are expected"},
        {"1 2\n\n3 4 5\n", ":3: 3 numbers where 2 are expected"},
        {"1 two\n", ":1: 'two' is no finite number"},
        {"1 2\n3 nan\n", ":2: 'nan' is no finite number"},
        {"1,2\n", ":1: '1,2' is no finite number"},
        {"1e999 2\n", ":1: '1e999' is no finite number"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pf_vectors v;
        pf_error error;
        char words[96];
        snprintf(words, sizeof words, "%s%s", path, texts[i][1]);
        put(texts[i][0]);
        assert_fails(pf_vectors_read(path, arena, &v, &error), PF_INVALID, &error, words);
    }
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
    (void)state;
    pf_vectors v;
    pf_error error;
    assert_fails(pf_vectors_read("/nowhere/list.txt", arena, &v, &error), PF_IO, &error,
                 "/nowhere/list.txt: No such file or directory");
    assert_fails(pf_vectors_read("/tmp", arena, &v, &error), PF_IO, &error,
                 "/tmp: Is a directory");
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, open_file, close_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(rows_are_read_past_comments_and_blanks),
        WITH_FILE(long_lists_are_kept_whole),
        WITH_FILE(what_is_no_list_is_refused),
        WITH_FILE(a_file_that_cannot_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
