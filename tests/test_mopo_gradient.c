#include "tests/mopo_answer.h"

/* The published algorithm against the closed form on the population. */

static const char *const cases[] = {
    "canonical:case=aligned",     "canonical:case=opposed",
    "canonical:case=partial",     "canonical:case=cycle-order",
    "canonical:case=unsupported", "canonical:case=cycle-reverse",
    "canonical:case=bt",          "canonical:case=deterministic",
    "canonical:case=maxmin",      "canonical:case=condorcet-groups",
};
enum { CASES = sizeof cases / sizeof *cases };

/* 1e-3 is what is promised; the reached 1e-4 leaves room for a change of schedule. */
static void test_every_canonical_case_reaches_the_exact_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        mopo_within("", cases[i], 1e-3);
}

static void test_thresholds_near_both_ends_and_other_temperatures(void **state)
{
    static const char *const options[] = {",threshold=5%", ",threshold=99%", ",tau=.02",
                                          ",tau=2"};
    (void)state;
    for (size_t i = 0; i + 1 < CASES; i++) /* the last has no threshold */
        for (size_t j = 0; j < 4; j++)
            mopo_within(options[j], cases[i], 1e-3);
}

/* With b fixed the lag of both methods ends at temperature tau / stages; the ratchet's stages
 * follow the cloned policy, whose small errors add up over twenty of them. */
static void test_the_lag_follows_the_closed_form_stages(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        mopo_within(",lag=true", cases[i], 1e-3);
    mopo_within(",lag=true,ratchet=true", "canonical:case=unsupported", 2e-3);
}

static void test_contexts_and_more_objectives(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        pf_arena *arena = pf_arena_new();
        const pf_problem *problem = mopo_problem(1 + seed, 5, 2 + seed % 3, seed, arena);
        double far = mopo_distance("mopo:method=gradient,threshold=20%", problem, arena);
        if (!(far < 1e-3))
            print_error("seed %u: %g\n", (unsigned)seed, far);
        assert_true(far < 1e-3);
        pf_arena_free(arena);
    }
}

/* Batches of eight give unbiased steps: the distance is noise, that larger batches shrink. */
static void test_batches_scatter_around_the_exact_policy(void **state)
{
    (void)state;
    mopo_within(",batch=8", "canonical:case=unsupported", 0.05);
    mopo_within(",batch=512", "canonical:case=unsupported", 0.01);
    mopo_within(",batch=8,optimizer=sgd,learning_rate=.2", "canonical:case=unsupported", 0.05);
}

/* One indicator feature per cell is a table: the linear policy must reach it too. */
static void test_features_of_full_rank_are_a_table(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    const pf_problem *named;
    assert_ok(pf_problem_build("canonical:case=unsupported", arena, &named, &error), &error);
    pf_problem problem = *named;
    double *features = PF_NEW(arena, double, 16);
    for (size_t y = 0; y < 4; y++)
        features[y * 4 + y] = 1;
    problem.features = features;
    problem.d = 4;
    assert_true(mopo_distance("mopo:method=gradient,class=features", &problem, arena) < 1e-3);
    pf_arena_free(arena);
}

/* Options that would have no effect are refused. */
static void test_combinations_without_effect_are_refused(void **state)
{
    static const char *const refused[][2] = {
        {"mopo:method=gradient,variant=barrier", "variant=barrier needs method=exact"},
        {"mopo:class=features", "class=features needs method=gradient"},
        {"mopo:ratchet=true", "ratchet=true needs lag=true"},
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        pf_arena *arena = pf_arena_new();
        pf_error error;
        mopo_answer a;
        const pf_problem *problem = mopo_problem(1, 3, 2, 1, arena);
        assert_fails(mopo_run(refused[i][0], problem, NULL, false, arena, &a, &error),
                     PF_INVALID, &error, refused[i][1]);
        pf_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_canonical_case_reaches_the_exact_policy),
        cmocka_unit_test(test_thresholds_near_both_ends_and_other_temperatures),
        cmocka_unit_test(test_the_lag_follows_the_closed_form_stages),
        cmocka_unit_test(test_contexts_and_more_objectives),
        cmocka_unit_test(test_batches_scatter_around_the_exact_policy),
        cmocka_unit_test(test_features_of_full_rank_are_a_table),
        cmocka_unit_test(test_combinations_without_effect_are_refused),
    };
    return cmocka_run_group_tests_name("mopo_gradient", tests, NULL, NULL);
}
