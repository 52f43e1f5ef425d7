/* Hypervolume: the measure of what a point set dominates, the headline indicator. */
#ifndef PF_PLOTS_MEASURE_HYPERVOLUME_H
#define PF_PLOTS_MEASURE_HYPERVOLUME_H

#include "core/arena.h"

#include <stddef.h>

enum { PF_MOST_OBJECTIVES = 31 };

/* Measure of the region dominated by `points` [n][d] and bounded by `reference` [d], all
 * objectives minimised (negate maximised ones). Points that do not beat the reference strictly
 * in every objective count nothing; dominated points and duplicates change nothing. Exact up to
 * rounding (1e-12 relative), d = 1..31, no scaling. Scratch is given back. */
double pf_hypervolume(size_t n, size_t d, const double *points, const double *reference,
                      pf_arena *scratch);

/* How many rows beat the reference strictly in every objective. */
size_t pf_beating(size_t n, size_t d, const double *points, const double *reference);

/* contribution[i] = what the set's hypervolume would lose without row i: 0 for a row that is
 * dominated, has a double or does not beat the reference. Dominated rows do count as part of
 * the rest. The cost is that of n hypervolumes. */
void pf_contributions(size_t n, size_t d, const double *points, const double *reference,
                      double *contribution, pf_arena *scratch);

#endif
