/* Whether labelled pairs leave a policy on features without a finite optimum.
 *
 * With D_c = phi(x,winner) - phi(x,loser), a loss that falls for ever as margins grow has no
 * finite optimum exactly when some direction delta of the features has D_c . delta = 0 in every
 * cell that both responses have won, D_c . delta >= 0 in every cell that only one has won, and
 * > 0 in some. */
#ifndef PF_SOLVERS_ENGINE_SEPARABLE_H
#define PF_SOLVERS_ENGINE_SEPARABLE_H

#include "problems/model/margin.h"
#include "problems/problem.h"

/* PF_SEPARABLE when there is such a direction; the task's loss must need both sides and its
 * ridge must be 0. The arena is scratch. Without one-sided cells this costs one look at each
 * cell; else C d + Y d^2 per context until the two-sided cells are seen to span the features,
 * and a linear programme in the directions they leave open. */
pf_status pf_features_separable(const char *owner, const pf_problem *problem,
                                const pf_margin_task *task, pf_arena *arena, pf_error *error);

#endif
