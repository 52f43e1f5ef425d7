/* Linear systems with the weighted Laplacian of one context's compared responses:
 * H = sum over cells of weight_c (e_a - e_b)(e_a - e_b)' + diagonal I. */
#ifndef PF_PROBLEMS_MODEL_LAPLACIAN_H
#define PF_PROBLEMS_MODEL_LAPLACIAN_H

#include "problems/model/cells.h"

typedef struct pf_laplacian pf_laplacian;

/* curve [C] is borrowed: a cell's weight is square * curve. Scratch lives in the arena. */
pf_laplacian *pf_laplacian_new(const pf_pairs *pairs, const double *curve, double square,
                               pf_arena *arena);

/* Takes out of v [Y] what H without a diagonal cannot see: the mean over every connected part,
 * as component [Y] numbers them from 1, and all of v where it is 0 (never compared). */
void pf_laplacian_centre(pf_laplacian *laplacian, const uint32_t *component, double *v);

/* Solves H step = right for context x; `step` [Y] holds the right side on entry. Without a
 * diagonal H is singular along shifts of a part, to which the right side must be orthogonal but
 * for rounding. Exact (Cholesky) up to 128 responses; above, conjugate gradients to a residual
 * of `accuracy` times the right side. */
void pf_laplacian_solve(pf_laplacian *laplacian, size_t x, const uint32_t *component,
                        double diagonal, double accuracy, double *step);

/* Ratio of the largest eigenvalue of H to the smallest that belongs to a compared direction; 1
 * when nothing was compared, NaN above 128 responses. Costs Y^3. */
double pf_laplacian_condition(pf_laplacian *laplacian, size_t x, const uint32_t *component,
                              double diagonal);

#endif
