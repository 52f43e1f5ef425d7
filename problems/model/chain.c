#include "problems/model/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A response with its two values. */
typedef struct chain_arm {
    double v[2];
    size_t y;
} chain_arm;

/* One move along a front: context x changes to response y. */
typedef struct chain_edge {
    double w0;   /* first weight for which both ends are equally good */
    double d[2]; /* rho-weighted displacement, d[0] < 0 < d[1] */
    size_t x, y;
    size_t order; /* among edges of equal w0: along the context's own hull */
} chain_edge;

/* Edges that make one straight line: from .. to-1. */
typedef struct chain_side {
    double w0, d[2];
    size_t from, to;
} chain_side;

/* The whole chain; its vertices on the front are the ends of sides first .. last-1. */
typedef struct chain_path {
    const pf_problem *problem;
    const double *table; /* [X][Y][2] */
    size_t *response;    /* [X] of the vertex `at` */
    long double at[2];   /* first the start: the best of the first objective */
    size_t edges, sides, first, last;
    chain_edge *edge; /* [edges] by w0 descending */
    chain_side *side; /* [sides] */
} chain_path;

static int chain_arm_order(const void *left, const void *right)
{
    const chain_arm *a = left, *b = right;
    for (int k = 0; k < 2; k++)
        if (a->v[k] != b->v[k])
            return a->v[k] > b->v[k] ? -1 : 1;
    return a->y < b->y ? -1 : 1;
}

static int chain_edge_order(const void *left, const void *right)
{
    const chain_edge *a = left, *b = right;
    if (a->w0 != b->w0)
        return a->w0 > b->w0 ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* Keeps the arms on the upper right hull, from the best of the first objective to the best of
 * the second. Returns how many. */
static size_t chain_hull(size_t Y, chain_arm *arm)
{
    qsort(arm, Y, sizeof *arm, chain_arm_order);
    size_t top = 0;
    for (size_t i = 1; i < Y; i++) {
        chain_arm c = arm[i];
        if (c.v[1] <= arm[top].v[1])
            continue;
        for (; top > 0; top--) {
            const double *a = arm[top - 1].v, *b = arm[top].v;
            if ((b[0] - a[0]) * (c.v[1] - b[1]) > (b[1] - a[1]) * (c.v[0] - b[0]))
                break;
        }
        arm[++top] = c;
    }
    return top + 1;
}

/* Takes context x from one response (Y: from none) to another. */
static void chain_switch(chain_path *path, size_t x, size_t to)
{
    size_t Y = path->problem->Y, from = path->response[x];
    long double rho = (long double)path->problem->rho[x];
    const double *t = path->table + 2 * x * Y;
    for (size_t k = 0; k < 2; k++) {
        long double before = from == Y ? 0 : (long double)t[2 * from + k];
        path->at[k] += rho * ((long double)t[2 * to + k] - before);
    }
    path->response[x] = to;
}

static void chain_edges(pf_arena *scratch, chain_path *path)
{
    const pf_problem *problem = path->problem;
    size_t X = problem->X, Y = problem->Y;
    chain_arm *arm = PF_NEW(scratch, chain_arm, Y);
    path->response = PF_NEW(scratch, size_t, X);
    path->edge = PF_NEW(scratch, chain_edge, X * Y);
    for (size_t x = 0; x < X; x++) {
        double rho = problem->rho[x], w0 = 1;
        const double *t = path->table + 2 * x * Y;
        for (size_t y = 0; y < Y; y++)
            arm[y] = (chain_arm){{t[2 * y], t[2 * y + 1]}, y};
        size_t corners = chain_hull(Y, arm);
        path->response[x] = Y;
        chain_switch(path, x, arm[0].y);
        for (size_t i = 1; i < corners && rho > 0; i++) {
            double left = arm[i].v[0] - arm[i - 1].v[0], up = arm[i].v[1] - arm[i - 1].v[1];
            /* Rounding must not turn two edges of one hull around. */
            w0 = fmin(w0, up / (up - left));
            path->edge[path->edges] =
                (chain_edge){w0, {rho * left, rho * up}, x, arm[i].y, path->edges};
            path->edges++;
        }
    }
    qsort(path->edge, path->edges, sizeof *path->edge, chain_edge_order);
}

/* Whether the corner between two moves is closer to the chord than rounding can tell. */
static bool chain_straight(const double *a, const double *b, const double *magnitude)
{
    double a0 = a[0] / magnitude[0], a1 = a[1] / magnitude[1];
    double b0 = b[0] / magnitude[0], b1 = b[1] / magnitude[1];
    double s0 = a0 + b0, s1 = a1 + b1;
    return fabs(a0 * b1 - a1 * b0) <= PF_FRONT_NOISE * sqrt(s0 * s0 + s1 * s1);
}

static void chain_sides(const double *magnitude, pf_arena *scratch, chain_path *path)
{
    path->side = PF_NEW(scratch, chain_side, path->edges);
    for (size_t i = 0; i < path->edges; i++) {
        const chain_edge *edge = path->edge + i;
        chain_side *side = path->side + path->sides;
        if (path->sides > 0 && chain_straight(side[-1].d, edge->d, magnitude)) {
            side--;
            side->d[0] += edge->d[0];
            side->d[1] += edge->d[1];
        } else {
            *side = (chain_side){0, {edge->d[0], edge->d[1]}, i, i};
            path->sides++;
        }
        side->w0 = side->d[1] / (side->d[1] - side->d[0]);
        side->to = i + 1;
    }
    /* A side that is vertical or level but for rounding has one end that is not on the front.
     */
    path->last = path->sides;
    while (path->first < path->last &&
           -path->side[path->first].d[0] <= PF_FRONT_NOISE * magnitude[0])
        path->first++;
    while (path->last > path->first &&
           path->side[path->last - 1].d[1] <= PF_FRONT_NOISE * magnitude[1])
        path->last--;
}

/* Writes the vertex where the path is, before side s, as the front's next point. */
static void chain_vertex(const chain_path *path, size_t s, size_t X, pf_front *front)
{
    size_t i = s - path->first;
    double above = i ? path->side[s - 1].w0 : 1;
    double below = s < path->last ? path->side[s].w0 : 0;
    front->weights[2 * i] = (above + below) / 2;
    front->weights[2 * i + 1] = 1 - front->weights[2 * i];
    front->points[2 * i] = (double)path->at[0];
    front->points[2 * i + 1] = (double)path->at[1];
    if (front->responses)
        memcpy(front->responses + i * X, path->response, X * sizeof *path->response);
}

void pf_front_chain(const pf_problem *problem, const double *table, const double *magnitude,
                    pf_arena *arena, pf_front *front)
{
    size_t X = problem->X;
    pf_arena *scratch = pf_arena_new();
    chain_path path = {.problem = problem, .table = table};
    chain_edges(scratch, &path);
    chain_sides(magnitude, scratch, &path);
    front->n = path.last - path.first + 1;
    front->K = 2;
    front->points = PF_NEW(arena, double, front->n * 2);
    front->weights = PF_NEW(arena, double, front->n * 2);
    if (front->n <= PF_FRONT_RESPONSES_MOST / X)
        front->responses = PF_NEW(arena, size_t, front->n * X);
    for (size_t s = 0; s < path.last; s++) {
        if (s >= path.first)
            chain_vertex(&path, s, X, front);
        for (size_t e = path.side[s].from; e < path.side[s].to; e++)
            chain_switch(&path, path.edge[e].x, path.edge[e].y);
    }
    chain_vertex(&path, path.last, X, front);
    pf_arena_free(scratch);
}
