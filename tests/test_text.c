#include "tests/check.h"

#include "core/random.h"
#include "core/text.h"

#include <float.h>
#include <stdlib.h>

static const double special[] = {
    0.1,  1.0 / 3, 0x1p-1074, 0x1p-1022, DBL_MAX,    -2.5e-9,           123456789,
    1e22, 1e23,    0.3,       5e-324,    4503599.25, 9007199254740993.0};

static void check_round_trip(double value)
{
    char text[PF_NUMBER_SIZE];
    double back;
    assert_true(pf_read_number(pf_number(value, text), &back));
    assert_memory_equal(&back, &value, sizeof value);
    size_t whole = strlen(text);
    assert_true(pf_read_number(pf_short_number(value, text), &back));
    assert_memory_equal(&back, &value, sizeof value);
    assert_true(strlen(text) <= whole || value == floor(value));
}

static void test_numbers_round_trip(void **state)
{
    (void)state;
    pf_random random;
    pf_random_open(&random, 1, "round-trip", "text", 0);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        check_round_trip(special[i]);
    for (size_t i = 0; i < 20000; i++)
        check_round_trip(ldexp(pf_random_uniform(&random) - 0.5,
                               (int)pf_random_index(&random, 2098) - 1074) +
                         0x1p-1074);
}

static void test_number_forms(void **state)
{
    (void)state;
    char text[PF_NUMBER_SIZE];
    assert_string_equal(pf_number(0.1, text), "0.10000000000000001");
    assert_string_equal(pf_short_number(0.1, text), "0.1");
    assert_string_equal(pf_number(-0.0, text), "0");
    assert_string_equal(pf_short_number(-0.0, text), "0");
    assert_string_equal(pf_short_number(-1e300, text), "-1e+300");
    assert_string_equal(pf_short_number(100, text), "100");
    assert_string_equal(pf_short_number(10000, text), "10000");
    assert_string_equal(pf_short_number(-1e7, text), "-10000000");
    assert_string_equal(pf_short_number(1e-6, text), "1e-06");
}

static void test_read_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    " 1",    "1 ",   "1x",  "nan",
                                      "inf", "1e999", "-inf", "0,5", "--1"};
    double value;
    assert_true(pf_read_number("-2.5e-1", &value) && value == -0.25);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (pf_read_number(bad[i], &value))
            fail_msg("'%s' was read as %g", bad[i], value);
}

static void test_read_integer(void **state)
{
    (void)state;
    static const char *const bad[] = {"",  " 1",  "1.0", "1e3", "9223372036854775808",
                                      "-", "0x10"};
    int64_t value;
    assert_true(pf_read_integer("-9223372036854775808", &value) && value == INT64_MIN);
    assert_true(pf_read_integer("010", &value) && value == 10);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (pf_read_integer(bad[i], &value))
            fail_msg("'%s' was read as %lld", bad[i], (long long)value);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const words[] = {"threshold", "tau", "lag", "stages", "method", "dpo"};
    static const struct {
        const char *typed, *meant;
    } cases[] = {
        {"treshold", "threshold"},
        {"threshhold", "threshold"},
        {"thre", "threshold"},
        {"tua", "tau"},
        {"stage", "stages"},
        {"dpo", "dpo"},
        {"metod", "method"},
        {"temperature", NULL},
        {"x", NULL},
        {"", NULL},
        {"zzz", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest = pf_nearest(cases[i].typed, 6, words);
        if (!cases[i].meant)
            assert_null(nearest);
        else
            assert_string_equal(nearest ? nearest : "nothing", cases[i].meant);
    }
    char long_word[200];
    memset(long_word, 't', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    assert_null(pf_nearest(long_word, 6, words));
    assert_null(pf_nearest("tau", 0, NULL));
}

static void check_clean(const char *text, const char *wanted)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", text);
    assert_string_equal(pf_clean_text(copy), wanted);
}

/* Good UTF-8 is kept, of every length; what would break a line or a reader is a '?' a byte. */
static void test_clean(void **state)
{
    (void)state;
    check_clean("", "");
    check_clean("plain ~", "plain ~");
    check_clean("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
                "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    check_clean("a\nb\tc\x1b[31m\x7f", "a?b?c?[31m?");
    check_clean("\xff\x80", "??");
    check_clean("\xc0\xaf", "??");           /* overlong */
    check_clean("\xed\xa0\x80", "???");      /* a surrogate */
    check_clean("\xf4\x90\x80\x80", "????"); /* above U+10FFFF */
    check_clean("\xe2\x82", "??");           /* cut */
    check_clean("\xe2\x82x", "??x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_number_forms),
        cmocka_unit_test(test_read_number),
        cmocka_unit_test(test_read_integer),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_clean),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
