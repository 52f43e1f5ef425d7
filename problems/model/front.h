/* Exact Pareto fronts, computed from the problem itself.
 *
 * Unregularised: the values v(pi) over all policies, inside the support of ref or not, are the
 * rho-weighted Minkowski sum of the contexts' convex hulls. K = 2: hull edges of all contexts
 * merged by slope, O(X Y log(X Y)), the exact chain of vertices and the exact area under it.
 * K >= 3: the vertices that a weight lattice finds by argmax per context.
 * Regularised at beta: { v(pi_w) : w on the simplex }, pi_w optimal for sum_k w_k u_k. */
#ifndef PF_PROBLEMS_MODEL_FRONT_H
#define PF_PROBLEMS_MODEL_FRONT_H

#include "problems/model/chain.h"

typedef enum pf_space { PF_SPACE_REWARD, PF_SPACE_WINRATE } pf_space;

/* [X][Y][K]: rewards, or win rates. PF_UNSUPPORTED when rewards are asked of a problem that
 * has only preferences. */
pf_status pf_space_table(const pf_problem *problem, pf_space space, pf_arena *arena,
                         const double **table, pf_error *error);

/* The most weight vectors a front is computed for. */
#define PF_LATTICE_MOST 1000000u

/* The exact front: no point is dominated, none is given twice. K = 2: every vertex, each with
 * weights for which it alone is optimal; vertices closer to their neighbours' chord than
 * rounding can tell (64 ulp of the largest value) are left out. Else `lattice` is the number of
 * points per edge of the weight simplex (0: pf_simplex_default), and a point's weights are the
 * mean of the lattice weights that led to it; with K = 1 there is one point. PF_INVALID when
 * the lattice has more than PF_LATTICE_MOST weights. */
pf_status pf_front_exact(const pf_problem *problem, size_t K, const double *table,
                         size_t lattice, pf_arena *arena, pf_front *front, pf_error *error);

/* The curve (or surface) of KL-regularised optima at `beta` over a weight lattice with n points
 * per edge, one point for every weight vector: when objectives agree in part, some of them are
 * dominated. `area` is that under the chain of those that are not. `keep_policies` false leaves
 * `policies` NULL and needs no memory for them. PF_INVALID as above, or if beta is not above 0.
 */
pf_status pf_front_regularised(const pf_problem *problem, size_t K, const double *table,
                               double beta, size_t n, bool keep_policies, pf_arena *arena,
                               pf_front *front, pf_error *error);

/* How many weight vectors a lattice of n points per edge has, C(n-1+K-1, K-1); SIZE_MAX when
 * that is more than PF_LATTICE_MOST. */
size_t pf_simplex_count(size_t K, size_t n);

/* The most points per edge whose lattice has at most 5000 weights. */
size_t pf_simplex_default(size_t K);

/* The simplex lattice with n >= 2 points per edge, first weight descending. Returns [count][K];
 * K = 1 gives the one vector (1). pf_simplex_count must not be SIZE_MAX. */
double *pf_simplex_lattice(size_t K, size_t n, size_t *count, pf_arena *arena);

#endif
