/* Fronts and ranks of point sets.
 *
 * Rows are sorted lexicographically and equal ones merged, so whoever dominates a row stands
 * before it, and every value is replaced by its place among the values of its objective; all
 * comparisons below are of small integers.
 *
 * Filter, d <= 3: one sweep in that order with a Fenwick tree over the second objective that
 * keeps the best third objective, O(n log n) (Kung, Luccio and Preparata, 1975).
 * Ranks, and the filter for d >= 4: divide and conquer on the last objective, then on the
 * objective before it between the halves, down to a sweep in two, O(n (log n)^(d-1))
 * (Jensen, 2003; generalised to ties by Fortin, Grenier and Parizeau, 2013). Memory is O(n d).
 * Halving the range of places instead of the rows needs no median and bounds the depth by
 * log n all the same.
 *
 * By hand: (1,4) (2,2) (4,1) (4,4) has front {0,1,2} and ranks 0 0 0 1. */
#include "plots/measure/pareto.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 12 }; /* lists this short are compared pair by pair */

typedef struct sorted {
    size_t m, d;           /* distinct rows, objectives */
    const uint32_t *group; /* [n] distinct row that each row equals */
    const uint32_t *first; /* [m] the earliest row of the group */
    const uint32_t *place; /* [m][d] dense rank of the value in its objective, 0 smallest */
} sorted;

typedef struct layering {
    size_t d;
    const uint32_t *place; /* [m][d] */
    uint32_t *depth;       /* [m] rank so far */
    uint32_t cap;          /* depths stop here: 1 when only the front is wanted */
    uint32_t *tree;        /* [m+1] Fenwick tree of maxima, all zero between sweeps */
    uint32_t *spare;       /* [m] */
} layering;

typedef struct shape {
    size_t d;
    const double *points; /* [n][d] */
} shape;

static int pareto_lexicographic(const void *left, const void *right, void *context)
{
    const shape *s = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const double *x = s->points + a * s->d, *y = s->points + b * s->d;
    for (size_t k = 0; k < s->d; k++) {
        if (x[k] < y[k])
            return -1;
        if (x[k] > y[k])
            return 1;
    }
    return a < b ? -1 : 1;
}

typedef struct keyed {
    double value;
    uint32_t row;
} keyed;

static int pareto_by_value(const void *left, const void *right)
{
    const keyed *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

static bool pareto_equal(size_t d, const double *x, const double *y)
{
    for (size_t k = 0; k < d; k++) {
        if (x[k] != y[k])
            return false;
    }
    return true;
}

/* Dense ranks of one objective of the distinct rows. */
static void pareto_places(const shape *s, size_t m, const uint32_t *first, size_t k,
                          keyed *keys, uint32_t *place)
{
    for (uint32_t i = 0; i < m; i++)
        keys[i] = (keyed){s->points[first[i] * s->d + k], i};
    qsort(keys, m, sizeof *keys, pareto_by_value);
    uint32_t rank = 0;
    for (size_t i = 0; i < m; i++) {
        rank += i > 0 && keys[i].value > keys[i - 1].value;
        place[keys[i].row * s->d + k] = rank;
    }
}

static sorted pareto_sort(size_t n, size_t d, const double *points, pf_arena *scratch)
{
    assert(n < UINT32_MAX);
    shape s = {d, points};
    uint32_t *order = PF_NEW(scratch, uint32_t, n), *group = PF_NEW(scratch, uint32_t, n);
    uint32_t *first = PF_NEW(scratch, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, pareto_lexicographic, &s);
    uint32_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !pareto_equal(d, points + order[i] * d, points + order[i - 1] * d))
            first[m++] = order[i];
        group[order[i]] = m - 1;
    }
    uint32_t *place = PF_NEW(scratch, uint32_t, m * d);
    keyed *keys = PF_NEW(scratch, keyed, m);
    for (size_t k = 0; k < d; k++)
        pareto_places(&s, m, first, k, keys, place);
    return (sorted){m, d, group, first, place};
}

static void pareto_raise(uint32_t *tree, size_t m, uint32_t at, uint32_t value)
{
    for (size_t i = at + (size_t)1; i <= m; i += i & (~i + 1)) {
        if (tree[i] < value)
            tree[i] = value;
    }
}

static void pareto_lower(uint32_t *tree, size_t m, uint32_t at)
{
    for (size_t i = at + (size_t)1; i <= m; i += i & (~i + 1))
        tree[i] = 0;
}

/* Largest value raised at a place <= `at`; 0 when there is none. */
static uint32_t pareto_best(const uint32_t *tree, uint32_t at)
{
    uint32_t best = 0;
    for (size_t i = at + (size_t)1; i > 0; i -= i & (~i + 1)) {
        if (tree[i] > best)
            best = tree[i];
    }
    return best;
}

/* depth[i] = 1 for the dominated rows, for d <= 3. */
static void pareto_sweep(const sorted *s, uint32_t *depth, pf_arena *scratch)
{
    uint32_t *tree = PF_NEW(scratch, uint32_t, s->m + 1);
    for (size_t i = 0; i < s->m; i++) {
        const uint32_t *place = s->place + i * s->d;
        uint32_t second = s->d > 1 ? place[1] : 0, third = s->d > 2 ? place[2] : 0;
        uint32_t height = (uint32_t)s->m - third;
        if (pareto_best(tree, second) >= height)
            depth[i] = 1;
        else
            pareto_raise(tree, s->m, second, height);
    }
}

static void pareto_deepen(layering *l, uint32_t row, uint32_t depth)
{
    if (depth > l->cap)
        depth = l->cap;
    if (l->depth[row] < depth)
        l->depth[row] = depth;
}

/* No worse in the objectives 0..k. */
static bool pareto_covers(const layering *l, uint32_t a, uint32_t b, size_t k)
{
    const uint32_t *x = l->place + a * l->d, *y = l->place + b * l->d;
    for (size_t q = 0; q <= k; q++) {
        if (x[q] > y[q])
            return false;
    }
    return true;
}

/* Final depths of upper[] deepen those of lower[], looking at the objectives 0 and 1 only. With
 * upper == lower the rows are layered among themselves. Lists ascend. */
static void pareto_stairs(layering *l, size_t m, size_t uppers, const uint32_t *upper,
                          size_t lowers, const uint32_t *lower)
{
    size_t done = 0;
    for (size_t i = 0; i < lowers; i++) {
        const uint32_t *place = l->place + lower[i] * l->d;
        while (done < uppers && l->place[upper[done] * l->d] <= place[0] &&
               (upper != lower || done < i)) {
            pareto_raise(l->tree, m, l->place[upper[done] * l->d + 1],
                         l->depth[upper[done]] + 1);
            done++;
        }
        pareto_deepen(l, lower[i], pareto_best(l->tree, place[1]));
    }
    while (done-- > 0)
        pareto_lower(l->tree, m, l->place[upper[done] * l->d + 1]);
}

typedef struct span {
    uint32_t low, high;
} span;

static span pareto_span(const layering *l, size_t n, const uint32_t *list, size_t k)
{
    span s = {UINT32_MAX, 0};
    for (size_t i = 0; i < n; i++) {
        uint32_t place = l->place[list[i] * l->d + k];
        s.low = place < s.low ? place : s.low;
        s.high = place > s.high ? place : s.high;
    }
    return s;
}

/* Moves the rows at places <= middle to the front, keeping both parts in order. */
static size_t pareto_split(layering *l, size_t n, uint32_t *list, size_t k, uint32_t middle)
{
    size_t low = 0, high = 0;
    for (size_t i = 0; i < n; i++) {
        if (l->place[list[i] * l->d + k] <= middle)
            list[low++] = list[i];
        else
            l->spare[high++] = list[i];
    }
    memcpy(list + low, l->spare, high * sizeof *list);
    return low;
}

/* Undoes a split: both parts ascend, and so does the whole afterwards. */
static void pareto_merge(layering *l, size_t n, uint32_t *list, size_t cut)
{
    memcpy(l->spare, list, cut * sizeof *list);
    size_t i = 0, j = cut;
    for (size_t at = 0; i < cut; at++)
        list[at] = j < n && list[j] < l->spare[i] ? list[j++] : l->spare[i++];
}

static void pareto_pairs(layering *l, size_t uppers, const uint32_t *upper, size_t lowers,
                         const uint32_t *lower, size_t k)
{
    for (size_t i = 0; i < lowers; i++) {
        uint32_t b = lower[i];
        for (size_t j = 0; j < uppers && l->depth[b] < l->cap; j++) {
            uint32_t a = upper[j];
            if (l->depth[b] <= l->depth[a] && pareto_covers(l, a, b, k))
                pareto_deepen(l, b, l->depth[a] + 1);
        }
    }
}

/* Deepens lower[] by upper[], whose depths are final and whose objectives beyond k are no worse
 * than those of any row in lower[]. */
static void pareto_between(layering *l, size_t m, size_t uppers, uint32_t *upper, size_t lowers,
                           uint32_t *lower, size_t k)
{
    if (uppers == 0 || lowers == 0)
        return;
    if (uppers < FEW || lowers < FEW) {
        pareto_pairs(l, uppers, upper, lowers, lower, k);
        return;
    }
    if (k == 1) {
        pareto_stairs(l, m, uppers, upper, lowers, lower);
        return;
    }
    span a = pareto_span(l, uppers, upper, k), b = pareto_span(l, lowers, lower, k);
    if (a.low > b.high)
        return;
    if (a.high <= b.low) {
        pareto_between(l, m, uppers, upper, lowers, lower, k - 1);
        return;
    }
    uint32_t low = a.low < b.low ? a.low : b.low, high = a.high > b.high ? a.high : b.high;
    uint32_t middle = low + (high - low) / 2;
    size_t cut = pareto_split(l, uppers, upper, k, middle);
    size_t gap = pareto_split(l, lowers, lower, k, middle);
    pareto_between(l, m, cut, upper, gap, lower, k);
    pareto_between(l, m, cut, upper, lowers - gap, lower + gap, k - 1);
    pareto_between(l, m, uppers - cut, upper + cut, lowers - gap, lower + gap, k);
    pareto_merge(l, uppers, upper, cut);
    pareto_merge(l, lowers, lower, gap);
}

/* Layers rows that are equal in the objectives beyond k; depths may already be positive. */
static void pareto_within(layering *l, size_t m, size_t n, uint32_t *list, size_t k)
{
    if (n < FEW) {
        for (size_t i = 1; i < n; i++)
            pareto_pairs(l, i, list, 1, list + i, k);
        return;
    }
    if (k == 1) {
        pareto_stairs(l, m, n, list, n, list);
        return;
    }
    span s = pareto_span(l, n, list, k);
    if (s.low == s.high) {
        pareto_within(l, m, n, list, k - 1);
        return;
    }
    size_t cut = pareto_split(l, n, list, k, s.low + (s.high - s.low) / 2);
    pareto_within(l, m, cut, list, k);
    pareto_between(l, m, cut, list, n - cut, list + cut, k - 1);
    pareto_within(l, m, n - cut, list + cut, k);
    pareto_merge(l, n, list, cut);
}

/* depth [m], zeroed by the caller. */
static void pareto_layer(const sorted *s, uint32_t cap, uint32_t *depth, pf_arena *scratch)
{
    layering l = {s->d, s->place, depth, cap, NULL, NULL};
    l.tree = PF_NEW(scratch, uint32_t, s->m + 1);
    l.spare = PF_NEW(scratch, uint32_t, s->m);
    uint32_t *list = PF_NEW(scratch, uint32_t, s->m);
    for (uint32_t i = 0; i < s->m; i++)
        list[i] = i;
    if (s->d > 1) {
        pareto_within(&l, s->m, s->m, list, s->d - 1);
        return;
    }
    for (uint32_t i = 0; i < s->m; i++)
        pareto_deepen(&l, i, i);
}

size_t pf_nondominated(size_t n, size_t d, const double *points, bool drop_duplicates,
                       bool *keep, pf_arena *scratch)
{
    assert(d > 0);
    pf_mark mark = pf_arena_mark(scratch);
    sorted s = pareto_sort(n, d, points, scratch);
    uint32_t *depth = PF_NEW(scratch, uint32_t, s.m);
    if (d <= 3)
        pareto_sweep(&s, depth, scratch);
    else
        pareto_layer(&s, 1, depth, scratch);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        keep[i] = depth[s.group[i]] == 0 && (!drop_duplicates || s.first[s.group[i]] == i);
        kept += keep[i];
    }
    pf_release(scratch, mark);
    return kept;
}

size_t pf_ranks(size_t n, size_t d, const double *points, size_t *rank, pf_arena *scratch)
{
    assert(d > 0);
    pf_mark mark = pf_arena_mark(scratch);
    sorted s = pareto_sort(n, d, points, scratch);
    uint32_t *depth = PF_NEW(scratch, uint32_t, s.m);
    pareto_layer(&s, UINT32_MAX, depth, scratch);
    size_t fronts = 0;
    for (size_t i = 0; i < n; i++) {
        rank[i] = depth[s.group[i]];
        if (fronts <= rank[i])
            fronts = rank[i] + 1;
    }
    pf_release(scratch, mark);
    return fronts;
}
