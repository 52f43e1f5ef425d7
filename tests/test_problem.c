/* Preferences against their formulas, the policies of the options, and every rule of a table.
 */
#include "check.h"

#include "core/kernels.h"
#include "problems/problem.h"

enum { X = 3, Y = 70, K = 2, G = 3 }; /* Y is more than one block of a row */

typedef struct sample {
    pf_arena *arena;
    pf_problem problem;
    double *rho, *ref, *reward, *preference, *share, *groups, *features, *judged;
    pf_groups mixture;
    pf_judge judge;
} sample;

static double *sample_normals(pf_arena *arena, pf_random *random, size_t n)
{
    double *out = PF_NEW(arena, double, n);
    for (size_t i = 0; i < n; i++)
        out[i] = 2 * pf_random_gaussian(random);
    return out;
}

/* A problem with every table there is. */
static int sample_open(void **state)
{
    static const char *const names[] = {"helpful", "harmless"};
    pf_random random;
    pf_random_open(&random, 5, "test", "problem", 0);
    pf_arena *arena = pf_arena_new();
    sample *s = PF_NEW(arena, sample, 1);
    s->arena = arena;
    s->problem = (pf_problem){.name = "sample", .X = X, .Y = Y, .K = K, .d = 2};
    s->problem.objectives = names;
    pf_problem_policies(1, 0, &random, arena, &s->problem);
    s->rho = pf_copy(arena, s->problem.rho, X, sizeof(double));
    s->ref = pf_copy(arena, s->problem.ref, X * Y, sizeof(double));
    s->reward = sample_normals(arena, &random, X * Y * K);
    s->groups = sample_normals(arena, &random, X * Y * G);
    s->features = sample_normals(arena, &random, X * Y * 2);
    s->judged = sample_normals(arena, &random, X * Y);
    s->share = PF_NEW(arena, double, (K * G));
    memcpy(s->share, (double[]){.5, .3, .2, .1, .1, .8}, K * G * sizeof(double));
    s->preference = PF_NEW(arena, double, (K * X * Y * Y));
    for (size_t square = 0; square < K * X; square++) {
        for (size_t a = 0; a < Y; a++) {
            double *p = s->preference + square * Y * Y;
            p[a * Y + a] = 0.5;
            for (size_t b = 0; b < a; b++) {
                p[a * Y + b] = pf_random_uniform(&random);
                p[b * Y + a] = 1 - p[a * Y + b];
            }
        }
    }
    s->mixture = (pf_groups){G, s->share, s->groups};
    s->judge = (pf_judge){"overall", s->judged};
    s->problem.rho = s->rho;
    s->problem.ref = s->ref;
    s->problem.mu = NULL;
    s->problem.reward = s->reward;
    s->problem.features = s->features;
    s->problem.judges = 1;
    s->problem.judge = &s->judge;
    *state = s;
    return 0;
}

static int sample_close(void **state)
{
    pf_arena_free(((sample *)*state)->arena);
    return 0;
}

static double logistic(double t)
{
    return 1 / (1 + exp(-t));
}

/* p_k(a > b given x) from the formula, by the C library. */
static double wanted(const sample *s, size_t k, size_t x, size_t a, size_t b)
{
    if (a == b)
        return 0.5;
    if (s->problem.preference)
        return s->preference[((k * X + x) * Y + a) * Y + b];
    if (!s->problem.groups)
        return logistic(s->reward[(x * Y + a) * K + k] - s->reward[(x * Y + b) * K + k]);
    double p = 0;
    for (size_t g = 0; g < G; g++)
        p += s->share[k * G + g] *
             logistic(s->groups[(x * Y + a) * G + g] - s->groups[(x * Y + b) * G + g]);
    return p;
}

/* One pair, a row, and the formula: the first two to the same bits. 9 ulp for two libraries'
 * exponentials and the sum over groups. */
static void check_preferences(const sample *s)
{
    double row[Y];
    for (size_t k = 0; k < K; k++) {
        for (size_t x = 0; x < X; x++) {
            for (size_t a = 0; a < Y; a++) {
                pf_preference_row(&s->problem, k, x, a, row);
                for (size_t b = 0; b < Y; b++) {
                    double p = pf_preference(&s->problem, k, x, a, b);
                    assert_true(p == row[b]);
                    assert_near(p, wanted(s, k, x, a, b), 2e-15);
                    assert_close(p + pf_preference(&s->problem, k, x, b, a), 1, 2e-15);
                }
            }
        }
    }
}

static void preferences_follow_bradley_terry(void **state)
{
    check_preferences(*state);
}

static void preferences_follow_groups(void **state)
{
    sample *s = *state;
    s->problem.groups = &s->mixture;
    check_preferences(s);
}

static void preferences_follow_the_table(void **state)
{
    sample *s = *state;
    s->problem.groups = &s->mixture;
    s->problem.preference = s->preference;
    check_preferences(s);
}

static void objectives_go_by_name_or_index(void **state)
{
    sample *s = *state;
    pf_error error;
    size_t k = 9;
    assert_ok(pf_objective_find(&s->problem, "mopo", "harmless", &k, &error), &error);
    assert_int_equal(k, 1);
    assert_ok(pf_objective_find(&s->problem, "mopo", "0", &k, &error), &error);
    assert_int_equal(k, 0);
    assert_fails(pf_objective_find(&s->problem, "mopo", "helpfull", &k, &error), PF_INVALID,
                 &error, "mopo: no objective 'helpfull'; did you mean 'helpful'?");
    assert_fails(pf_objective_find(&s->problem, "mopo", "2", &k, &error), PF_INVALID, &error,
                 "mopo: no objective '2'; sample has 2, from 'helpful' (0) to 'harmless' (1)");
    assert_fails(pf_objective_find(&s->problem, "mopo", "-1", &k, &error), PF_INVALID, &error,
                 "no objective '-1'");
}

static void objectives_are_numbered_from_one(void **state)
{
    sample *s = *state;
    const char *const *names = pf_objective_names(12, s->arena);
    assert_string_equal(names[0], "objective-1");
    assert_string_equal(names[11], "objective-12");
}

/* What the words of ref and mu mean, by their indices. */
static void policies_are_what_the_words_say(void **state)
{
    sample *s = *state;
    pf_random random;
    pf_problem p = {.X = 4, .Y = 5};
    for (int ref = 0; ref < 3; ref++) {
        for (int mu = 0; mu < 4; mu++) {
            pf_random_open(&random, 3, "test", "policies", 0);
            pf_problem_policies(ref, mu, &random, s->arena, &p);
            for (size_t x = 0; x < 4; x++) {
                size_t peaks = 0;
                double sum = 0, rest = 0;
                assert_close(p.rho[x], 0.25, 0);
                for (size_t y = 0; y < 5; y++) {
                    sum += p.ref[x * 5 + y];
                    peaks += p.ref[x * 5 + y] == 0.5;
                    rest += p.ref[x * 5 + y] == 0.125;
                    if (ref == 0)
                        assert_close(p.ref[x * 5 + y], 0.2, 0);
                }
                assert_close(sum, 1, 1e-15); /* five roundings */
                assert_int_equal(peaks, ref == 2);
                assert_int_equal(rest, ref == 2 ? 4 : 0);
            }
            assert_int_equal(p.mu == p.ref, mu == 0);
            if (mu == 1)
                assert_close(p.mu[7], 0.2, 0);
        }
    }
    /* Two random policies of one problem are two draws. */
    pf_problem_policies(1, 2, &random, s->arena, &p);
    assert_memory_not_equal(p.ref, p.mu, 20 * sizeof(double));
}

/* Breaks one entry, asks for the sentence, and mends it. */
static void check_breach(sample *s, double *entry, double value, const char *words)
{
    pf_error error;
    double kept = *entry;
    *entry = value;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error, words);
    *entry = kept;
    assert_ok(pf_problem_check(&s->problem, &error), &error);
}

static void policies_are_checked(void **state)
{
    sample *s = *state;
    check_breach(s, &s->rho[1], s->rho[1] + 0.25, "contexts sums to 1.25, not to 1");
    check_breach(s, &s->rho[1], NAN, "contexts[1] is not finite");
    check_breach(s, &s->ref[2 * Y + 4], s->ref[2 * Y + 4] + 3e-9,
                 "reference[2] sums to 1.000000003, not to 1");
    check_breach(s, &s->ref[4], -0.25, "reference[0][4] is -0.25: a probability is never");
    check_breach(s, &s->ref[Y], INFINITY, "reference[1][0] is not finite");
    double *mu = pf_copy(s->arena, s->ref, X * Y, sizeof *mu);
    s->problem.mu = mu;
    check_breach(s, &mu[Y + 3], 2, "behaviour[1] sums to ");
}

static void tables_are_checked(void **state)
{
    sample *s = *state;
    double *p = s->preference, *two = p + (1 * X + 2) * Y * Y; /* k = 1, x = 2 */
    check_breach(s, &s->reward[(2 * Y + 6) * K + 1], NAN, "reward[2][6][1] is not finite");
    check_breach(s, &s->features[(1 * Y + 6) * 2], INFINITY, "features[1][6][0] is not finite");
    check_breach(s, &s->judged[Y + 6], NAN, "judges.overall[1][6] is not finite");
    check_breach(s, &s->reward[0], -1e308, "reward[0][0][0] is -1e+308, beyond 1e+30 in magni");
    check_breach(s, &s->judged[Y + 6], 1e31, "judges.overall[1][6] is 1e+31, beyond 1e+30");
    s->problem.preference = p;
    check_breach(s, &two[3 * Y + 1], 1.5, "preference[1][2][3][1] is 1.5, outside [0, 1]");
    check_breach(s, &two[3 * Y + 1], -1e-12,
                 "preference[1][2][3][1] is -1e-12, outside [0, 1]");
    check_breach(s, &two[3 * Y + 1], NAN, "preference[1][2][3][1] is nan, outside [0, 1]");
    check_breach(s, &two[3 * Y + 3], 0.6,
                 "preference[1][2][3][3] is 0.6: a response against itself is 0.5");
    two[3 * Y + 1] = 0.25;
    two[1 * Y + 3] = 0.75;
    check_breach(s, &two[1 * Y + 3], 0.5,
                 "preference[1][2][3][1] and its mirror [1][3] sum to 0.75, not to 1");
    s->problem.groups = &s->mixture;
    check_breach(s, &s->share[G], 0.5, "share[1] sums to 1.4, not to 1");
    check_breach(s, &s->groups[G], NAN, "groups[0][1][0] is not finite");
}

static void sizes_and_names_are_checked(void **state)
{
    sample *s = *state;
    pf_error error;
    static const char *const twice[] = {"fair", "fair"}, *const blank[] = {"fair", ""},
                             *const broken[] = {"fair", "tab\tbed"};
    const char *const *good = s->problem.objectives;
    s->problem.objectives = twice;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error,
                 "objectives[1]: 'fair' is objectives[0] too");
    s->problem.objectives = blank;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error,
                 "objectives[1] has no name");
    s->problem.objectives = broken;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error,
                 "objectives[1] has a control character");
    s->problem.objectives = good;
    s->problem.name = "two\nlines";
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error,
                 "name has a control character");
    s->problem.name = "one";
    pf_judge *judge = PF_NEW(s->arena, pf_judge, 1);
    *judge = (pf_judge){"a\tb", s->problem.judge->utility};
    s->problem.judge = judge;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error,
                 "judges: 'a?b' has a control character");
    judge->name = "ab";
    s->problem.reward = NULL;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error,
                 "neither reward nor preference");
    s->problem.Y = 1;
    assert_fails(pf_problem_check(&s->problem, &error), PF_INVALID, &error, "1 responses");
}

#define WITH_SAMPLE(test) cmocka_unit_test_setup_teardown(test, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SAMPLE(preferences_follow_bradley_terry),
        WITH_SAMPLE(preferences_follow_groups),
        WITH_SAMPLE(preferences_follow_the_table),
        WITH_SAMPLE(objectives_go_by_name_or_index),
        WITH_SAMPLE(objectives_are_numbered_from_one),
        WITH_SAMPLE(policies_are_what_the_words_say),
        WITH_SAMPLE(policies_are_checked),
        WITH_SAMPLE(tables_are_checked),
        WITH_SAMPLE(sizes_and_names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
