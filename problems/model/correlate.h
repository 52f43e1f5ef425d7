/* Tables with chosen correlations. */
#ifndef PF_PROBLEMS_MODEL_CORRELATE_H
#define PF_PROBLEMS_MODEL_CORRELATE_H

#include "core/arena.h"
#include "core/random.h"

#include <stddef.h>

/* C = L L' for a correlation matrix C [K][K], with as few columns of L [K][K] as the rank of C,
 * which is returned; L is zero beyond them. 0 when C is no correlation matrix, by more than
 * 1e-9. The diagonal of C is taken to be 1. K is at least 1; L comes zeroed. Costs K^3. */
size_t pf_correlation_factor(size_t K, const double *C, double *L, pf_arena *arena);

/* F random tables z [F][X][Y]: Gaussian, centred within every context, of root mean square 1
 * and orthogonal to each other over the whole table. F is at most X (Y - 1). */
void pf_orthonormal_tables(size_t F, size_t X, size_t Y, pf_random *random, double *z);

#endif
