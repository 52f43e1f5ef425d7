/* The inside of the hypervolume: measures of unions of boxes that share a corner.
 *
 * A box is [0, g_1] x .. x [0, g_d] with gains g_k = reference_k - point_k > 0, so larger is
 * better and min(g, h) is the box common to two. Gains are rounded once, each to half an ulp;
 * the measure grows with each of them, so this costs at most d half ulps of the result. */
#ifndef PF_PLOTS_MEASURE_VOLUME_H
#define PF_PLOTS_MEASURE_VOLUME_H

#include "plots/measure/volume_sweep.h"

/* What slicing needs in d dimensions. */
typedef struct pf_volume_level {
    double *limits;  /* [n][d] boxes of a subproblem */
    double *earlier; /* [n][d] boxes already swept and not inside another */
    pf_place *order; /* [n] */
} pf_volume_level;

/* Working memory for up to n boxes, reused by every call of the recursion. */
typedef struct pf_volume_work {
    size_t n;
    pf_sweep_work sweep;
    pf_volume_level *levels; /* [d+1], used from 3 up */
} pf_volume_work;

pf_volume_work pf_volume_room(size_t n, size_t d, pf_arena *scratch);

/* Volume of the union of n boxes `gains` [n][d], all gains positive; n at most work->n. The
 * boxes may be those of work->levels[d].limits. */
double pf_volume(pf_volume_work *work, size_t n, size_t d, const double *gains);

#endif
