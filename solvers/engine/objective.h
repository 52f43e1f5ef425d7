/* The two objectives that policies are trained on, as functions of a policy's parameters.
 *
 * Pairs:  mean loss of labelled pairs (a pf_margin_task with u in place of theta).
 * Reward: beta KL(pi to ref) - E_pi utility, the negative of what RLHF maximises.
 * With batch = 0 both are exact expectations; else `batch` labelled pairs, or contexts with one
 * response each drawn from the present policy, are drawn anew at every evaluation. */
#ifndef PF_SOLVERS_ENGINE_OBJECTIVE_H
#define PF_SOLVERS_ENGINE_OBJECTIVE_H

#include "core/random.h"
#include "problems/model/potential.h"
#include "solvers/engine/function.h"
#include "solvers/engine/policy.h"

/* The task is borrowed; its ridge applies to the parameters. */
pf_function pf_objective_pairs(const pf_policy *policy, const pf_margin_task *task,
                               size_t batch, pf_random *random, pf_arena *arena);

/* utility [X][Y] is borrowed. */
pf_function pf_objective_reward(const pf_policy *policy, const double *utility, double beta,
                                size_t batch, pf_random *random, pf_arena *arena);

/* Population value of the pair objective at log ratios [X][Y], without ridge. */
double pf_pairs_loss(const pf_margin_task *task, const double *ratio, pf_arena *arena);

/* E_pi utility - beta KL(pi to ref) of a policy [X][Y]. */
double pf_regularised_value(const pf_problem *problem, const double *utility, double beta,
                            const double *policy);

#endif
