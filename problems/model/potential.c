#include "problems/model/potential.h"

#include "core/kernels.h"
#include "problems/model/graph.h"
#include "problems/model/laplacian.h"

#include <math.h>
#include <string.h>

enum { HALVINGS_MOST = 60, DAMPINGS_MOST = 40 };

/* A gradient norm per unit of weight at which rounding may end a solve. */
static const double REST = 1e-9;

struct pf_potential {
    const pf_margin_task *task;
    size_t X, Y;
    double *theta;         /* [X][Y] */
    double *slope, *curve; /* [C] first and second derivative of each cell's loss by z */
    double *gradient;      /* [X][Y] at theta */
    double *norm;          /* [X] gradient norm at theta */
    double *weight;        /* [X] total weight */
    bool *rests;           /* [X] below the tolerance */
    uint32_t *component;   /* [X][Y], from 1; 0 where nothing was compared */
    size_t unseen, disconnected;
    double *step, *trial, *fresh; /* [Y] scratch: fresh is trial's gradient */
    pf_laplacian *laplacian;      /* of the curves: each context's Hessian without the ridge */
    double damping;               /* added to the Hessian's diagonal, 0 but in trouble */
};

/* Slope and curve of context x's cells at theta [Y], and its gradient [Y] by theta. */
static void potential_gradient(pf_potential *potential, size_t x, const double *theta,
                               double *gradient)
{
    const pf_margin_task *task = potential->task;
    pf_margin_cells(task, x, theta, NULL, potential->slope, potential->curve);
    for (size_t y = 0; y < potential->Y; y++)
        gradient[y] = task->ridge * theta[y];
    pf_margin_scatter(task, x, potential->slope, gradient);
}

/* Loss of context x at theta [Y], ridge included. */
static double potential_loss(pf_potential *potential, size_t x, const double *theta)
{
    const pf_margin_task *task = potential->task;
    double loss;
    pf_margin_cells(task, x, theta, &loss, potential->slope, potential->curve);
    return loss + task->ridge / 2 * pf_dot(potential->Y, theta, theta);
}

/* Moves the mean of every component to 0, where rounding or the start let it drift. */
static void potential_gauge(pf_potential *potential, size_t x)
{
    size_t row = x * potential->Y;
    if (!(potential->task->ridge > 0))
        pf_laplacian_centre(potential->laplacian, potential->component + row,
                            potential->theta + row);
}

/* Accepts the trial point, whose gradient is in `fresh`. */
static void potential_accept(pf_potential *potential, size_t x)
{
    size_t Y = potential->Y;
    memcpy(potential->theta + x * Y, potential->trial, Y * sizeof(double));
    memcpy(potential->gradient + x * Y, potential->fresh, Y * sizeof(double));
    potential->norm[x] = pf_norm(Y, potential->fresh);
}

static void potential_move(pf_potential *potential, size_t x, double length)
{
    const double *theta = potential->theta + x * potential->Y;
    for (size_t y = 0; y < potential->Y; y++)
        potential->trial[y] = theta[y] - length * potential->step[y];
}

/* Walks along -step. The loss is convex, so a whole step that at least halves the slope along
 * it is good, and no loss has to be computed; else the step is halved until the loss falls. */
static bool potential_search(pf_potential *potential, size_t x, double descent)
{
    size_t Y = potential->Y;
    double length = 1;
    if (!(descent > 0))
        return false;
    potential_move(potential, x, length);
    potential_gradient(potential, x, potential->trial, potential->fresh);
    if (fabs(pf_dot(Y, potential->fresh, potential->step)) <= 0.5 * descent) {
        potential_accept(potential, x);
        return true;
    }
    double before = potential_loss(potential, x, potential->theta + x * Y);
    for (int i = 0; i < HALVINGS_MOST; i++, length /= 2) {
        potential_move(potential, x, length);
        double loss = potential_loss(potential, x, potential->trial);
        if (!(loss < before - 1e-4 * length * descent))
            continue;
        potential_gradient(potential, x, potential->trial, potential->fresh);
        potential_accept(potential, x);
        return true;
    }
    potential_gradient(potential, x, potential->theta + x * Y, potential->fresh);
    return false;
}

/* Tries the Newton step under the present damping. */
static bool potential_try(pf_potential *potential, size_t x)
{
    size_t Y = potential->Y;
    double *step = potential->step, *gradient = potential->gradient + x * Y;
    memcpy(step, gradient, Y * sizeof *step);
    double relative = potential->norm[x] / potential->weight[x];
    pf_laplacian_solve(potential->laplacian, x, potential->component + x * Y,
                       potential->task->ridge + potential->damping,
                       fmax(1e-10, fmin(0.1, relative)), step);
    return potential_search(potential, x, pf_dot(Y, gradient, step));
}

/* A Newton step; where margins are so large that the curvature is lost in rounding, the Hessian
 * is damped (Levenberg 1944) until the loss falls: first so that the step is about 1e3 long. */
static bool potential_newton(pf_potential *potential, size_t x)
{
    bool moved = potential_try(potential, x);
    bool far = potential->norm[x] > REST * potential->weight[x];
    potential->damping = 1e-3 * potential->norm[x];
    for (int i = 0; !moved && far && i < DAMPINGS_MOST; i++, potential->damping *= 4)
        moved = potential_try(potential, x);
    potential->damping = 0;
    if (moved)
        potential_gauge(potential, x);
    return moved;
}

pf_status pf_potential_step(pf_potential *potential, double tolerance, bool *done,
                            pf_error *error)
{
    *done = true;
    for (size_t x = 0; x < potential->X; x++) {
        double bound = tolerance * potential->weight[x];
        potential->rests[x] = potential->rests[x] || potential->norm[x] <= bound;
        if (potential->rests[x])
            continue;
        if (!potential_newton(potential, x)) {
            /* The last digits: no step improves what rounding allows. */
            if (!(potential->norm[x] <= REST * potential->weight[x]))
                return pf_fail(error, PF_DIVERGED,
                               "context %zu: no Newton step improves the loss at gradient norm "
                               "%.3g",
                               x, potential->norm[x]);
            potential->rests[x] = true;
        }
        potential->rests[x] = potential->rests[x] || potential->norm[x] <= bound;
        *done = *done && potential->rests[x];
    }
    return PF_OK;
}

static void potential_allocate(pf_potential *potential, pf_arena *arena)
{
    size_t X = potential->X, Y = potential->Y, C = potential->task->pairs->C;
    potential->theta = PF_NEW(arena, double, (X * Y));
    potential->slope = PF_NEW(arena, double, C);
    potential->curve = PF_NEW(arena, double, C);
    potential->gradient = PF_NEW(arena, double, (X * Y));
    potential->norm = PF_NEW(arena, double, X);
    potential->weight = PF_NEW(arena, double, X);
    potential->rests = PF_NEW(arena, bool, X);
    potential->component = PF_NEW(arena, uint32_t, X * Y);
    potential->step = PF_NEW(arena, double, Y);
    potential->trial = PF_NEW(arena, double, Y);
    potential->fresh = PF_NEW(arena, double, Y);
    const pf_margin_task *task = potential->task;
    potential->laplacian =
        pf_laplacian_new(task->pairs, potential->curve, task->scale * task->scale, arena);
}

pf_status pf_potential_new(const pf_margin_task *task, pf_arena *arena, pf_potential **made,
                           pf_error *error)
{
    const pf_pairs *pairs = task->pairs;
    pf_potential *potential = PF_NEW(arena, pf_potential, 1);
    pf_margin_task *own = pf_copy(arena, task, 1, sizeof *task);
    *potential = (pf_potential){.task = own, .X = pairs->X, .Y = pairs->Y};
    potential_allocate(potential, arena);
    pf_arena *scratch = pf_arena_new();
    pf_graph *graph = pf_graph_new(pairs, task->win, task->lose, scratch);
    pf_status status = PF_OK;
    for (size_t x = 0; x < pairs->X && status == PF_OK; x++) {
        size_t components =
            pf_graph_components(graph, x, potential->component + x * potential->Y);
        potential->unseen += components == 0;
        potential->disconnected += components > 1;
        if (task->needs_both_sides && !(task->ridge > 0))
            status =
                pf_graph_two_sided(graph, x, potential->component + x * potential->Y, error);
        for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++)
            potential->weight[x] += task->win[c] + task->lose[c];
    }
    pf_arena_free(scratch);
    PF_TRY(status);
    for (size_t x = 0; x < pairs->X; x++) {
        if (task->start) {
            memcpy(potential->theta + x * potential->Y, task->start + x * potential->Y,
                   potential->Y * sizeof *task->start);
            potential_gauge(potential, x);
        }
        size_t row = x * potential->Y;
        potential_gradient(potential, x, potential->theta + row, potential->gradient + row);
        potential->norm[x] = pf_norm(potential->Y, potential->gradient + row);
        potential->rests[x] = potential->weight[x] <= 0;
    }
    *made = potential;
    return PF_OK;
}

const double *pf_potential_theta(const pf_potential *potential)
{
    return potential->theta;
}

double pf_potential_loss(pf_potential *potential)
{
    double sum = 0;
    for (size_t x = 0; x < potential->X; x++)
        sum += potential_loss(potential, x, potential->theta + x * potential->Y);
    return sum;
}

double pf_potential_gradient_norm(const pf_potential *potential)
{
    return pf_norm(potential->X, potential->norm);
}

size_t pf_potential_unseen(const pf_potential *potential)
{
    return potential->unseen;
}

size_t pf_potential_disconnected(const pf_potential *potential)
{
    return potential->disconnected;
}

double pf_potential_condition(pf_potential *potential)
{
    double largest = 1;
    for (size_t x = 0; x < potential->X; x++) {
        const uint32_t *component = potential->component + x * potential->Y;
        double condition =
            pf_laplacian_condition(potential->laplacian, x, component, potential->task->ridge);
        if (isnan(condition))
            return NAN;
        largest = fmax(largest, condition);
    }
    return largest;
}
