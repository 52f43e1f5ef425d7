/* Projected Newton on the nonnegative orthant, for small dense convex problems:
 *   minimise f(x) subject to x >= 0.
 *
 * Bertsekas, "Projected Newton methods for optimization problems with simple constraints",
 * SIAM J. Control Optim. 20 (1982): coordinates near zero that the gradient pushes down move on
 * their own, the others by a Newton step on their block of the Hessian (a ridge is added while
 * the block is not positive definite), and Armijo backtracking runs along the projection arc.
 * One iteration per step. */
#ifndef PF_SOLVERS_ENGINE_NEWTON_H
#define PF_SOLVERS_ENGINE_NEWTON_H

#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Returns f(x) and fills gradient [n] and the lower triangle of hessian [n][n] at least. A
 * value that is not finite marks a point outside the domain. */
typedef double (*pf_newton_function)(void *self, const double *x, double *gradient,
                                     double *hessian);

typedef struct pf_newton_point {
    double *x; /* [n] */
    double value;
    double *gradient; /* [n] */
    double *hessian;  /* [n][n], lower triangle */
    double residual;  /* norm of x - max(x - gradient, 0), zero exactly at the optimum */
} pf_newton_point;

typedef struct pf_newton {
    size_t n;
    pf_newton_function function;
    void *self;
    double tolerance;      /* on the residual */
    pf_newton_point at;    /* the present point */
    pf_newton_point trial; /* scratch, swapped with `at` */
    double *direction;     /* [n] scratch */
    double *matrix;        /* [n][n] scratch */
    size_t *free;          /* [n] scratch */
    bool *held;            /* [n] scratch: near zero and pushed down */
    bool converged;        /* residual <= tolerance */
    bool stalled;          /* no step along the last direction made progress */
} pf_newton;

/* Allocates; x is 0 until pf_newton_start. n may be 0: such a problem is converged. */
void pf_newton_open(pf_newton *newton, size_t n, pf_newton_function function, void *self,
                    double tolerance, pf_arena *arena);

/* Evaluates at x [n] >= 0, which may be newton->at.x; f(x) must be finite. Call it again when
 * the function has changed. */
void pf_newton_start(pf_newton *newton, const double *x);

/* One iteration; does nothing once converged. Costs one to a few evaluations and n^3/3. */
void pf_newton_step(pf_newton *newton);

#endif
