/* Unions of boxes in four and more dimensions.
 *
 * Slicing: boxes come in order of falling last gain; each adds, over its last gain, the part of
 * its (d-1)-dimensional box that the earlier ones leave free. That part is the box itself less
 * the union of what the earlier ones have in common with it (its limits), which is the same
 * problem in one dimension less, down to the three-dimensional sweep:
 *
 *   V_d(g_1..g_n) = sum_i g_id (prod_{k<d} g_ik - V_{d-1}(min(g_i, g_j), j < i))
 *
 * (While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes", 2012.) Earlier
 * boxes that are inside another one in the first d-1 gains are dropped as soon as that is
 * known, and so are limits inside other limits; a box inside an earlier one adds nothing and is
 * skipped.
 *
 * By hand: boxes (1,1,1,2) and (2,1,1,1): 2 + 1 (2 - 1) = 3. */
#include "plots/measure/volume.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

pf_volume_work pf_volume_room(size_t n, size_t d, pf_arena *scratch)
{
    pf_volume_work work = {.n = n, .sweep = pf_sweep_room(n, scratch)};
    work.levels = PF_NEW(scratch, pf_volume_level, d + 1);
    for (size_t k = 3; k <= d; k++) {
        size_t size = n * k;
        work.levels[k].limits = PF_NEW(scratch, double, size);
        work.levels[k].earlier = PF_NEW(scratch, double, size);
        work.levels[k].order = PF_NEW(scratch, pf_place, n);
    }
    return work;
}

static double volume_box(size_t d, const double *g)
{
    double volume = 1;
    for (size_t k = 0; k < d; k++)
        volume *= g[k];
    return volume;
}

static double volume_two(size_t d, const double *g, const double *h)
{
    double both = 1;
    for (size_t k = 0; k < d; k++)
        both *= fmin(g[k], h[k]);
    return volume_box(d, g) + (volume_box(d, h) - both);
}

/* Is g inside h in the first d gains? */
static bool volume_inside(size_t d, const double *g, const double *h)
{
    for (size_t k = 0; k < d; k++) {
        if (g[k] > h[k])
            return false;
    }
    return true;
}

static bool volume_covered(size_t n, size_t width, size_t d, const double *rows,
                           const double *g)
{
    for (size_t i = 0; i < n; i++) {
        if (volume_inside(d, g, rows + i * width))
            return true;
    }
    return false;
}

/* Puts g behind rows [n][width], dropping those inside it in the first d gains; returns how
 * many there are now. g is not inside any of them. */
static size_t volume_admit(size_t n, size_t width, size_t d, double *rows, const double *g)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (volume_inside(d, rows + i * width, g))
            continue;
        if (kept < i)
            memcpy(rows + kept * width, rows + i * width, width * sizeof *rows);
        kept++;
    }
    memcpy(rows + kept * width, g, width * sizeof *rows);
    return kept + 1;
}

/* What rows [n][d+1] have in common with g in the first d gains -> limits [.][d]. The sweep in
 * three dimensions does not mind limits inside others. */
static size_t volume_limit(size_t n, size_t d, const double *rows, const double *g,
                           double *limits)
{
    size_t count = 0;
    double limit[32];
    for (size_t i = 0; i < n; i++) {
        const double *h = rows + i * (d + 1);
        for (size_t k = 0; k < d; k++)
            limit[k] = g[k] < h[k] ? g[k] : h[k];
        if (d == 3)
            memcpy(limits + count++ * d, limit, d * sizeof *limits);
        else if (!volume_covered(count, d, d, limits, limit))
            count = volume_admit(count, d, d, limits, limit);
    }
    return count;
}

static double volume_slices(pf_volume_work *work, size_t n, size_t d, const double *gains)
{
    pf_volume_level *here = &work->levels[d];
    double *limits = work->levels[d - 1].limits;
    for (size_t i = 0; i < n; i++)
        here->order[i] = (pf_place){gains[i * d + d - 1], i};
    pf_places_sort(n, here->order);
    pf_total volume = {0, 0};
    size_t earlier = 0;
    for (size_t i = 0; i < n; i++) {
        const double *g = gains + here->order[i].row * d;
        if (volume_covered(earlier, d, d - 1, here->earlier, g))
            continue;
        size_t count = volume_limit(earlier, d - 1, here->earlier, g, limits);
        double free = volume_box(d - 1, g) - pf_volume(work, count, d - 1, limits);
        pf_total_add(&volume, g[d - 1] * free);
        earlier = volume_admit(earlier, d, d - 1, here->earlier, g);
    }
    return volume.sum + volume.lost;
}

double pf_volume(pf_volume_work *work, size_t n, size_t d, const double *gains)
{
    assert(n <= work->n && d < 32);
    if (n == 0)
        return 0;
    if (n == 1)
        return volume_box(d, gains);
    if (n == 2)
        return volume_two(d, gains, gains + d);
    return d <= 3 ? pf_volume_sweep(&work->sweep, n, d, gains)
                  : volume_slices(work, n, d, gains);
}
