#include "solvers/engine/experts.h"

#include "problems/model/optimum.h"
#include "solvers/engine/pair_loss.h"

#include <math.h>

unsigned pf_experts_needs(const pf_experts_options *options)
{
    return options->kind == PF_EXPERT_DPO ? PF_NEEDS_PAIRS : pf_rewards_needs(options->reward);
}

static pf_status experts_betas(const char *owner, const pf_reals *given, pf_run *run,
                               pf_experts *experts, pf_error *error)
{
    if (given->n != 1 && given->n != experts->K)
        return pf_fail(error, PF_INVALID,
                       "%s: %zu values of beta, expected one or one per objective (%zu)", owner,
                       given->n, experts->K);
    experts->beta = PF_NEW(run->arena, double, experts->K);
    for (size_t k = 0; k < experts->K; k++)
        experts->beta[k] = given->at[given->n == 1 ? 0 : k];
    return PF_OK;
}

static pf_status experts_dpo(const char *owner, const pf_training *training, size_t k,
                             pf_run *run, pf_experts *experts, pf_error *error)
{
    pf_margin_task task = pf_pair_loss_objective(pf_pair_loss_named("dpo"), &experts->beta[k],
                                                 run->pairs, k, run->arena);
    return pf_trainer_pairs(owner, training, &task, run, &experts->trainer[k], error);
}

static pf_status experts_rlhf(const char *owner, const pf_training *training, size_t k,
                              const double *reward, pf_run *run, pf_experts *experts,
                              pf_error *error)
{
    const pf_problem *problem = run->problem;
    size_t cells = problem->X * problem->Y;
    double *utility = PF_NEW(run->arena, double, cells);
    for (size_t i = 0; i < cells; i++)
        utility[i] = reward[i * problem->K + k];
    return pf_trainer_reward(owner, training, utility, experts->beta[k], run,
                             &experts->trainer[k], error);
}

pf_status pf_experts_open(const char *owner, const pf_experts_options *options,
                          const pf_training *training, pf_run *run, pf_experts *experts,
                          pf_error *error)
{
    const double *reward = NULL;
    *experts = (pf_experts){.K = run->problem->K};
    PF_TRY(pf_weights_open(owner, &options->weights, run, &experts->weights, error));
    PF_TRY(experts_betas(owner, &options->beta, run, experts, error));
    if (options->kind == PF_EXPERT_RLHF)
        PF_TRY(pf_rewards_open(options->reward, training->ridge, experts->weights, run, &reward,
                               error));
    experts->reward = reward;
    experts->trainer = PF_NEW(run->arena, pf_trainer *, experts->K);
    for (size_t k = 0; k < experts->K; k++) {
        if (!(experts->weights[k] > 0))
            continue;
        PF_TRY(options->kind == PF_EXPERT_DPO
                   ? experts_dpo(owner, training, k, run, experts, error)
                   : experts_rlhf(owner, training, k, reward, run, experts, error));
    }
    return PF_OK;
}

pf_status pf_experts_step(pf_experts *experts, pf_run *run, bool *done, pf_error *error)
{
    while (!experts->trainer[experts->current])
        experts->current++;
    pf_trainer *trainer = experts->trainer[experts->current];
    bool trained;
    PF_TRY(pf_trainer_step(trainer, &trained, error));
    if (trained)
        experts->current++;
    *done = true;
    run->converged = true;
    run->objective = run->gradient_norm = 0;
    for (size_t k = 0; k < experts->K; k++) {
        if (!experts->trainer[k])
            continue;
        *done = *done && k < experts->current;
        run->converged = run->converged && pf_trainer_converged(experts->trainer[k]);
        run->objective += experts->weights[k] * pf_trainer_objective(experts->trainer[k]);
        run->gradient_norm =
            fmax(run->gradient_norm, pf_trainer_gradient_norm(experts->trainer[k]));
    }
    if (trained)
        pf_trainer_note(trainer, &run->note);
    return PF_OK;
}

/* What dpo experts answer to is learned only here: their pairs may have no finite projection on
 * a table and still be fitted well on features. */
double pf_experts_gap(const pf_run *oracle, const pf_experts *experts, const double *policy)
{
    const pf_problem *problem = oracle->problem;
    pf_run run = *oracle;
    pf_error ignored;
    const double *reward = experts->reward;
    pf_mark mark = pf_arena_mark(run.arena);
    double *share = PF_NEW(run.arena, double, experts->K), sum = 0, gap = NAN;
    double *utility = PF_NEW(run.arena, double, problem->X * problem->Y);
    double *best = PF_NEW(run.arena, double, problem->X * problem->Y);
    for (size_t k = 0; k < experts->K; k++)
        sum += share[k] = experts->weights[k] / experts->beta[k];
    for (size_t k = 0; k < experts->K; k++)
        share[k] /= sum;
    if (reward || pf_rewards_open(PF_REWARD_LEARNED, 0, experts->weights, &run, &reward,
                                  &ignored) == PF_OK) {
        pf_weigh(problem, experts->K, reward, share, utility);
        gap = pf_tilt(problem, utility, 1 / sum, best) / sum -
              pf_regularised_value(problem, utility, 1 / sum, policy);
    }
    pf_release(run.arena, mark);
    return gap;
}
