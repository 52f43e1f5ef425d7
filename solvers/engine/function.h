/* A smooth function to be minimised, as the optimisers see it. */
#ifndef PF_SOLVERS_ENGINE_FUNCTION_H
#define PF_SOLVERS_ENGINE_FUNCTION_H

#include <stddef.h>

typedef struct pf_function {
    size_t n; /* parameters */
    /* Value at theta [n]; fills gradient [n]. A stochastic function draws anew each call. */
    double (*evaluate)(void *self, const double *theta, double *gradient);
    void *self;
} pf_function;

#endif
