/* Unions of boxes in one, two and three dimensions, by sweeping.
 *
 * Three dimensions (Beume, Fonseca, Lopez-Ibanez, Paquete and Vahrenhold, 2009): boxes come in
 * order of falling height; each adds to the ground the area that the stairs of the earlier ones
 * leave free, and this area counts with the box's height. Every term is positive, so nothing
 * cancels. The stairs are a sorted array while there are few boxes, and above that a set of
 * bits over the boxes' places in the order of x, with 64-fold summaries: finding a neighbour
 * costs log n to base 64, whatever the shape of the front.
 *
 * By hand: boxes (1,2,3) and (2,1,1): 6 + the free strip 1x1 at height 1 = 7. */
#include "plots/measure/volume_sweep.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 16, ARRAY_MOST = 512, SUMMARIES = 6 };

static bool sweep_before(const pf_place *a, const pf_place *b)
{
    return a->key > b->key || (a->key == b->key && a->row < b->row);
}

static int sweep_compare(const void *left, const void *right)
{
    return sweep_before(left, right) ? -1 : 1;
}

void pf_places_sort(size_t n, pf_place *order)
{
    if (n > FEW) {
        qsort(order, n, sizeof *order, sweep_compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        pf_place moved = order[i];
        size_t j = i;
        for (; j > 0 && sweep_before(&moved, &order[j - 1]); j--)
            order[j] = order[j - 1];
        order[j] = moved;
    }
}

static void sweep_order(size_t n, size_t d, const double *gains, size_t k, pf_place *order)
{
    for (size_t i = 0; i < n; i++)
        order[i] = (pf_place){gains[i * d + k], i};
    pf_places_sort(n, order);
}

static double sweep_lengths(size_t n, const double *gains)
{
    double longest = 0;
    for (size_t i = 0; i < n; i++)
        longest = fmax(longest, gains[i]);
    return longest;
}

static double sweep_areas(size_t n, const double *gains, pf_place *order)
{
    sweep_order(n, 2, gains, 0, order);
    pf_total area = {0, 0};
    double top = 0;
    for (size_t i = 0; i < n; i++) {
        double y = gains[order[i].row * 2 + 1];
        if (y > top) {
            pf_total_add(&area, order[i].key * (y - top));
            top = y;
        }
    }
    return area.sum + area.lost;
}

/* Adds a corner to the stairs (x rises, y falls) and returns the area it adds under them. */
static double sweep_climb(size_t *steps, double *X, double *Y, double x, double y)
{
    size_t low = 0, high = *steps;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (X[middle] > x)
            high = middle;
        else
            low = middle + 1;
    }
    double right = x, level = low < *steps ? Y[low] : 0, area = 0;
    if (level >= y)
        return 0;
    size_t from = low;
    while (from > 0 && Y[from - 1] <= y) {
        from--;
        area += (right - X[from]) * (y - level);
        right = X[from];
        level = Y[from];
    }
    area += (right - (from > 0 ? X[from - 1] : 0)) * (y - level);
    size_t after = *steps - low;
    memmove(X + from + 1, X + low, after * sizeof *X);
    memmove(Y + from + 1, Y + low, after * sizeof *Y);
    X[from] = x;
    Y[from] = y;
    *steps = from + 1 + after;
    return area;
}

static double sweep_few(pf_sweep_work *work, size_t n, const double *gains)
{
    pf_total volume = {0, 0};
    size_t steps = 0;
    for (size_t i = 0; i < n; i++) {
        const double *g = gains + work->order[i].row * 3;
        pf_total_add(&volume, g[2] * sweep_climb(&steps, work->x, work->y, g[0], g[1]));
    }
    return volume.sum + volume.lost;
}

/* A set of small integers that finds neighbours. */
typedef struct bits {
    size_t levels;
    uint64_t *words[SUMMARIES]; /* a set bit of level l+1: that word of level l is not 0 */
} bits;

static bits bits_new(size_t n, pf_arena *arena)
{
    bits set = {0, {NULL}};
    do {
        n = (n + 63) / 64;
        set.words[set.levels++] = PF_NEW(arena, uint64_t, n);
    } while (n > 1);
    return set;
}

static void bits_add(bits *set, size_t at)
{
    for (size_t l = 0; l < set->levels; l++, at /= 64)
        set->words[l][at / 64] |= (uint64_t)1 << (at % 64);
}

static void bits_remove(bits *set, size_t at)
{
    for (size_t l = 0; l < set->levels; l++, at /= 64) {
        set->words[l][at / 64] &= ~((uint64_t)1 << (at % 64));
        if (set->words[l][at / 64])
            return;
    }
}

/* Smallest member above `at`, or SIZE_MAX. */
static size_t bits_above(const bits *set, size_t at)
{
    for (size_t l = 0; l < set->levels; l++, at /= 64) {
        uint64_t rest = set->words[l][at / 64] & (~(uint64_t)1 << (at % 64));
        if (!rest)
            continue;
        at = at / 64 * 64 + (size_t)__builtin_ctzll(rest);
        while (l-- > 0)
            at = at * 64 + (size_t)__builtin_ctzll(set->words[l][at]);
        return at;
    }
    return SIZE_MAX;
}

/* Largest member below `at`, or SIZE_MAX. */
static size_t bits_below(const bits *set, size_t at)
{
    for (size_t l = 0; l < set->levels; l++, at /= 64) {
        uint64_t rest = set->words[l][at / 64] & (((uint64_t)1 << (at % 64)) - 1);
        if (!rest)
            continue;
        at = at / 64 * 64 + 63 - (size_t)__builtin_clzll(rest);
        while (l-- > 0)
            at = at * 64 + 63 - (size_t)__builtin_clzll(set->words[l][at]);
        return at;
    }
    return SIZE_MAX;
}

/* sweep_climb on places: X, Y [n] are the corners of all boxes in order of rising x. */
static double sweep_step(bits *set, const double *X, const double *Y, size_t at)
{
    size_t next = bits_above(set, at);
    double x = X[at], y = Y[at], right = x, level = next == SIZE_MAX ? 0 : Y[next], area = 0;
    if (level >= y)
        return 0;
    size_t left = bits_below(set, at);
    while (left != SIZE_MAX && Y[left] <= y) {
        area += (right - X[left]) * (y - level);
        right = X[left];
        level = Y[left];
        bits_remove(set, left);
        left = bits_below(set, left);
    }
    bits_add(set, at);
    return area + (right - (left == SIZE_MAX ? 0 : X[left])) * (y - level);
}

static double sweep_many(pf_sweep_work *work, size_t n, const double *gains)
{
    pf_mark mark = pf_arena_mark(work->scratch);
    size_t *place = PF_NEW(work->scratch, size_t, n);
    pf_place *across = PF_NEW(work->scratch, pf_place, n);
    sweep_order(n, 3, gains, 0, across);
    for (size_t i = 0; i < n; i++) {
        size_t row = across[n - 1 - i].row;
        place[row] = i;
        work->x[i] = gains[row * 3];
        work->y[i] = gains[row * 3 + 1];
    }
    bits set = bits_new(n, work->scratch);
    pf_total volume = {0, 0};
    for (size_t i = 0; i < n; i++) {
        double area = sweep_step(&set, work->x, work->y, place[work->order[i].row]);
        pf_total_add(&volume, work->order[i].key * area);
    }
    pf_release(work->scratch, mark);
    return volume.sum + volume.lost;
}

pf_sweep_work pf_sweep_room(size_t n, pf_arena *scratch)
{
    pf_sweep_work work = {.scratch = scratch};
    work.order = PF_NEW(scratch, pf_place, n);
    work.x = PF_NEW(scratch, double, n);
    work.y = PF_NEW(scratch, double, n);
    return work;
}

double pf_volume_sweep(pf_sweep_work *work, size_t n, size_t d, const double *gains)
{
    if (d == 1)
        return sweep_lengths(n, gains);
    if (d == 2)
        return sweep_areas(n, gains, work->order);
    sweep_order(n, 3, gains, 2, work->order);
    return n <= ARRAY_MOST ? sweep_few(work, n, gains) : sweep_many(work, n, gains);
}
