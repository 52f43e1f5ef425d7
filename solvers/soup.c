/* soup: average the parameters of single-objective experts.
 *
 *   theta = sum_k w_k theta_k,   theta_k of the expert for objective k
 *
 * Cost: that of the experts, then n parameters K times.
 * Paper: Rame, Couairon, Shukor, Dancette, Gaya, Soulier, Cord, "Rewarded soups", arXiv
 * 2306.04488, 2023. Check: on a table theta_k = r_k/beta, so soup is morlhf for every w: two
 * responses, r_1 = (1,0), r_2 = (0,1), w = (.75,.25), beta = .5, uniform ref: pi = (.7311,
 * .2689). */
#include "core/kernels.h"
#include "solvers/engine/experts.h"

typedef struct soup_options {
    pf_training training;
    pf_experts_options experts;
} soup_options;

static const pf_option soup_table[] = {
    PF_EXPERTS_OPTIONS(soup_options),
    PF_TRAINING_OPTIONS(soup_options),
    PF_RIDGE_OPTION(soup_options),
};

static unsigned soup_needs(const void *options)
{
    return pf_experts_needs(&((const soup_options *)options)->experts);
}

static pf_status soup_init(pf_run *run, void *state, pf_error *error)
{
    const soup_options *options = run->options;
    return pf_experts_open("soup", &options->experts, &options->training, run, state, error);
}

static pf_status soup_step(pf_run *run, void *state, bool *done, pf_error *error)
{
    return pf_experts_step(state, run, done, error);
}

static void soup_policy(const pf_run *run, const void *state, double *policy)
{
    const pf_experts *experts = state;
    const pf_problem *problem = run->problem;
    const pf_policy *shape = NULL;
    pf_mark mark = pf_arena_mark(run->arena);
    double *theta = PF_NEW(run->arena, double, problem->X * problem->Y + problem->d);
    for (size_t k = 0; k < experts->K; k++) {
        if (!experts->trainer[k])
            continue;
        shape = pf_trainer_policy(experts->trainer[k]);
        pf_axpy(shape->n, experts->weights[k], pf_trainer_parameters(experts->trainer[k]),
                theta);
    }
    pf_policy_ratio(shape, theta, policy);
    pf_release(run->arena, mark);
    pf_policy_probabilities(problem, policy, policy);
}

static void soup_exact(void *options)
{
    pf_training_exact(&((soup_options *)options)->training);
}

static double soup_gap(const pf_run *oracle, const void *state, const double *policy)
{
    return pf_experts_gap(oracle, state, policy);
}

const pf_solver pf_solver_soup = {
    .name = "soup",
    .summary = "average of the parameters of single-objective experts",
    .detail =
        "Train one expert per objective, then answer for any weights without training, by\n"
        "averaging parameters:\n"
        "\n"
        "  theta = sum_k w_k theta_k\n"
        "\n"
        "Derived: on a full table with one beta for all, theta_k = r_k/beta, so soup is "
        "exactly\n"
        "morlhf for every weight vector. It differs from morlhf on features, with unequal "
        "betas\n"
        "or with experts that have not converged. Parameter averaging and averaging log\n"
        "probabilities at decoding are the same for every log-linear policy.\n"
        "\n"
        "experts=dpo fits each expert to its own labelled pairs instead of a reward (a soup "
        "of\n"
        "dpo policies). The objective shown is the weighted sum of the experts' own "
        "objectives;\n"
        "the gap is the shortfall from the best table policy for the rewards\n"
        "sum_k (w_k/beta_k) r_k, so on features it shows the price of averaging.\n"
        "\n"
        "By hand: two responses, r_1 = (1, 0), r_2 = (0, 1), weights (.75, .25), beta = .5,\n"
        "uniform reference: pi = (.7311, .2689).",
    .cost = "that of training the experts, then K parameters per score",
    .source = "A. Rame et al., Rewarded soups: towards Pareto-optimal alignment by "
              "interpolating weights fine-tuned on diverse rewards, arXiv 2306.04488 (2023)",
    .deviation = "experts are solved exactly, or by plain gradient steps, instead of PPO",
    .options = soup_table,
    .option_count = sizeof soup_table / sizeof *soup_table,
    .options_size = sizeof(soup_options),
    .state_size = sizeof(pf_experts),
    .needs = soup_needs,
    .init = soup_init,
    .step = soup_step,
    .policy = soup_policy,
    .exact = soup_exact,
    .gap = soup_gap,
};
