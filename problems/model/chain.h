/* The exact front of two objectives: hull edges of all contexts, merged by slope. The K = 2
 * part of pf_front_exact. */
#ifndef PF_PROBLEMS_MODEL_CHAIN_H
#define PF_PROBLEMS_MODEL_CHAIN_H

#include "problems/problem.h"

#include <float.h>

/* A front: what pf_front_exact, pf_front_regularised and the chain below fill. */
typedef struct pf_front {
    size_t n, K;
    double *points;    /* [n][K], maximised, sorted by the first objective descending */
    double *weights;   /* [n][K]: weights for which the point is optimal (sum to 1) */
    size_t *responses; /* [n][X] the deterministic policy of each point; NULL if regularised or
                          if n X exceeds PF_FRONT_RESPONSES_MOST */
    double *policies;  /* [n][X][Y], regularised only; NULL otherwise */
    double *reference; /* [K] smallest attainable value of each objective */
    double area;       /* K=2: exact area under the chain above `reference`; else NaN */
} pf_front;

#define PF_FRONT_RESPONSES_MOST 50000000u

/* Differences below this share of the largest value are rounding, not structure. */
#define PF_FRONT_NOISE (64 * DBL_EPSILON)

/* Fills n, K, points, weights and responses of `front` from table [X][Y][2]; magnitude [2] is
 * the largest |value| a policy may have. O(X Y log(X Y)). */
void pf_front_chain(const pf_problem *problem, const double *table, const double *magnitude,
                    pf_arena *arena, pf_front *front);

#endif
