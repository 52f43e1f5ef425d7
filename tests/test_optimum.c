#include "tests/check.h"

#include "problems/model/optimum.h"
#include "problems/model/value.h"
#include "tests/instance.h"

/* Sums of at most 30 numbers of order 10. */
#define SUM_TOLERANCE 1e-13

typedef struct optimum_case {
    pf_arena *arena;
    pf_problem *problem;
    double *utility; /* [X][Y] */
    double *policy;  /* [X][Y] the tilt */
    double beta, log_z;
    pf_random random;
} optimum_case;

static optimum_case optimum_open(uint64_t replicate, size_t gap)
{
    optimum_case c = {.arena = pf_arena_new()};
    pf_random_open(&c.random, 6, "optimum", "test", replicate);
    size_t X = 1 + pf_random_index(&c.random, 5), Y = 2 + pf_random_index(&c.random, 5);
    c.problem =
        instance_random(&c.random, X, Y, 1 + pf_random_index(&c.random, 4), gap, c.arena);
    c.utility = instance_gaussians(&c.random, X * Y, c.arena);
    c.policy = pf_alloc(c.arena, X, Y * sizeof *c.policy);
    c.beta = 0.05 + pf_random_uniform(&c.random);
    c.log_z = pf_tilt(c.problem, c.utility, c.beta, c.policy);
    return c;
}

static double optimum_objective(const optimum_case *c, const double *policy)
{
    double value;
    pf_expectation(c->problem, 1, c->utility, policy, &value);
    return value - c->beta * pf_kl(c->problem, policy);
}

static void tilt_is_the_closed_form(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 30; replicate++) {
        optimum_case c = optimum_open(replicate, 4);
        size_t Y = c.problem->Y;
        double mean = 0;
        for (size_t x = 0; x < c.problem->X; x++) {
            double z = 0;
            for (size_t y = x * Y; y < (x + 1) * Y; y++)
                z += c.problem->ref[y] * exp(c.utility[y] / c.beta);
            for (size_t y = x * Y; y < (x + 1) * Y; y++)
                assert_close(c.policy[y], c.problem->ref[y] * exp(c.utility[y] / c.beta) / z,
                             SUM_TOLERANCE);
            mean += c.problem->rho[x] * log(z);
        }
        assert_close(c.log_z, mean, SUM_TOLERANCE);
        pf_arena_free(c.arena);
    }
}

/* Its value is beta E_x log Z, and nobody has more: neither random policies nor steps from the
 * optimum towards them, where a wrong gradient would show first. */
static void tilt_maximises(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 30; replicate++) {
        optimum_case c = optimum_open(replicate, 4);
        size_t X = c.problem->X, Y = c.problem->Y;
        double best = optimum_objective(&c, c.policy);
        assert_close(best, c.beta * c.log_z, SUM_TOLERANCE);
        double *step = pf_alloc(c.arena, X, Y * sizeof *step);
        for (int trial = 0; trial < 50; trial++) {
            double *other = instance_policy(&c.random, X, Y, 3, c.arena);
            for (double part = 1; part > 1e-5; part /= 8) {
                for (size_t i = 0; i < X * Y; i++)
                    step[i] = c.policy[i] + part * (other[i] - c.policy[i]);
                double value = optimum_objective(&c, step);
                if (value > best + SUM_TOLERANCE)
                    print_error("a policy worth %.17g beats %.17g, replicate %d\n", value, best,
                                (int)replicate);
                assert_true(value <= best + SUM_TOLERANCE);
            }
        }
        pf_arena_free(c.arena);
    }
}

/* At the optimum u - beta log(pi/ref) is the same for every response: beta log Z_x. */
static void tilt_has_zero_gradient(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 30; replicate++) {
        optimum_case c = optimum_open(replicate, 0);
        size_t Y = c.problem->Y;
        for (size_t i = 0; i < c.problem->X * Y; i++) {
            size_t first = i / Y * Y;
            double here = c.utility[i] - c.beta * log(c.policy[i] / c.problem->ref[i]);
            double there =
                c.utility[first] - c.beta * log(c.policy[first] / c.problem->ref[first]);
            assert_close(here, there, SUM_TOLERANCE);
        }
        pf_arena_free(c.arena);
    }
}

static void tilt_ignores_shifts_and_keeps_the_support(void **state)
{
    (void)state;
    optimum_case c = optimum_open(3, 2);
    size_t cells = c.problem->X * c.problem->Y;
    double *shifted = PF_NEW(c.arena, double, cells);
    for (size_t i = 0; i < cells; i++)
        shifted[i] = c.utility[i] + 3;
    /* In place, as the header allows. */
    double log_z = pf_tilt(c.problem, shifted, c.beta, shifted);
    assert_close(log_z, c.log_z + 3 / c.beta, 1e-12);
    for (size_t i = 0; i < cells; i++) {
        assert_close(shifted[i], c.policy[i], 1e-12);
        assert_true((c.problem->ref[i] == 0) == (c.policy[i] == 0));
    }
    pf_arena_free(c.arena);
}

static void tilt_at_small_beta_is_the_best_response(void **state)
{
    (void)state;
    optimum_case c = optimum_open(4, 0);
    size_t Y = c.problem->Y;
    double log_z = pf_tilt(c.problem, c.utility, 1e-6, c.policy), best = 0;
    for (size_t x = 0; x < c.problem->X; x++) {
        double most = -INFINITY;
        for (size_t y = 0; y < Y; y++)
            most = fmax(most, c.utility[x * Y + y]);
        best += c.problem->rho[x] * most;
        for (size_t y = 0; y < Y; y++)
            assert_close(c.policy[x * Y + y], c.utility[x * Y + y] == most ? 1 : 0, 1e-12);
    }
    /* beta log Z = max u + beta log ref(best), and log ref is above -20 here. */
    assert_close(1e-6 * log_z, best, 2e-5);
    pf_arena_free(c.arena);
}

static void weigh_is_the_weighted_sum(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        optimum_case c = optimum_open(replicate, 0);
        size_t K = c.problem->K;
        double *weights = instance_policy(&c.random, 1, K, 0, c.arena);
        pf_weigh(c.problem, K, c.problem->reward, weights, c.utility);
        for (size_t i = 0; i < c.problem->X * c.problem->Y; i++) {
            double sum = 0;
            for (size_t k = K; k-- > 0;)
                sum += weights[k] * c.problem->reward[i * K + k];
            assert_close(c.utility[i], sum, 1e-14);
        }
        pf_arena_free(c.arena);
    }
}

/* The maximin policy of r1=(2,0,.5), r2=(0,1,.5) at beta .1 is the optimum for these weights.
 */
static void known_optimum_of_the_maxmin_case(void **state)
{
    (void)state;
    static const double reward[6] = {2, 0, 0, 1, 0.5, 0.5}, weights[2] = {0.3102, 0.6898};
    static const double known[3] = {0.3030, 0.6061, 0.0909};
    pf_arena *arena = pf_arena_new();
    pf_problem *problem = instance_of_preferences(2, 3, NULL, arena);
    double policy[3], value[2];
    pf_weigh(problem, 2, reward, weights, policy);
    pf_tilt(problem, policy, 0.1, policy);
    pf_expectation(problem, 2, reward, policy, value);
    /* The weights are rounded to 4 digits and are multiplied by 2 / beta. */
    for (size_t y = 0; y < 3; y++)
        assert_close(policy[y], known[y], 5e-4);
    assert_close(value[0], 0.6515, 1e-3);
    assert_close(value[1], 0.6515, 1e-3);
    pf_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tilt_is_the_closed_form),
        cmocka_unit_test(tilt_maximises),
        cmocka_unit_test(tilt_has_zero_gradient),
        cmocka_unit_test(tilt_ignores_shifts_and_keeps_the_support),
        cmocka_unit_test(tilt_at_small_beta_is_the_best_response),
        cmocka_unit_test(weigh_is_the_weighted_sum),
        cmocka_unit_test(known_optimum_of_the_maxmin_case),
    };
    return cmocka_run_group_tests_name("optimum", tests, NULL, NULL);
}
