/* modpo: multi-objective DPO; morlhf's policy from one objective's pairs and the others'
 * margins.
 *
 *   minimise  mean over pairs of objective k0 of softplus(-z)
 *   z = (1/w_k0) [ beta h - sum_{j != k0} w_j (m_j(win) - m_j(lose)) ]
 *   h = u(x,a) - u(x,b),  u = log pi/ref,  m_j = beta log(pi_j/ref) or r_j
 *
 * Cost per step as dpo, after one dpo per margin model.
 * Paper: Zhou, Liu, Shao, Yue, Yang, Ouyang, Qiao, "Beyond One-Preference-Fits-All Alignment:
 * Multi-Objective Direct Preference Optimization", arXiv 2310.03708, ACL Findings 2024.
 * Check: exact Bradley-Terry pairs give pi = ref exp(sum_k w_k r_k / beta)/Z for every w
 * (derived); two responses, r_1 = (1,0), r_2 = (0,1), w = (.75,.25), beta = .5: pi = (.7311,
 * .2689). */
#include "core/kernels.h"
#include "solvers/engine/experts.h"
#include "solvers/engine/pair_loss.h"

#include <stdio.h>
#include <string.h>

enum { MARGIN_LEARNED, MARGIN_TRUE };

typedef struct modpo_options {
    pf_training training;
    pf_reals weights;
    const char *primary;
    int margin;
    double beta;
} modpo_options;

static const pf_option modpo_table[] = {
    PF_WEIGHTS_OPTION(modpo_options),
    PF_BETA_OPTION(modpo_options),
    PF_OPTION_WORD(modpo_options, primary, "0",
                   "the trained objective k0, whose pairs are fitted: a name or index"),
    PF_OPTION_CHOICE(
        modpo_options, margin, "learned", "learned|true",
        "the other objectives' margins: dpo models of their pairs, or the rewards"),
    PF_TRAINING_OPTIONS(modpo_options),
    PF_RIDGE_OPTION(modpo_options),
};

typedef struct modpo_state {
    pf_fit
        fit; /* of the trained objective; no trainer while margins are learned, or w_k0 = 0 */
    size_t primary;
    const double *weights; /* [K] */
    pf_trainer **margin;   /* [K] dpo models, NULL where none is needed */
    size_t current;        /* the margin model in training; K when all are done */
    double *sum;           /* [X][Y] sum_j w_j m_j */
} modpo_state;

static unsigned modpo_needs(const void *options)
{
    const modpo_options *own = options;
    return PF_NEEDS_PAIRS | (own->margin == MARGIN_TRUE ? PF_NEEDS_REWARD : 0u);
}

/* Opens the fit of the trained objective once the margins are known. */
static pf_status modpo_main(pf_run *run, modpo_state *state, pf_error *error)
{
    static const double one = 1;
    const modpo_options *options = run->options;
    const pf_pairs *pairs = run->pairs;
    size_t Y = pairs->Y;
    double weight = state->weights[state->primary];
    pf_margin_task task = pf_pair_loss_objective(pf_pair_loss_named("dpo"), &one, pairs,
                                                 state->primary, run->arena);
    double *offset = PF_NEW(run->arena, double, pairs->C);
    for (size_t x = 0; x < pairs->X; x++)
        for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++)
            offset[c] =
                (state->sum[x * Y + pairs->a[c]] - state->sum[x * Y + pairs->b[c]]) / weight;
    double *start = PF_NEW(run->arena, double, (run->problem->X * Y));
    for (size_t i = 0; i < run->problem->X * Y; i++)
        start[i] = state->sum[i] / options->beta;
    task.scale = options->beta / weight;
    task.offset = offset;
    task.start = start;
    return pf_trainer_pairs("modpo", &options->training, &task, run, &state->fit.trainer,
                            error);
}

/* sum += w_j m_j; m is [X][Y] with the given stride. */
static void modpo_add(const pf_run *run, modpo_state *state, double scale, size_t stride,
                      const double *m)
{
    for (size_t i = 0; i < run->problem->X * run->problem->Y; i++)
        state->sum[i] += scale * m[i * stride];
}

static pf_status modpo_init(pf_run *run, void *memory, pf_error *error)
{
    const modpo_options *options = run->options;
    const pf_problem *problem = run->problem;
    modpo_state *state = memory;
    size_t K = problem->K;
    PF_TRY(pf_weights_open("modpo", &options->weights, run, &state->weights, error));
    PF_TRY(pf_objective_find(problem, "modpo", options->primary, &state->primary, error));
    state->margin = PF_NEW(run->arena, pf_trainer *, K);
    state->sum = PF_NEW(run->arena, double, problem->X * problem->Y);
    for (size_t j = 0; j < K; j++) {
        if (j == state->primary || !(state->weights[j] > 0))
            continue;
        if (options->margin == MARGIN_TRUE) {
            modpo_add(run, state, state->weights[j], K, problem->reward + j);
            continue;
        }
        pf_margin_task task = pf_pair_loss_objective(pf_pair_loss_named("dpo"), &options->beta,
                                                     run->pairs, j, run->arena);
        PF_TRY(pf_trainer_pairs("modpo", &options->training, &task, run, &state->margin[j],
                                error));
    }
    if (options->margin == MARGIN_TRUE && state->weights[state->primary] > 0)
        PF_TRY(modpo_main(run, state, error));
    return PF_OK;
}

/* One iteration of the margin model in training. */
static pf_status modpo_margin_step(pf_run *run, modpo_state *state, pf_error *error)
{
    const modpo_options *options = run->options;
    pf_trainer *trainer = state->margin[state->current];
    bool trained;
    PF_TRY(pf_trainer_step(trainer, &trained, error));
    pf_trainer_report(trainer, run);
    if (!trained)
        return PF_OK;
    pf_mark mark = pf_arena_mark(run->arena);
    double *ratio = PF_NEW(run->arena, double, run->problem->X * run->problem->Y);
    pf_trainer_ratio(trainer, ratio);
    modpo_add(run, state, options->beta * state->weights[state->current], 1, ratio);
    pf_release(run->arena, mark);
    state->current++;
    return PF_OK;
}

static void modpo_skip(const pf_run *run, modpo_state *state)
{
    while (state->current < run->problem->K && !state->margin[state->current])
        state->current++;
}

static pf_status modpo_step(pf_run *run, void *memory, bool *done, pf_error *error)
{
    modpo_state *state = memory;
    double weight = state->weights[state->primary];
    modpo_skip(run, state);
    if (state->current < run->problem->K) {
        PF_TRY(modpo_margin_step(run, state, error));
        modpo_skip(run, state);
        *done = state->current == run->problem->K && !(weight > 0);
        run->converged = run->converged && *done;
        return PF_OK;
    }
    if (!(weight > 0)) { /* true margins only: the policy is theirs */
        run->converged = *done = true;
        run->objective = run->gradient_norm = 0;
        return PF_OK;
    }
    if (!state->fit.trainer)
        PF_TRY(modpo_main(run, state, error));
    PF_TRY(pf_fit_step(run, state, done, error));
    if (*done && run->note.text[0] == '\0')
        pf_trainer_condition(state->fit.trainer, &run->note);
    return PF_OK;
}

/* Before the trained objective's first step, the policy is that of the margins so far. */
static void modpo_policy(const pf_run *run, const void *memory, double *policy)
{
    const modpo_state *state = memory;
    const modpo_options *options = run->options;
    if (state->fit.trainer) {
        pf_fit_policy(run, &state->fit, policy);
        return;
    }
    for (size_t i = 0; i < run->problem->X * run->problem->Y; i++)
        policy[i] = state->sum[i] / options->beta;
    pf_policy_probabilities(run->problem, policy, policy);
}

static void modpo_exact(void *options)
{
    pf_training_exact(&((modpo_options *)options)->training);
}

static double modpo_gap(const pf_run *oracle, const void *memory, const double *policy)
{
    const modpo_state *state = memory;
    const modpo_options *options = oracle->options;
    const pf_problem *problem = oracle->problem;
    if (state->fit.trainer)
        return pf_fit_gap(oracle, &state->fit, policy);
    pf_mark mark = pf_arena_mark(oracle->arena);
    double *best = PF_NEW(oracle->arena, double, problem->X * problem->Y);
    modpo_policy(oracle, memory, best);
    double gap = pf_regularised_value(problem, state->sum, options->beta, best) -
                 pf_regularised_value(problem, state->sum, options->beta, policy);
    pf_release(oracle->arena, mark);
    return gap;
}

const pf_solver pf_solver_modpo = {
    .name = "modpo",
    .summary = "multi-objective dpo: the weighted reward's optimum from pairs and margins",
    .detail =
        "MODPO wants morlhf's policy for weights w without training on a reward. It fits the\n"
        "pairs of one objective k0 by a dpo loss whose margin makes room for the others:\n"
        "\n"
        "  loss = mean over pairs of objective k0 of softplus(-z)\n"
        "  z    = (1/w_k0) [ beta h - sum over j != k0 of w_j (m_j(win) - m_j(lose)) ]\n"
        "  h    = [log pi(win) - log pi(lose)] - [log ref(win) - log ref(lose)]\n"
        "\n"
        "Why it works: if pi is morlhf's optimum, then beta h is the difference of\n"
        "sum_k w_k r_k; taking away the other objectives' part and dividing by w_k0 leaves "
        "the\n"
        "difference of r_k0 itself, which is just what the pairs of k0 follow. The margins "
        "m_j\n"
        "are beta log(pi_j/ref) of a dpo policy on objective j (margin=learned, from pairs\n"
        "alone) or the rewards (margin=true). Derived: on exact Bradley-Terry pairs the "
        "result\n"
        "is morlhf's policy for every w. w_k0 = 1 is dpo; w_k0 = 0 is the margin models' own\n"
        "policy, without any fit. As w_k0 goes to 0 the loss gets stiff: the message of a run\n"
        "gives the condition number of its Hessian, the iterations are beside it.\n"
        "\n"
        "Iterations first train the margin models one after the other, then the policy. The\n"
        "objective shown is the mean loss of the model in training.\n"
        "\n"
        "By hand: two responses, r_1 = (1, 0), r_2 = (0, 1), weights (.75, .25), beta = .5,\n"
        "uniform reference: pi = (.7311, .2689).",
    .cost = "as dpo, for each margin model and then the policy",
    .source =
        "Z. Zhou et al., Beyond One-Preference-Fits-All Alignment: Multi-Objective Direct "
        "Preference Optimization, arXiv 2310.03708 (2023), ACL Findings 2024",
    .deviation =
        "margin=true (rewards as margins) is an addition for checking; method=gradient "
        "takes the exact expectation unless batch is given",
    .options = modpo_table,
    .option_count = sizeof modpo_table / sizeof *modpo_table,
    .options_size = sizeof(modpo_options),
    .state_size = sizeof(modpo_state),
    .needs = modpo_needs,
    .init = modpo_init,
    .step = modpo_step,
    .policy = modpo_policy,
    .exact = modpo_exact,
    .gap = modpo_gap,
};
