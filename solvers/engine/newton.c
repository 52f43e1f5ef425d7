#include "solvers/engine/newton.h"

#include "core/kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { HALVINGS = 60 };

static void newton_evaluate(const pf_newton *newton, pf_newton_point *point)
{
    size_t n = newton->n;
    point->value = newton->function(newton->self, point->x, point->gradient, point->hessian);
    double square = 0;
    for (size_t i = 0; i < n; i++) {
        double r = fmin(point->x[i], point->gradient[i]);
        square += r * r;
    }
    point->residual = sqrt(square);
}

static void newton_point_open(pf_newton_point *point, size_t n, pf_arena *arena)
{
    point->x = PF_NEW(arena, double, n);
    point->gradient = PF_NEW(arena, double, n);
    point->hessian = PF_NEW(arena, double, (n * n));
}

void pf_newton_open(pf_newton *newton, size_t n, pf_newton_function function, void *self,
                    double tolerance, pf_arena *arena)
{
    *newton = (pf_newton){.n = n, .function = function, .self = self, .tolerance = tolerance};
    newton_point_open(&newton->at, n, arena);
    newton_point_open(&newton->trial, n, arena);
    newton->direction = PF_NEW(arena, double, n);
    newton->matrix = PF_NEW(arena, double, (n * n));
    newton->free = PF_NEW(arena, size_t, n);
    newton->held = PF_NEW(arena, bool, n);
}

void pf_newton_start(pf_newton *newton, const double *x)
{
    if (newton->n > 0)
        memmove(newton->at.x, x, newton->n * sizeof *x);
    newton_evaluate(newton, &newton->at);
    newton->converged = newton->at.residual <= newton->tolerance;
    newton->stalled = false;
}

/* Solves the free block for the Newton step; false while the block is not positive definite. */
static bool newton_block(pf_newton *newton, size_t m, double ridge)
{
    const pf_newton_point *at = &newton->at;
    for (size_t i = 0; i < m; i++) {
        size_t row = newton->free[i];
        newton->direction[i] = -at->gradient[row];
        for (size_t j = 0; j <= i; j++)
            newton->matrix[i * m + j] = at->hessian[row * newton->n + newton->free[j]];
        newton->matrix[i * m + i] += ridge;
    }
    return m == 0 || pf_cholesky_solve(m, newton->matrix, newton->direction) == 0;
}

/* Sorts the coordinates into held and free ones; returns how many are free. */
static size_t newton_sort(pf_newton *newton)
{
    const pf_newton_point *at = &newton->at;
    double near = fmin(1e-3, at->residual);
    size_t m = 0;
    for (size_t i = 0; i < newton->n; i++) {
        newton->held[i] = at->x[i] <= near && at->gradient[i] > 0;
        if (!newton->held[i])
            newton->free[m++] = i;
    }
    return m;
}

/* The direction of every coordinate; false when the Hessian is not finite. */
static bool newton_direction(pf_newton *newton)
{
    const pf_newton_point *at = &newton->at;
    size_t n = newton->n, m = newton_sort(newton);
    double largest = 0, ridge = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, at->hessian[i * n + i]);
    /* 1e-14 of the largest curvature is what rounding leaves of a curvature of zero. */
    while (!newton_block(newton, m, ridge)) {
        ridge = ridge > 0 ? 100 * ridge : fmax(1e-14 * largest, DBL_MIN);
        if (!isfinite(ridge))
            return false;
    }
    /* From the back, because free[i] >= i. */
    for (size_t i = m; i-- > 0;)
        newton->direction[newton->free[i]] = newton->direction[i];
    for (size_t i = 0; i < n; i++) {
        double curvature = at->hessian[i * n + i];
        if (newton->held[i])
            newton->direction[i] = -at->gradient[i] / (curvature > 0 ? curvature : 1);
    }
    return true;
}

/* A nearly singular Hessian points far beyond any sensible answer; the distance may grow
 * tenfold a step. */
static void newton_shorten(pf_newton *newton)
{
    double longest = 0, size = 0;
    for (size_t i = 0; i < newton->n; i++) {
        longest = fmax(longest, fabs(newton->direction[i]));
        size = fmax(size, newton->at.x[i]);
    }
    double reach = 10 * (1 + size);
    if (longest <= reach)
        return;
    for (size_t i = 0; i < newton->n; i++)
        newton->direction[i] *= reach / longest;
}

/* Whether the trial point is progress: Armijo's decrease, or a smaller residual where the
 * decrease that is due is lost in the rounding of f. */
static bool newton_accepts(const pf_newton *newton, double due)
{
    double noise = 1e-11 * (1 + fabs(newton->at.value));
    double change = newton->trial.value - newton->at.value;
    if (!isfinite(newton->trial.value))
        return false;
    if (due <= noise)
        return change <= noise && newton->trial.residual < newton->at.residual;
    return change <= -1e-4 * due;
}

/* Moves the trial point along the arc; returns the decrease of f that Armijo's rule counts on.
 */
static double newton_move(pf_newton *newton, double length)
{
    const pf_newton_point *at = &newton->at;
    double due = 0;
    for (size_t i = 0; i < newton->n; i++) {
        double d = length * newton->direction[i], x = fmax(at->x[i] + d, 0);
        newton->trial.x[i] = x;
        due -= at->gradient[i] * (newton->held[i] ? x - at->x[i] : d);
    }
    newton_evaluate(newton, &newton->trial);
    return due;
}

void pf_newton_step(pf_newton *newton)
{
    if (newton->converged || newton->stalled)
        return;
    newton->stalled = true;
    if (!newton_direction(newton))
        return;
    newton_shorten(newton);
    double length = 1;
    for (int i = 0; i < HALVINGS && newton->stalled; i++, length /= 2)
        newton->stalled = !newton_accepts(newton, newton_move(newton, length));
    if (newton->stalled)
        return;
    pf_newton_point point = newton->at;
    newton->at = newton->trial;
    newton->trial = point;
    newton->converged = newton->at.residual <= newton->tolerance;
}
