/* Random arguments for tests of functions of numbers. */
#ifndef PF_TESTS_DRAWS_H
#define PF_TESTS_DRAWS_H

#include "core/random.h"

static inline double draw_between(pf_random *random, double low, double high)
{
    return low + (high - low) * pf_random_uniform(random);
}

static inline void fill(pf_random *random, size_t n, double low, double high, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = draw_between(random, low, high);
}

#endif
