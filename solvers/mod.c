/* mod: mix the experts' log probabilities at decoding.
 *
 *   pi(y) proportional to prod_k pi_k(y)^{w_k}
 *
 * Cost: that of the experts, then X Y K.
 * Paper: Shi, Chen, Hu, Liu, Hajishirzi, Smith, Du, "Decoding-Time Language Model Alignment
 * with Multiple Objectives", arXiv 2406.18853, 2024. Check: experts (.9, .1) and (.5, .5), w =
 * (.5,.5): log odds log(9)/2 = log 3, pi = (.75, .25). */
#include "core/kernels.h"
#include "solvers/engine/experts.h"

typedef struct mod_options {
    pf_training training;
    pf_experts_options experts;
} mod_options;

static const pf_option mod_table[] = {
    PF_EXPERTS_OPTIONS(mod_options),
    PF_TRAINING_OPTIONS(mod_options),
    PF_RIDGE_OPTION(mod_options),
};

static unsigned mod_needs(const void *options)
{
    return pf_experts_needs(&((const mod_options *)options)->experts);
}

static pf_status mod_init(pf_run *run, void *state, pf_error *error)
{
    const mod_options *options = run->options;
    return pf_experts_open("mod", &options->experts, &options->training, run, state, error);
}

static pf_status mod_step(pf_run *run, void *state, bool *done, pf_error *error)
{
    return pf_experts_step(state, run, done, error);
}

/* The mixture of log ratios u_k = log pi_k/ref is that of log probabilities, as the weights sum
 * to 1; normalisers of the experts cancel in each context. */
static void mod_policy(const pf_run *run, const void *state, double *policy)
{
    const pf_experts *experts = state;
    const pf_problem *problem = run->problem;
    size_t cells = problem->X * problem->Y;
    pf_mark mark = pf_arena_mark(run->arena);
    double *mixed = PF_NEW(run->arena, double, cells);
    for (size_t k = 0; k < experts->K; k++) {
        if (!experts->trainer[k])
            continue;
        pf_trainer_ratio(experts->trainer[k], policy);
        pf_axpy(cells, experts->weights[k], policy, mixed);
    }
    pf_policy_probabilities(problem, mixed, policy);
    pf_release(run->arena, mark);
}

static void mod_exact(void *options)
{
    pf_training_exact(&((mod_options *)options)->training);
}

static double mod_gap(const pf_run *oracle, const void *state, const double *policy)
{
    return pf_experts_gap(oracle, state, policy);
}

const pf_solver pf_solver_mod = {
    .name = "mod",
    .summary = "decoding from the weighted log probabilities of single-objective experts",
    .detail =
        "Train one expert per objective, keep them all, and mix them when answering:\n"
        "\n"
        "  log pi(y given x) = sum_k w_k log pi_k(y given x) + constant(x)\n"
        "\n"
        "Derived: for log-linear policies (a table is one) this is soup, the average of the\n"
        "parameters; on a full table with one beta for all both are exactly morlhf.\n"
        "\n"
        "The objective shown is the weighted sum of the experts' own objectives; the gap is "
        "the\n"
        "shortfall from the best table policy for the rewards sum_k (w_k/beta_k) r_k.\n"
        "\n"
        "By hand: experts (.9, .1) and (.5, .5), weights (.5, .5): pi = (.75, .25).",
    .cost = "that of training the experts, then X Y K",
    .source = "R. Shi et al., Decoding-Time Language Model Alignment with Multiple Objectives, "
              "arXiv 2406.18853 (2024)",
    .deviation =
        "whole responses are mixed, as there are no tokens; experts are solved exactly, "
        "or by plain gradient steps, instead of PPO",
    .options = mod_table,
    .option_count = sizeof mod_table / sizeof *mod_table,
    .options_size = sizeof(mod_options),
    .state_size = sizeof(pf_experts),
    .needs = mod_needs,
    .init = mod_init,
    .step = mod_step,
    .policy = mod_policy,
    .exact = mod_exact,
    .gap = mod_gap,
};
