/* KL-regularised optima in closed form: pi(y|x) = ref(y|x) exp(u(x,y)/beta) / Z(x), the
 * maximiser of E u - beta KL(pi to ref); its value is beta E_x log Z. */
#ifndef PF_PROBLEMS_MODEL_OPTIMUM_H
#define PF_PROBLEMS_MODEL_OPTIMUM_H

#include "problems/problem.h"

/* policy [X][Y] from utility [X][Y]; returns E_x log Z. beta > 0. policy may be utility. */
double pf_tilt(const pf_problem *problem, const double *utility, double beta, double *policy);

/* utility [X][Y] = sum_k weights[k] table[x][y][k]. */
void pf_weigh(const pf_problem *problem, size_t K, const double *table, const double *weights,
              double *utility);

#endif
