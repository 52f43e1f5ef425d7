/* Win rates estimated from labelled pairs. */
#ifndef PF_SOLVERS_ENGINE_WINRATES_H
#define PF_SOLVERS_ENGINE_WINRATES_H

#include "problems/model/pairs.h"
#include "problems/problem.h"

/* g_k(x,y) = mu(y)/2 + (1 - mu(y)) * (mean wins of y over its pairs), [X][Y][K].
 *
 * A pair never holds a response twice, so the opponent of y is b with probability
 * mu(b)/(1 - mu(y)); the first term gives back the share of mu that y itself has. On exact
 * pairs this is the exact table, on sampled ones its unbiased estimate. A response that was
 * never seen gets 1/2. Costs C K. */
double *pf_winrates_estimate(const pf_problem *problem, const pf_pairs *pairs, pf_arena *arena);

#endif
