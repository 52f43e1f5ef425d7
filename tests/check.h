/* Assertions in the project's words, shared by every test. */
#ifndef PF_TESTS_CHECK_H
#define PF_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/status.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* |actual - wanted| <= absolute + relative |wanted|; both are printed when not. */
static inline void check_close(double actual, double wanted, double absolute, double relative,
                               const char *what, const char *file, int line)
{
    if (actual == wanted || fabs(actual - wanted) <= absolute + relative * fabs(wanted))
        return;
    print_error("%s = %.17g, wanted %.17g (difference %.3g, allowed %.3g)\n", what, actual,
                wanted, actual - wanted, absolute + relative * fabs(wanted));
    _fail(file, line);
}

/* Absolute tolerance. */
#define assert_close(actual, wanted, tolerance)                                                \
    check_close((actual), (wanted), (tolerance), 0, #actual, __FILE__, __LINE__)

/* Relative tolerance. */
#define assert_near(actual, wanted, tolerance)                                                 \
    check_close((actual), (wanted), 0, (tolerance), #actual, __FILE__, __LINE__)

static inline void check_status(pf_status actual, pf_status wanted, const pf_error *error,
                                const char *file, int line)
{
    if (actual == wanted)
        return;
    print_error("status %s, wanted %s: %s\n", pf_status_word(actual), pf_status_word(wanted),
                error->text);
    _fail(file, line);
}

/* The call ends in PF_OK; prints the error's sentence when not. */
#define assert_ok(call, error) check_status((call), PF_OK, (error), __FILE__, __LINE__)

/* The call fails with this status, and its sentence contains these words. */
#define assert_fails(call, status, error, words)                                               \
    do {                                                                                       \
        check_status((call), (status), (error), __FILE__, __LINE__);                           \
        if (!strstr((error)->text, (words))) {                                                 \
            print_error("\"%s\" does not say \"%s\"\n", (error)->text, (words));               \
            _fail(__FILE__, __LINE__);                                                         \
        }                                                                                      \
    } while (0)

/* Makes a file of these bytes. */
static inline void put_file(const char *path, size_t size, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

#endif
