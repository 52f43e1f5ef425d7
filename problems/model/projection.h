/* Bradley-Terry projection of labelled pairs (exact or sampled) onto rewards:
 * rhat_k = argmin over r of sum over cells of win softplus(-(r_a - r_b)) + lose softplus(r_a -
 * r_b) (Bradley and Terry 1952). Unique up to a shift per connected component of the compared
 * responses, fixed to mean 0 there; 0 where nothing was compared. */
#ifndef PF_PROBLEMS_MODEL_PROJECTION_H
#define PF_PROBLEMS_MODEL_PROJECTION_H

#include "problems/model/pairs.h"

/* reward [X][Y] of objective k, to a gradient norm of 1e-12 per unit of weight. `ridge` adds
 * ridge/2 |r|^2 to the mean loss. PF_SEPARABLE when the maximum is infinite and ridge is 0. */
pf_status pf_bradley_terry(const pf_pairs *pairs, size_t k, double ridge, pf_arena *arena,
                           double *reward, pf_error *error);

/* Weights of "a wins" and "b wins" of objective k's labels as shares of all its labels:
 * win [C], lose [C], together summing to 1 (to 0 when the objective has no label). */
void pf_pairs_shares(const pf_pairs *pairs, size_t k, double *win, double *lose);

#endif
