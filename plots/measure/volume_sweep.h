/* Unions of boxes (volume.h) in one, two and three dimensions, by sweeping. */
#ifndef PF_PLOTS_MEASURE_VOLUME_SWEEP_H
#define PF_PLOTS_MEASURE_VOLUME_SWEEP_H

#include "core/arena.h"

#include <math.h>
#include <stddef.h>

/* A sum that carries what rounding lost (Neumaier, 1974): a million terms cost one ulp. */
typedef struct pf_total {
    double sum, lost;
} pf_total;

static inline void pf_total_add(pf_total *total, double term)
{
    double sum = total->sum + term;
    total->lost +=
        fabs(total->sum) >= fabs(term) ? (total->sum - sum) + term : (term - sum) + total->sum;
    total->sum = sum;
}

/* Places of rows in the order of one column, largest first. */
typedef struct pf_place {
    double key;
    size_t row;
} pf_place;

/* Sorts order[n] by key, largest first, equal keys by row. */
void pf_places_sort(size_t n, pf_place *order);

/* Working memory of a sweep over up to n boxes. */
typedef struct pf_sweep_work {
    pf_place *order; /* [n] */
    double *x, *y;   /* [n] the stairs of the three-dimensional sweep */
    pf_arena *scratch;
} pf_sweep_work;

pf_sweep_work pf_sweep_room(size_t n, pf_arena *scratch);

/* Volume of the union of n boxes `gains` [n][d], d = 1, 2, 3: O(n), O(n log n), O(n log n). */
double pf_volume_sweep(pf_sweep_work *work, size_t n, size_t d, const double *gains);

#endif
