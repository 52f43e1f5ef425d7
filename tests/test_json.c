/* Numbers leave as JSON with the same bits, and what is not a number leaves as null. */
#include "tests/check.h"

#include "bench/json.h"
#include "solvers/solver.h"

#include <stdlib.h>

static char *written(json_t *document)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    assert_int_equal(pf_json_write(document, stream), 0);
    fclose(stream);
    return text;
}

static void assert_written(json_t *document, const char *wanted)
{
    char *text = written(document);
    assert_string_equal(text, wanted);
    free(text);
}

static void reals_are_written(void **state)
{
    (void)state;
    const double values[] = {-0.0, 1, 0.1, NAN, -INFINITY};
    assert_written(pf_json_reals(5, values), "[0.0, 1.0, 0.10000000000000001, null, null]\n");
    assert_written(pf_json_reals(3, NULL), "null\n");
    assert_written(pf_json_matrix(2, 1, values), "[[0.0], [1.0]]\n");
    assert_written(pf_json_matrix(2, 2, NULL), "null\n");
}

static void texts_are_written(void **state)
{
    (void)state;
    assert_written(pf_json_text("d\xc3\xa9j\xc3\xa0 \"vu\"\n"),
                   "\"d\xc3\xa9j\xc3\xa0 \\\"vu\\\"\\n\"\n");
    assert_written(pf_json_text("a\xff.json"), "\"a?.json\"\n");
    assert_written(pf_json_text(NULL), "null\n");
}

/* 17 significant digits are enough for every double (IEEE 754). */
static void reals_read_back(void **state)
{
    (void)state;
    pf_random random;
    pf_random_open(&random, 1, "test", "json", 0);
    for (int i = 0; i < 2000; i++) {
        double value =
            ldexp(pf_random_uniform(&random) - 0.5, (int)pf_random_index(&random, 600) - 300);
        char *text = written(pf_json_real(value));
        assert_true(strtod(text, NULL) == value);
        free(text);
    }
}

typedef struct everything {
    bool flag;
    int64_t count;
    double rate;
    int which;
    const char *word;
    pf_reals list;
    pf_amounts amounts;
} everything;

static const pf_option everything_options[] = {
    PF_OPTION_BOOL(everything, flag, "true", "a flag"),
    PF_OPTION_INTEGER(everything, count, "3", 0, 9, "a count"),
    PF_OPTION_REAL(everything, rate, "0.5", 0, 1, "a rate"),
    PF_OPTION_CHOICE(everything, which, "b", "a|b", "a choice"),
    PF_OPTION_WORD(everything, word, "w", "a word"),
    PF_OPTION_REALS(everything, list, "", 0, 1, "a list"),
    PF_OPTION_AMOUNTS(everything, amounts, "1/50%", 0, 1, "amounts"),
};

static void options_keep_their_kinds(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    everything options = {0};
    const pf_spec spec = {.name = "x"};
    assert_ok(pf_options_read("x", 7, everything_options, &spec, &options, arena, &error),
              &error);
    assert_written(
        pf_json_options(7, everything_options, &options),
        "{\"flag\": true, \"count\": 3, \"rate\": 0.5, \"which\": \"b\", \"word\": \"w\", "
        "\"list\": [], \"amounts\": [1.0, \"50%\"]}\n");
    pf_arena_free(arena);
}

static void a_full_stream_is_told(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        skip();
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(pf_json_write(pf_json_real(1), full), -1);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reals_are_written),     cmocka_unit_test(texts_are_written),
        cmocka_unit_test(reals_read_back),       cmocka_unit_test(options_keep_their_kinds),
        cmocka_unit_test(a_full_stream_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
