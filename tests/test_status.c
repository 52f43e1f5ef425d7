#include "tests/check.h"

/* Words read back, and every status that ends a command ends it with its documented code. */
static void test_words(void **state)
{
    (void)state;
    for (int i = 0; i < PF_STATUS_COUNT; i++) {
        pf_status status = (pf_status)i;
        assert_int_equal(pf_status_of_word(pf_status_word(status)), status);
        assert_true(strlen(pf_status_sentence(status)) > 0);
    }
    assert_int_equal(pf_status_of_word("nonsense"), PF_STATUS_COUNT);
    assert_int_equal(pf_status_exit(PF_OK), 0);
    assert_int_equal(pf_status_exit(PF_INVALID), 2);
    assert_int_equal(pf_status_exit(PF_IO), 2);
    assert_int_equal(pf_status_exit(PF_SEPARABLE), 1);
    assert_int_equal(pf_status_exit(PF_INFEASIBLE), 1);
}

static pf_status fail_at(int depth, pf_error *error)
{
    if (depth == 0)
        return pf_fail(error, PF_IO, "file %s, line %d", "a.json", 3);
    PF_TRY(fail_at(depth - 1, error));
    return pf_fail(error, PF_INVALID, "a failure did not stop the caller");
}

/* The first failure writes the sentence and reaches the top unchanged. */
static void test_passing_up(void **state)
{
    (void)state;
    pf_error error;
    assert_fails(fail_at(5, &error), PF_IO, &error, "file a.json, line 3");
}

static void test_long_sentence(void **state)
{
    (void)state;
    pf_error error;
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(pf_fail(&error, PF_INVALID, "%s", text), PF_INVALID);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

/* One line of UTF-8, whatever the file is called and wherever the buffer ends. */
static void test_odd_names(void **state)
{
    (void)state;
    pf_error error;
    pf_fail(&error, PF_IO, "cannot read %s", "a\nb\xff");
    assert_string_equal(error.text, "cannot read a?b?");
    char text[3000] = "";
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    pf_fail(&error, PF_IO, "%s", text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_string_equal(error.text + sizeof error.text - 4, "\xc3\xa9?"); /* the cut one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_passing_up),
        cmocka_unit_test(test_long_sentence),
        cmocka_unit_test(test_odd_names),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
