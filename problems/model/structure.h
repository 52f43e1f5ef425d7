/* What kind of preferences a problem holds: how far its objectives conflict, whether their
 * majorities run in circles, whether one reward explains them. */
#ifndef PF_PROBLEMS_MODEL_STRUCTURE_H
#define PF_PROBLEMS_MODEL_STRUCTURE_H

#include "problems/problem.h"

/* Correlation of objectives within contexts: covariances under ref in each context, averaged
 * over rho, because a reward is defined up to a shift per context. table [X][Y][K]; out [K][K],
 * NaN where an objective does not vary. */
void pf_correlation(const pf_problem *problem, size_t K, const double *table, pf_arena *scratch,
                    double *out);

/* Share of the triples of responses, over all contexts, whose majorities p_k > 1/2 form a cycle
 * a > b > c > a; a tie is no majority. NaN with fewer than 3 responses. Costs X Y^3 / 64. */
double pf_intransitive(const pf_problem *problem, size_t k, pf_arena *scratch);

/* Largest |p_k(a > b) - sigmoid(l_a - l_b)| over all cells, where l_y is the log-odds of y
 * against the context's first response: 0 (but for rounding) if and only if p_k is
 * Bradley-Terry. inf when some response always beats or always loses to the first. Costs
 * X Y^2. */
double pf_bradley_terry_error(const pf_problem *problem, size_t k, pf_arena *scratch);

#endif
