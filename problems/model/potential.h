/* Potentials: per-context scores whose differences explain weighted comparisons.
 *
 * minimise f(theta) = sum over cells c of [ win_c l(z_c) + lose_c l(-z_c) ] + ridge/2 |theta|^2
 *                     z_c = scale (theta(x,a) - theta(x,b)) - offset_c
 * for a convex loss l of a margin. Contexts are independent; in each the Hessian is the
 * Laplacian of a weighted graph, and Newton's method converges in a handful of steps. With the
 * logistic loss this is Bradley-Terry maximum likelihood, and DPO on a table.
 *
 * The gauge: differences fix theta only up to a shift in each connected component of the
 * compared responses; theta has mean 0 there, and is 0 where nothing was compared. */
#ifndef PF_PROBLEMS_MODEL_POTENTIAL_H
#define PF_PROBLEMS_MODEL_POTENTIAL_H

#include "core/status.h"
#include "problems/model/margin.h"

typedef struct pf_potential pf_potential;

/* Begins at the task's start. PF_SEPARABLE names a context and a response when there is no
 * finite optimum. Arrays live in the arena; the task's arrays are borrowed. */
pf_status pf_potential_new(const pf_margin_task *task, pf_arena *arena,
                           pf_potential **potential, pf_error *error);

/* One Newton step, with backtracking, in every context whose gradient norm is above
 * `tolerance` times the context's total weight. *done when none is left. PF_DIVERGED when a
 * context cannot be improved although it is far from its optimum. */
pf_status pf_potential_step(pf_potential *potential, double tolerance, bool *done,
                            pf_error *error);

const double *pf_potential_theta(const pf_potential *potential); /* [X][Y] */
double pf_potential_loss(pf_potential *potential); /* costs one pass over the cells */
double pf_potential_gradient_norm(const pf_potential *potential);

/* Largest over contexts of the ratio of the Hessian's largest to its smallest eigenvalue that
 * belongs to a compared direction; NaN above 128 responses. Costs X Y^3. */
double pf_potential_condition(pf_potential *potential);

/* Contexts without any comparison, and contexts whose compared responses fall into several
 * components (their relative mass is then left at its start). */
size_t pf_potential_unseen(const pf_potential *potential);
size_t pf_potential_disconnected(const pf_potential *potential);

#endif
