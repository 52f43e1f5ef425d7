/* A run of mopo driven by hand to its end, and small random problems to run it on. */
#ifndef PF_TESTS_MOPO_ANSWER_H
#define PF_TESTS_MOPO_ANSWER_H

#include "tests/check.h"

#include "problems/model/value.h"
#include "solvers/solver.h"

#include <stdlib.h>

typedef struct mopo_answer {
    pf_run run;
    const void *state;
    double *policy;  /* [X][Y] */
    double *winrate; /* [K] on the population */
    double gap, violation;
    size_t steps;
} mopo_answer;

/* `exact`: run the exact answer that the solver names for this spec. */
static inline pf_status mopo_run(const char *spec, const pf_problem *problem,
                                 const pf_pairs *pairs, bool exact, pf_arena *arena,
                                 mopo_answer *out, pf_error *error)
{
    pf_method method;
    pf_random *random = PF_NEW(arena, pf_random, 1);
    PF_TRY(pf_method_read(spec, arena, &method, error));
    const pf_solver *solver = method.solver;
    void *options = pf_copy(arena, method.options, 1, solver->options_size);
    if (exact)
        solver->exact(options);
    pf_random_open(random, 1, "run", spec, 0);
    *out = (mopo_answer){.run = {.problem = problem,
                                 .pairs = pairs,
                                 .winrates = pf_winrate_table(problem, arena),
                                 .options = options,
                                 .random = random,
                                 .arena = arena}};
    void *state = pf_alloc(arena, 1, solver->state_size);
    bool done = false;
    PF_TRY(solver->init(&out->run, state, error));
    for (; !done; out->steps++)
        PF_TRY(solver->step(&out->run, state, &done, error));
    out->state = state;
    out->policy = PF_NEW(arena, double, problem->X * problem->Y);
    out->winrate = PF_NEW(arena, double, problem->K);
    solver->policy(&out->run, state, out->policy);
    pf_expectation(problem, problem->K, out->run.winrates, out->policy, out->winrate);
    out->violation = solver->violation(&out->run, state, out->policy);
    if (exact || !strstr(spec, "method=gradient"))
        out->gap = solver->gap(&out->run, state, out->policy);
    return PF_OK;
}

/* The same on a problem named by its spec; a failure ends the test. */
static inline mopo_answer mopo_solve(const char *spec, const char *problem, pf_arena *arena)
{
    pf_error error;
    const pf_problem *built;
    mopo_answer answer;
    assert_ok(pf_problem_build(problem, arena, &built, &error), &error);
    assert_ok(mopo_run(spec, built, NULL, false, arena, &answer, &error), &error);
    return answer;
}

/* Total variation of a run by steps from the exact answer, whose gap must agree with it. */
static inline double mopo_distance(const char *spec, const pf_problem *problem, pf_arena *arena)
{
    pf_error error;
    mopo_answer a, exact;
    assert_ok(mopo_run(spec, problem, NULL, false, arena, &a, &error), &error);
    assert_ok(mopo_run(spec, problem, NULL, true, arena, &exact, &error), &error);
    const pf_solver *mopo;
    assert_ok(pf_solver_find("mopo", &mopo, &error), &error);
    /* The gap is the shortfall of G_primary - tau KL, of which the run tells its own value. */
    double gap = mopo->gap(&exact.run, exact.state, a.policy);
    assert_close(gap, exact.run.objective - a.run.objective, 1e-2);
    assert_close(exact.gap, 0, 1e-12); /* rounding, times a multiplier */
    return pf_total_variation(problem, a.policy, exact.policy);
}

/* Every objective as the primary one; `options` go behind method=gradient. */
static inline void mopo_within(const char *options, const char *named, double tolerance)
{
    pf_arena *arena = pf_arena_new();
    pf_error error;
    const pf_problem *problem;
    assert_ok(pf_problem_build(named, arena, &problem, &error), &error);
    for (size_t primary = 0; primary < problem->K; primary++) {
        const char *spec =
            pf_format(arena, "mopo:method=gradient,primary=%zu%s", primary, options);
        double far = mopo_distance(spec, problem, arena);
        if (!(far < tolerance))
            print_error("%s on %s: %g\n", spec, named, far);
        assert_true(far < tolerance);
    }
    pf_arena_free(arena);
}

/* Random preferences, rho, ref and mu; ref misses a response where there is one to spare. */
static inline pf_problem *mopo_problem(size_t X, size_t Y, size_t K, uint64_t seed,
                                       pf_arena *arena)
{
    pf_random random;
    pf_random_open(&random, seed, "mopo test", "", 0);
    pf_problem *problem = PF_NEW(arena, pf_problem, 1);
    double *rho = PF_NEW(arena, double, X), *ref = PF_NEW(arena, double, (X * Y));
    double *mu = PF_NEW(arena, double, (X * Y)), *log_ref = PF_NEW(arena, double, (X * Y));
    double *preference = PF_NEW(arena, double, (K * X * Y * Y)), total = 0;
    for (size_t x = 0; x < X; x++) {
        double refs = 0, mus = 0;
        total += rho[x] = 0.1 + pf_random_uniform(&random);
        for (size_t y = 0; y < Y; y++) {
            double *r = &ref[x * Y + y], *m = &mu[x * Y + y];
            refs += *r = Y > 3 && y == x % Y ? 0 : 0.1 + pf_random_uniform(&random);
            mus += *m = 0.1 + pf_random_uniform(&random);
        }
        for (size_t y = 0; y < Y; y++) {
            ref[x * Y + y] /= refs;
            mu[x * Y + y] /= mus;
            log_ref[x * Y + y] = log(ref[x * Y + y]);
        }
    }
    for (size_t x = 0; x < X; x++)
        rho[x] /= total;
    for (size_t i = 0; i < K * X; i++)
        for (size_t a = 0; a < Y; a++)
            for (size_t b = 0; b <= a; b++) {
                double p = a == b ? 0.5 : pf_random_uniform(&random);
                preference[(i * Y + a) * Y + b] = p;
                preference[(i * Y + b) * Y + a] = 1 - p;
            }
    *problem = (pf_problem){.spec = "random",
                            .name = "random",
                            .X = X,
                            .Y = Y,
                            .K = K,
                            .objectives = pf_objective_names(K, arena),
                            .rho = rho,
                            .ref = ref,
                            .log_ref = log_ref,
                            .mu = mu,
                            .preference = preference};
    return problem;
}

#endif
