#include "tests/check.h"

#include "core/kernels.h"
#include "tests/draws.h"

#include <float.h>

static pf_random open_random(const char *purpose)
{
    pf_random random;
    pf_random_open(&random, 20240607, purpose, "elementary", 0);
    return random;
}

static void assert_bits(double actual, double wanted, const char *what, double at)
{
    uint64_t actual_bits, wanted_bits;
    memcpy(&actual_bits, &actual, sizeof actual);
    memcpy(&wanted_bits, &wanted, sizeof wanted);
    if (actual_bits != wanted_bits)
        fail_msg("%s at %a: %a, wanted %a", what, at, actual, wanted);
}

/* Elementary functions: a number, an array, and the C library in long double as the judge. */

static long double sigmoid_long(long double x)
{
    return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x));
}

static long double softplus_long(long double x)
{
    return (x > 0 ? x : 0) + log1pl(expl(-fabsl(x)));
}

static const struct function {
    const char *name;
    double (*one)(double x);
    void (*array)(size_t n, const double *x, double *out);
    long double (*exact)(long double x);
    double low, high; /* where it is neither constant nor undefined */
    double allowed;   /* units in the last place */
} functions[] = {
    {"exp", pf_exp1, pf_exp, expl, -746, 710, 1.5},
    {"log", pf_log1, pf_log, logl, 0, 4, 1.5},
    {"log1p", pf_log1p1, pf_log1p, log1pl, -1, 3, 1.5},
    {"sigmoid", pf_sigmoid1, pf_sigmoid, sigmoid_long, -746, 40, 2.5},
    {"softplus", pf_softplus1, pf_softplus, softplus_long, -746, 40, 2.5},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions, DRAWS = 100000 };

static const double special[] = {0.0,
                                 -0.0,
                                 0x1p-1074,
                                 -0x1p-1074,
                                 0x1.fffffffffffffp-1023,
                                 0x1p-1022,
                                 -0x1p-1022,
                                 0x1p-54,
                                 -0x1p-54,
                                 1,
                                 -1,
                                 0x1.0000000000001p0,
                                 0x1.fffffffffffffp-1,
                                 -0x1.fffffffffffffp-1,
                                 0x1.6a09e667f3bcdp-1,
                                 0x1.6a09e667f3bccp-1,
                                 0x1.6a09e667f3bcdp0,
                                 0x1.a827999fcef32p-2,
                                 0x1.a827999fcef34p-2,
                                 0x1.62e42fefa39efp9,
                                 0x1.62e42fefa39f0p9,
                                 -0x1.6232bdd7abcd2p9,
                                 -0x1.6232bdd7abcd3p9,
                                 -0x1.74910d52d3051p9,
                                 -0x1.74910d52d3052p9,
                                 -745.9,
                                 -746.1,
                                 709.9,
                                 710.1,
                                 0x1p53,
                                 0x1p54,
                                 1e300,
                                 -1e300,
                                 0x1.6a09e667f3bcep1023,
                                 DBL_MAX,
                                 -DBL_MAX,
                                 (double)INFINITY,
                                 -(double)INFINITY,
                                 (double)NAN};
enum { SPECIALS = sizeof special / sizeof *special };

/* |actual - wanted| in units in the last place of a double of the size of `wanted`. */
static double ulps(double actual, long double wanted)
{
    if (isnan(wanted) || isnan(actual))
        return isnan(wanted) && isnan(actual) ? 0 : (double)INFINITY;
    if (actual == (double)wanted)
        return (double)wanted == 0 && !signbit(actual) != !signbit(wanted) ? (double)INFINITY
                                                                           : 0;
    int exponent;
    (void)frexp((double)wanted, &exponent);
    double unit = ldexp(1, exponent > -1021 ? exponent - 53 : -1074);
    return (double)(fabsl((long double)actual - wanted) / unit);
}

static void check_accuracy(const struct function *f, double x)
{
    double error = ulps(f->one(x), f->exact((long double)x));
    if (!(error <= f->allowed))
        fail_msg("%s(%a) = %a, wanted %.20Lg: %g ulp", f->name, x, f->one(x),
                 f->exact((long double)x), error);
}

static void test_elementary_accuracy(void **state)
{
    (void)state;
    pf_random random = open_random("accuracy");
    for (size_t k = 0; k < FUNCTIONS; k++) {
        for (size_t i = 0; i < SPECIALS; i++)
            check_accuracy(&functions[k], special[i]);
        for (size_t i = 0; i < DRAWS; i++) {
            double scaled =
                ldexp(draw_between(&random, -1, 1), (int)pf_random_index(&random, 2098) - 1073);
            check_accuracy(&functions[k],
                           draw_between(&random, functions[k].low, functions[k].high));
            check_accuracy(&functions[k], scaled);
        }
    }
}

static void test_elementary_order(void **state)
{
    (void)state;
    assert_true(pf_exp1(-(double)INFINITY) == 0 && pf_exp1((double)INFINITY) > DBL_MAX);
    assert_true(pf_log1(0) < -DBL_MAX && pf_log1p1(-1) < -DBL_MAX);
    assert_true(isnan(pf_log1(-1)) && isnan(pf_log1p1(-1.5)));
    assert_bits(pf_exp1(0), 1, "exp", 0);
    assert_bits(pf_log1(1), 0, "log", 1);
    assert_bits(pf_sigmoid1(0), 0.5, "sigmoid", 0);
    assert_bits(pf_log1p1(-0.0), -0.0, "log1p", -0.0);
}

/* The same value has the same bits alone, at every place, in every length, and in place. */
static void test_elementary_place(void **state)
{
    (void)state;
    enum { LONGEST = 70 };
    pf_random random = open_random("place");
    for (size_t k = 0; k < FUNCTIONS; k++) {
        const struct function *f = &functions[k];
        for (size_t n = 0; n <= LONGEST; n++) {
            double x[LONGEST + 8], out[LONGEST + 8];
            size_t offset = n % 8;
            for (size_t i = 0; i < n; i++)
                x[offset + i] = pf_random_index(&random, 4) == 0
                                    ? special[pf_random_index(&random, SPECIALS)]
                                    : draw_between(&random, f->low, f->high);
            f->array(n, x + offset, out);
            for (size_t i = 0; i < n; i++)
                if (!isnan(out[i]) || !isnan(f->one(x[offset + i])))
                    assert_bits(out[i], f->one(x[offset + i]), f->name, x[offset + i]);
            f->array(n, x + offset, x + offset);
            assert_memory_equal(x + offset, out, n * sizeof *x);
        }
    }
}

/* Softmax and the logistic loss. */

/* Eight sums of n/8 terms and a tree of three: that many roundings meet any one term. */
static double sum_error(size_t n, double magnitude)
{
    size_t roundings = n / 8 + 5;
    return (double)roundings * 0x1p-53 * magnitude;
}

static long double logsumexp_long(size_t n, const double *x)
{
    long double most = x[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        most = x[i] > most ? (long double)x[i] : most;
    for (size_t i = 0; i < n; i++)
        sum += expl((long double)x[i] - most);
    return most + logl(sum);
}

static void test_logsumexp(void **state)
{
    (void)state;
    enum { LONGEST = 1200 };
    double x[LONGEST], infinite[3] = {-(double)INFINITY, -(double)INFINITY, -(double)INFINITY};
    pf_random random = open_random("logsumexp");
    for (size_t n = 1; n <= LONGEST; n += 1 + n / 8) {
        double spread = draw_between(&random, 0, 900);
        fill(&random, n, -spread, spread, x);
        double wanted = (double)logsumexp_long(n, x);
        assert_close(pf_logsumexp(n, x), wanted, 4e-16 * (2 + fabs(wanted)));
    }
    assert_true(pf_logsumexp(0, NULL) < -DBL_MAX);
    assert_true(pf_logsumexp(3, infinite) < -DBL_MAX);
    infinite[1] = 1e308;
    assert_bits(pf_logsumexp(3, infinite), 1e308, "logsumexp of one finite number", 1e308);
    infinite[2] = (double)INFINITY;
    assert_true(pf_logsumexp(3, infinite) > DBL_MAX);
    infinite[0] = (double)NAN;
    assert_true(isnan(pf_logsumexp(3, infinite)) && isnan(pf_logsumexp(1, infinite)));
}

static void check_softmax_row(size_t n, const double *logits, const double *p, double logz)
{
    long double exact = logsumexp_long(n, logits);
    assert_close(logz, (double)exact, 4e-16 * (2 + fabs((double)exact)));
    assert_close(pf_sum(n, p), 1, sum_error(n, 1) + 4e-16);
    double rounding = 60 * 0x1p-53 + sum_error(n, 1) + 4e-16; /* logits differ by 60 at most */
    for (size_t y = 0; y < n; y++)
        assert_near(p[y], (double)expl((long double)logits[y] - exact), rounding);
}

static void test_softmax(void **state)
{
    (void)state;
    static const size_t sizes[] = {1,  2,  3,  5,  7,   8,   9,   31,
                                   32, 33, 50, 64, 255, 512, 513, 1000};
    enum { MOST = 1100 * 8 };
    static double logits[MOST], p[MOST], logz[MOST];
    pf_random random = open_random("softmax");
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k], rows = MOST / n < 700 ? MOST / n : 700;
        fill(&random, rows * n, -30, 30, logits);
        pf_softmax_rows(rows, n, logits, p, logz);
        for (size_t row = 0; row < rows; row++)
            check_softmax_row(n, logits + row * n, p + row * n, logz[row]);
        double alone[1000], alone_logz;
        pf_softmax_rows(1, n, logits + (rows - 1) * n, alone, &alone_logz);
        assert_memory_equal(alone, p + (rows - 1) * n, n * sizeof *alone);
        assert_bits(alone_logz, logz[rows - 1], "logz", (double)n);
        pf_softmax_rows(rows, n, logits, logits, NULL);
        assert_memory_equal(logits, p, rows * n * sizeof *logits);
    }
}

static void test_softmax_extremes(void **state)
{
    (void)state;
    double p[3], logz, hidden[3] = {-(double)INFINITY, 2, -(double)INFINITY};
    pf_softmax_rows(1, 3, hidden, p, &logz);
    assert_true(p[0] == 0 && p[1] == 1 && p[2] == 0 && logz == 2);
    pf_softmax_rows(1, 3, (double[]){1e308, -1e308, 1e308}, p, &logz);
    assert_true(p[0] == 0.5 && p[1] == 0 && p[2] == 0.5 && logz == 1e308);
    pf_softmax_rows(1, 2, (double[]){0, -740}, p, &logz);
    assert_true(ulps(p[1], expl(-740)) <= 1 && p[0] == 1);
}

/* The logistic loss: l(z) - l(-z) = -z, l' = -sigmoid(-z), l'' = -l'(1 + l'), and each is the
 * slope of the one before. */
static void test_logistic(void **state)
{
    (void)state;
    enum { N = 1500 };
    static double z[N], minus[N], l[N], dl[N], ddl[N], other[N], step_l[N], step_dl[N];
    pf_random random = open_random("logistic");
    fill(&random, N, -40, 40, z);
    for (size_t i = 0; i < SPECIALS; i++)
        z[i * 37] = special[i] == special[i] && fabs(special[i]) < 1e3 ? special[i] : 700;
    for (size_t i = 0; i < N; i++)
        minus[i] = -z[i];
    pf_logistic(N, z, l, dl, ddl);
    pf_logistic(N, minus, other, NULL, NULL);
    for (size_t i = 0; i < N; i++) {
        assert_bits(l[i], pf_softplus1(-z[i]), "loss", z[i]);
        assert_true(ulps(dl[i], -sigmoid_long(-(long double)z[i])) <= 3.5);
        assert_true(ulps(ddl[i], sigmoid_long(-(long double)z[i]) * sigmoid_long(z[i])) <= 5);
        assert_close(l[i] - other[i], -z[i], 4e-16 * (1 + fabs(z[i])));
        assert_close(ddl[i], -dl[i] * (1 + dl[i]), 4e-16);
    }
    double h =
        0x1p-14; /* error h^2 / 6 times a third derivative below 1/8, plus rounding / h */
    for (size_t i = 0; i < N; i++)
        minus[i] = z[i] + h;
    pf_logistic(N, minus, step_l, step_dl, NULL);
    for (size_t i = 0; i < N; i++)
        minus[i] = z[i] - h;
    pf_logistic(N, minus, minus, other, NULL);
    for (size_t i = 0; i < N; i++) {
        double slack = 1e-9 + 4e-16 * fabs(z[i]) / h;
        assert_close((step_l[i] - minus[i]) / (2 * h), dl[i], slack);
        assert_close((step_dl[i] - other[i]) / (2 * h), ddl[i], slack);
    }
    pf_logistic(N, z, NULL, NULL, z);
    assert_memory_equal(z, ddl, sizeof z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elementary_accuracy),
        cmocka_unit_test(test_elementary_order),
        cmocka_unit_test(test_elementary_place),
        cmocka_unit_test(test_logsumexp),
        cmocka_unit_test(test_softmax),
        cmocka_unit_test(test_softmax_extremes),
        cmocka_unit_test(test_logistic),
    };
    return cmocka_run_group_tests_name("elementary", tests, NULL, NULL);
}
