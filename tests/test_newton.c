#include "tests/check.h"

#include "solvers/engine/newton.h"

#include "core/kernels.h"
#include "core/random.h"

enum { N = 6 };

/* f(x) = x'Qx/2 + q.x + sum_i log(1 + exp(A_i.x)) with or without the last sum. */
typedef struct convex {
    double Q[N][N], q[N], A[N][N];
    bool curved;
} convex;

static double convex_at(void *self, const double *x, double *gradient, double *hessian)
{
    const convex *f = self;
    double value = 0;
    for (size_t i = 0; i < N; i++) {
        gradient[i] = f->q[i];
        for (size_t j = 0; j < N; j++) {
            gradient[i] += f->Q[i][j] * x[j];
            hessian[i * N + j] = f->Q[i][j];
        }
        value += x[i] * (gradient[i] + f->q[i]) / 2;
    }
    for (size_t m = 0; m < N && f->curved; m++) {
        double h = pf_dot(N, f->A[m], x), p = pf_sigmoid1(h);
        value += pf_softplus1(h);
        for (size_t i = 0; i < N; i++) {
            gradient[i] += p * f->A[m][i];
            for (size_t j = 0; j < N; j++)
                hessian[i * N + j] += p * (1 - p) * f->A[m][i] * f->A[m][j];
        }
    }
    return value;
}

/* Q = B'B + ridge, so that its condition varies with the draw. */
static convex convex_draw(pf_random *random, double ridge)
{
    convex f = {0};
    double B[N][N];
    for (size_t i = 0; i < N; i++) {
        f.q[i] = pf_random_gaussian(random);
        for (size_t j = 0; j < N; j++) {
            B[i][j] = pf_random_gaussian(random);
            f.A[i][j] = 3 * pf_random_gaussian(random);
        }
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            for (size_t m = 0; m < N; m++)
                f.Q[i][j] += B[m][i] * B[m][j] + (i == j ? ridge / N : 0);
    return f;
}

/* Runs to the end; returns the steps, at most 200. */
static size_t run(pf_newton *newton, size_t n, pf_newton_function function, void *self,
                  const double *start, pf_arena *arena)
{
    size_t steps = 0;
    pf_newton_open(newton, n, function, self, 1e-12, arena);
    pf_newton_start(newton, start);
    for (; !newton->converged && !newton->stalled && steps < 200; steps++)
        pf_newton_step(newton);
    return steps;
}

/* Planted optimum x* with zeros, and slopes g* > 0 exactly there: q = g* - Q x*. */
static void test_quadratics_find_their_planted_active_set(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 64; seed++) {
        pf_arena *arena = pf_arena_new();
        pf_random random;
        pf_random_open(&random, seed, "test", "newton", 0);
        convex f = convex_draw(&random, 0.1);
        double optimum[N], start[N];
        for (size_t i = 0; i < N; i++) {
            bool held = (seed >> i) & 1;
            optimum[i] = held ? 0 : 0.1 + pf_random_uniform(&random);
            f.q[i] = held ? 0.1 + pf_random_uniform(&random) : 0;
            start[i] = pf_random_uniform(&random) * (double)(seed % 3);
        }
        for (size_t i = 0; i < N; i++)
            f.q[i] -= pf_dot(N, f.Q[i], optimum);
        pf_newton newton;
        run(&newton, N, convex_at, &f, start, arena);
        assert_true(newton.at.residual <= 1e-12);
        /* The residual bounds the error through the smallest eigenvalue, at least 0.1. */
        for (size_t i = 0; i < N; i++)
            assert_close(newton.at.x[i], optimum[i], 1e-10);
        pf_arena_free(arena);
    }
}

/* Karush, Kuhn, Tucker: x >= 0, gradient >= 0, and one of the two 0 in every coordinate. */
static void test_random_convex_problems_meet_the_optimality_conditions(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        pf_arena *arena = pf_arena_new();
        pf_random random;
        pf_random_open(&random, seed, "test", "newton convex", 0);
        convex f = convex_draw(&random, 0.01);
        f.curved = true;
        double start[N] = {0};
        pf_newton newton;
        size_t steps = run(&newton, N, convex_at, &f, start, arena);
        if (newton.at.residual > 1e-11)
            print_error("seed %u: residual %g after %zu steps\n", (unsigned)seed,
                        newton.at.residual, steps);
        assert_true(newton.at.residual <= 1e-11);
        for (size_t i = 0; i < N; i++) {
            assert_true(newton.at.x[i] >= 0 && newton.at.gradient[i] >= -1e-11);
            assert_true(newton.at.x[i] <= 1e-11 || newton.at.gradient[i] <= 1e-11);
        }
        pf_arena_free(arena);
    }
}

/* (x1 + x2 - 1)^2: a line of optima and a singular Hessian. */
static double ridge_at(void *self, const double *x, double *gradient, double *hessian)
{
    (void)self;
    double r = x[0] + x[1] - 1;
    gradient[0] = gradient[1] = 2 * r;
    hessian[0] = hessian[1] = hessian[2] = hessian[3] = 2;
    return r * r;
}

static void test_singular_hessian_is_no_obstacle(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_newton newton;
    run(&newton, 2, ridge_at, NULL, (double[]){0, 3}, arena);
    assert_true(newton.converged);
    assert_close(newton.at.x[0] + newton.at.x[1], 1, 1e-12);
    pf_arena_free(arena);
}

/* x - log x: infinite at the border of the orthant, least at 1. */
static double barrier_at(void *self, const double *x, double *gradient, double *hessian)
{
    (void)self;
    gradient[0] = 1 - 1 / x[0];
    hessian[0] = 1 / (x[0] * x[0]);
    return x[0] - pf_log1(x[0]);
}

static void test_steps_stay_inside_the_domain(void **state)
{
    (void)state;
    for (double start = 1e-6; start < 1e6; start *= 37) {
        pf_arena *arena = pf_arena_new();
        pf_newton newton;
        run(&newton, 1, barrier_at, NULL, &start, arena);
        assert_true(newton.converged);
        assert_close(newton.at.x[0], 1, 1e-11);
        pf_arena_free(arena);
    }
}

/* t softplus((x - 3)/t) - x/2, least at 3: nearly two straight lines with a kink when t is
 * small, and no curvature in floating point at the start. */
static double kink_at(void *self, const double *x, double *gradient, double *hessian)
{
    double t = *(const double *)self, h = (x[0] - 3) / t;
    double p = pf_sigmoid1(h);
    gradient[0] = p - 0.5;
    hessian[0] = p * pf_sigmoid1(-h) / t;
    return t * pf_softplus1(h) - x[0] / 2;
}

static void test_kinks_are_found_from_where_there_is_no_curvature(void **state)
{
    (void)state;
    for (double t = 1; t > 1e-4; t /= 4) {
        pf_arena *arena = pf_arena_new();
        pf_newton newton;
        double start = 0;
        run(&newton, 1, kink_at, &t, &start, arena);
        assert_close(newton.at.x[0], 3, 1e-11);
        pf_arena_free(arena);
    }
}

static double nothing_at(void *self, const double *x, double *gradient, double *hessian)
{
    (void)x, (void)gradient, (void)hessian;
    return *(const double *)self;
}

static void test_no_variables_are_an_answer(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_newton newton;
    double value = 4;
    assert_int_equal(run(&newton, 0, nothing_at, &value, NULL, arena), 0);
    assert_true(newton.converged);
    assert_close(newton.at.value, 4, 0);
    pf_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quadratics_find_their_planted_active_set),
        cmocka_unit_test(test_random_convex_problems_meet_the_optimality_conditions),
        cmocka_unit_test(test_singular_hessian_is_no_obstacle),
        cmocka_unit_test(test_steps_stay_inside_the_domain),
        cmocka_unit_test(test_kinks_are_found_from_where_there_is_no_curvature),
        cmocka_unit_test(test_no_variables_are_an_answer),
    };
    return cmocka_run_group_tests_name("newton", tests, NULL, NULL);
}
