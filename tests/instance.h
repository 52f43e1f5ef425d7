/* Small random instances for tests that compare with slow loops. */
#ifndef PF_TESTS_INSTANCE_H
#define PF_TESTS_INSTANCE_H

#include "core/kernels.h"
#include "problems/problem.h"

#include <math.h>

/* A random policy [X][Y]; about one response in `gap` has probability 0 (gap 0: none). */
static inline double *instance_policy(pf_random *random, size_t X, size_t Y, size_t gap,
                                      pf_arena *arena)
{
    double *policy = pf_alloc(arena, X, Y * sizeof *policy);
    for (size_t x = 0; x < X; x++) {
        double *row = policy + x * Y;
        for (size_t y = 0; y < Y; y++)
            row[y] = gap && y > 0 && pf_random_index(random, gap) == 0
                         ? -INFINITY
                         : pf_random_gaussian(random);
        pf_softmax_rows(1, Y, row, row, NULL);
    }
    return policy;
}

static inline double *instance_gaussians(pf_random *random, size_t n, pf_arena *arena)
{
    double *table = PF_NEW(arena, double, n);
    for (size_t i = 0; i < n; i++)
        table[i] = pf_random_gaussian(random);
    return table;
}

/* A problem with Gaussian rewards, random rho, ref (with zeros if gap > 0) and mu. */
static inline pf_problem *instance_random(pf_random *random, size_t X, size_t Y, size_t K,
                                          size_t gap, pf_arena *arena)
{
    pf_problem *problem = PF_NEW(arena, pf_problem, 1);
    *problem = (pf_problem){.spec = "random", .name = "random", .X = X, .Y = Y, .K = K};
    problem->objectives = pf_objective_names(K, arena);
    problem->rho = instance_policy(random, 1, X, 0, arena);
    problem->ref = instance_policy(random, X, Y, gap, arena);
    problem->mu = instance_policy(random, X, Y, gap, arena);
    problem->reward = instance_gaussians(random, X * Y * K, arena);
    double *log_ref = pf_alloc(arena, X, Y * sizeof *log_ref);
    pf_log(X * Y, problem->ref, log_ref);
    problem->log_ref = log_ref;
    return problem;
}

/* The same with d Gaussian features, and no zeros. */
static inline pf_problem *instance_featured(pf_random *random, size_t X, size_t Y, size_t K,
                                            size_t d, pf_arena *arena)
{
    pf_problem *problem = instance_random(random, X, Y, K, 0, arena);
    problem->d = d;
    problem->features = d ? instance_gaussians(random, X * Y * d, arena) : NULL;
    return problem;
}

/* Gives the problem random preference tables [K][X][Y][Y] that no reward explains. */
static inline void instance_preferences(pf_random *random, pf_arena *arena, pf_problem *problem)
{
    size_t squares = problem->K * problem->X, Y = problem->Y;
    double *p = pf_alloc(arena, squares, Y * Y * sizeof *p);
    for (size_t i = 0; i < squares; i++)
        for (size_t a = 0; a < Y; a++)
            for (size_t b = 0; b <= a; b++) {
                double win = a == b ? 0.5 : pf_random_uniform(random);
                p[(i * Y + a) * Y + b] = win;
                p[(i * Y + b) * Y + a] = 1 - win;
            }
    problem->preference = p;
}

/* One context, uniform ref and mu, and preferences [K][Y][Y]. */
static inline pf_problem *instance_of_preferences(size_t K, size_t Y, const double *preference,
                                                  pf_arena *arena)
{
    pf_problem *problem = PF_NEW(arena, pf_problem, 1);
    *problem = (pf_problem){.spec = "table", .name = "table", .X = 1, .Y = Y, .K = K};
    double *rho = PF_NEW(arena, double, 1), *ref = PF_NEW(arena, double, Y);
    double *log_ref = PF_NEW(arena, double, Y);
    rho[0] = 1;
    for (size_t y = 0; y < Y; y++)
        ref[y] = 1 / (double)Y;
    pf_log(Y, ref, log_ref);
    problem->objectives = pf_objective_names(K, arena);
    problem->rho = rho;
    problem->ref = problem->mu = ref;
    problem->log_ref = log_ref;
    problem->preference = preference;
    return problem;
}

/* The case `unsupported` of the catalog: a total order with uneven strength against another
 * with the reverse order; response 2 is undominated but under the chord of 1 and 3. */
static const double instance_unsupported[2 * 4 * 4] = {
    0.5, 0.8, 0.9, 0.95, 0.2, 0.5, 0.7, 0.9, 0.1, 0.3, 0.5, 0.8, 0.05, 0.1, 0.2, 0.5,
    0.5, 0.4, 0.2, 0.1,  0.6, 0.5, 0.3, 0.2, 0.8, 0.7, 0.5, 0.4, 0.9,  0.8, 0.6, 0.5,
};

#endif
