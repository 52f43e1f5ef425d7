/* Hypervolume and contributions: points become boxes of gains, and volume.h measures those. */
#include "plots/measure/hypervolume.h"

#include "plots/measure/pareto.h"
#include "plots/measure/volume.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static bool hypervolume_beats(size_t d, const double *point, const double *reference)
{
    for (size_t k = 0; k < d; k++) {
        if (!(point[k] < reference[k]))
            return false;
    }
    return true;
}

size_t pf_beating(size_t n, size_t d, const double *points, const double *reference)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += hypervolume_beats(d, points + i * d, reference);
    return count;
}

/* The boxes of the rows that beat the reference: gains [m][d]. */
static size_t hypervolume_gains(size_t n, size_t d, const double *points,
                                const double *reference, double *gains)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!hypervolume_beats(d, points + i * d, reference))
            continue;
        for (size_t k = 0; k < d; k++)
            gains[m * d + k] = reference[k] - points[i * d + k];
        m++;
    }
    return m;
}

/* Keeps the boxes that are not inside another, one of each kind. */
static size_t hypervolume_thin(size_t m, size_t d, double *gains, pf_arena *scratch)
{
    double *losses = PF_NEW(scratch, double, (m * d));
    bool *keep = PF_NEW(scratch, bool, m);
    for (size_t i = 0; i < m * d; i++)
        losses[i] = -gains[i];
    pf_nondominated(m, d, losses, true, keep, scratch);
    size_t kept = 0;
    for (size_t i = 0; i < m; i++) {
        if (keep[i])
            memmove(gains + kept++ * d, gains + i * d, d * sizeof *gains);
    }
    return kept;
}

double pf_hypervolume(size_t n, size_t d, const double *points, const double *reference,
                      pf_arena *scratch)
{
    assert(d > 0 && d <= PF_MOST_OBJECTIVES);
    pf_mark mark = pf_arena_mark(scratch);
    double *gains = PF_NEW(scratch, double, (n * d));
    size_t m = hypervolume_gains(n, d, points, reference, gains);
    if (d > 3)
        m = hypervolume_thin(m, d, gains, scratch);
    pf_volume_work work = pf_volume_room(m, d, scratch);
    double volume = pf_volume(&work, m, d, gains);
    pf_release(scratch, mark);
    return volume;
}

/* Where the part that only row `own` dominates ends: a row that is no worse in all objectives
 * but k leaves nothing to it beyond its own value there. corner[k] is the smallest such value,
 * the reference at most; false when a row is no worse in any. */
static bool hypervolume_corner(size_t n, size_t d, const double *points,
                               const double *reference, size_t own, double *corner)
{
    const double *p = points + own * d;
    memcpy(corner, reference, d * sizeof *corner);
    for (size_t i = 0; i < n; i++) {
        const double *q = points + i * d;
        size_t worse = 0, where = 0;
        for (size_t k = 0; k < d && worse < 2; k++) {
            if (q[k] > p[k]) {
                worse++;
                where = k;
            }
        }
        if (i != own && worse == 0)
            return false;
        if (worse == 1 && q[where] < corner[where])
            corner[where] = q[where];
    }
    return true;
}

/* Measuring from that corner instead of from the reference keeps the small contributions of
 * crowded points exact, and few other points reach beyond it. */
static double hypervolume_alone(size_t n, size_t d, const double *points,
                                const double *reference, size_t own, double *limits,
                                pf_volume_work *work)
{
    double corner[PF_MOST_OBJECTIVES], box = 1;
    const double *p = points + own * d;
    if (!hypervolume_beats(d, p, reference) ||
        !hypervolume_corner(n, d, points, reference, own, corner))
        return 0;
    for (size_t k = 0; k < d; k++)
        box *= corner[k] - p[k];
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const double *q = points + i * d;
        double *limit = limits + count * d;
        bool reaches = i != own;
        for (size_t k = 0; k < d && reaches; k++) {
            limit[k] = corner[k] - (p[k] > q[k] ? p[k] : q[k]);
            reaches = limit[k] > 0;
        }
        count += reaches;
    }
    return box - pf_volume(work, count, d, limits);
}

void pf_contributions(size_t n, size_t d, const double *points, const double *reference,
                      double *contribution, pf_arena *scratch)
{
    assert(d > 0 && d <= PF_MOST_OBJECTIVES);
    pf_mark mark = pf_arena_mark(scratch);
    double *limits = PF_NEW(scratch, double, (n * d));
    pf_volume_work work = pf_volume_room(n, d, scratch);
    for (size_t i = 0; i < n; i++)
        contribution[i] = hypervolume_alone(n, d, points, reference, i, limits, &work);
    pf_release(scratch, mark);
}
