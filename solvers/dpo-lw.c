/* dpo-lw: dpo with linearly weighted losses, one loss per objective on its own labels.
 *
 *   minimise  sum_k w_k L_dpo(D_k)
 *
 * Because softplus is linear in the label's weight, this is dpo on the mixture of labels
 * sum_k w_k p_k (derived), which is not the optimum of the weighted reward (morlhf).
 * Cost per step as dpo. The loss is Rafailov et al. 2023 (arXiv 2305.18290); the weighting is
 * the baseline that MODPO (Zhou et al., arXiv 2310.03708, 2023) compares with.
 * Check: two responses, p_1 = .9, p_2 = .3, w = (.5,.5), beta = 1, uniform ref: the mixed label
 * is .6 and pi = (.6, .4). */
#include "problems/model/projection.h"
#include "solvers/engine/pair_fit.h"
#include "solvers/engine/weights.h"

typedef struct dpo_lw_options {
    pf_training training;
    pf_reals weights;
    double beta;
} dpo_lw_options;

static const pf_option dpo_lw_table[] = {
    PF_WEIGHTS_OPTION(dpo_lw_options),
    PF_BETA_OPTION(dpo_lw_options),
    PF_TRAINING_OPTIONS(dpo_lw_options),
    PF_RIDGE_OPTION(dpo_lw_options),
};

static unsigned dpo_lw_needs(const void *options)
{
    (void)options;
    return PF_NEEDS_PAIRS;
}

/* The labels of all objectives as one set: each objective's shares, scaled by its weight. */
static void dpo_lw_mix(const pf_run *run, const double *weights, double *win, double *lose)
{
    const pf_pairs *pairs = run->pairs;
    double *one_win = PF_NEW(run->arena, double, pairs->C);
    double *one_lose = PF_NEW(run->arena, double, pairs->C);
    for (size_t k = 0; k < pairs->K; k++) {
        pf_pairs_shares(pairs, k, one_win, one_lose);
        for (size_t c = 0; c < pairs->C; c++) {
            win[c] += weights[k] * one_win[c];
            lose[c] += weights[k] * one_lose[c];
        }
    }
}

static pf_status dpo_lw_init(pf_run *run, void *state, pf_error *error)
{
    const dpo_lw_options *options = run->options;
    const double *weights;
    PF_TRY(pf_weights_open("dpo-lw", &options->weights, run, &weights, error));
    double *win = PF_NEW(run->arena, double, run->pairs->C);
    double *lose = PF_NEW(run->arena, double, run->pairs->C);
    dpo_lw_mix(run, weights, win, lose);
    return pf_pair_fit_open("dpo-lw", "dpo", &options->beta, &options->training, win, lose, run,
                            state, error);
}

static void dpo_lw_exact(void *options)
{
    pf_training_exact(&((dpo_lw_options *)options)->training);
}

const pf_solver pf_solver_dpo_lw = {
    .name = "dpo-lw",
    .summary = "dpo with the objectives' losses linearly weighted",
    .detail =
        "The simplest way to give dpo several objectives: one dpo loss per objective on its "
        "own\n"
        "labels, added with weights on the simplex:\n"
        "\n"
        "  loss = sum_k w_k mean over D_k of softplus(-beta h)\n"
        "\n"
        "Derived: this equals dpo on the mixture labels sum_k w_k p_k. It is not the optimum\n"
        "for the weighted reward sum_k w_k r_k that morlhf and modpo find, because the mean "
        "of\n"
        "sigmoids is not the sigmoid of the mean; the difference is what the comparison "
        "shows.\n"
        "\n"
        "By hand: two responses, p_1 = .9, p_2 = .3, weights (.5, .5), beta = 1, uniform\n"
        "reference: the mixed label is .6, and pi = (.6, .4).",
    .cost = "as dpo: exact, table: C + X Y^3/3 (Y <= 128); gradient: C + X Y, or batch + X Y",
    .source = "loss: R. Rafailov et al., arXiv 2305.18290 (2023); as a baseline: Z. Zhou et "
              "al., Beyond One-Preference-Fits-All Alignment, arXiv 2310.03708 (2023)",
    .deviation =
        "pairs are aggregated into cells, which changes no value; method=gradient takes "
        "the exact expectation unless batch is given",
    .options = dpo_lw_table,
    .option_count = sizeof dpo_lw_table / sizeof *dpo_lw_table,
    .options_size = sizeof(dpo_lw_options),
    .state_size = sizeof(pf_fit),
    .needs = dpo_lw_needs,
    .init = dpo_lw_init,
    .step = pf_fit_step,
    .policy = pf_fit_policy,
    .exact = dpo_lw_exact,
    .gap = pf_fit_gap,
};
