#include "problems/model/pairs.h"

#include <float.h>
#include <string.h>

double pf_pairs_others(size_t Y, const double *mu, size_t y)
{
    if (mu[y] < 0.5)
        return 1 - mu[y];
    double others = 0;
    for (size_t b = 0; b < Y; b++)
        others += b == y ? 0 : mu[b];
    return others;
}

double pf_pairs_chance(size_t Y, const double *mu)
{
    double chance = 0;
    for (size_t y = 0; y < Y; y++)
        chance += mu[y] * pf_pairs_others(Y, mu, y);
    return chance;
}

pf_status pf_pairs_check(const pf_problem *problem, pf_error *error)
{
    for (size_t x = 0; x < problem->X; x++) {
        double chance = pf_pairs_chance(problem->Y, problem->mu + x * problem->Y);
        if (problem->rho[x] > 0 && chance < DBL_MIN) /* so that dividing by it is safe */
            return pf_fail(error, PF_UNSUPPORTED,
                           "context %zu: the behaviour policy draws one response only, so "
                           "there are no pairs",
                           x);
    }
    return PF_OK;
}

pf_status pf_pairs_exact(const pf_problem *problem, pf_arena *arena, const pf_pairs **pairs,
                         pf_error *error)
{
    size_t X = problem->X, Y = problem->Y, K = problem->K, C = 0;
    double cells = (double)X * (double)Y * (double)(Y - 1) / 2;
    if (cells > PF_EXACT_CELLS_MOST)
        return pf_fail(error, PF_UNSUPPORTED,
                       "exact pairs of %zu contexts and %zu responses are %.3g cells, above "
                       "the %u that fit; ask for a number of sampled pairs",
                       X, Y, cells, PF_EXACT_CELLS_MOST);
    PF_TRY(pf_pairs_check(problem, error));
    for (size_t x = 0; x < X; x++) {
        size_t support = 0;
        for (size_t y = 0; y < Y; y++)
            support += problem->mu[x * Y + y] > 0;
        C += problem->rho[x] > 0 ? support * (support - 1) / 2 : 0;
    }
    pf_pairs_draft draft = pf_pairs_draft_new(X, Y, K, C, true, arena);
    pf_mark mark = pf_arena_mark(arena);
    double *row = PF_NEW(arena, double, (K * Y));
    size_t c = 0;
    for (size_t x = 0; x < X; x++) {
        const double *mu = problem->mu + x * Y;
        double scale = 2 * problem->rho[x] / pf_pairs_chance(Y, mu);
        draft.first[x] = c;
        for (size_t a = 0; a < Y; a++) {
            if (problem->rho[x] <= 0 || mu[a] <= 0)
                continue;
            for (size_t k = 0; k < K; k++)
                pf_preference_row(problem, k, x, a, row + k * Y);
            for (size_t b = a + 1; b < Y; b++) {
                if (mu[b] <= 0)
                    continue;
                draft.a[c] = (uint32_t)a;
                draft.b[c] = (uint32_t)b;
                draft.count[0][c] = scale * mu[a] * mu[b];
                for (size_t k = 0; k < K; k++)
                    draft.wins[k][c] = draft.count[0][c] * row[k * Y + b];
                c++;
            }
        }
    }
    draft.first[X] = c;
    pf_release(arena, mark);
    *pairs = pf_pairs_draft_finish(&draft);
    return PF_OK;
}

static bool pairs_complete(size_t n, const float *label)
{
    bool complete = true;
    for (size_t i = 0; i < n; i++)
        complete = complete & (label[i] >= 0);
    return complete;
}

/* The place of cell (x, a < b) among all cells there could be, in their order. */
static size_t pairs_place(size_t Y, size_t x, size_t a, size_t b)
{
    return (x * (Y - 1) * Y + a * (2 * Y - a - 1)) / 2 + b - a - 1;
}

/* Counts into a table of all cells there could be, in half labels: of every cell the labels,
 * one number per objective or (counts = 1) one for all, then the wins of each objective. */
static void pairs_tabulate(size_t Y, size_t K, size_t counts, size_t n, const pf_pair *pair,
                           const float *label, uint32_t *table)
{
    size_t width = counts + K;
    bool one_count = counts == 1;
    for (size_t i = 0; i < n; i++, label += K) {
        uint32_t a = pair[i].a, b = pair[i].b, turned = a > b;
        uint32_t low = turned ? b : a, high = turned ? a : b;
        uint32_t *cell = table + width * pairs_place(Y, pair[i].x, low, high);
        uint32_t *wins = cell + counts;
        cell[0] += one_count && label[0] >= 0 ? 2 : 0;
        for (size_t k = 0; k < K; k++) {
            uint32_t seen = label[k] >= 0, halves = (uint32_t)(int32_t)(2 * label[k]) * seen;
            wins[k] += turned ? 2 * seen - halves : halves;
            if (!one_count)
                cell[k] += 2 * seen;
        }
    }
}

/* For n not far below the number of cells. */
static pf_pairs_draft pairs_by_table(size_t X, size_t Y, size_t K, size_t n,
                                     const pf_pair *pair, const float *label, pf_arena *arena)
{
    bool complete = pairs_complete(n * K, label);
    size_t counts = complete ? 1 : K, width = counts + K, cells = X * Y * (Y - 1) / 2;
    size_t room = 1, c = 0;
    pf_arena *scratch = pf_arena_new();
    uint32_t *table = PF_NEW(scratch, uint32_t, width * cells), *cell = table;
    pairs_tabulate(Y, K, counts, n, pair, label, table);
    for (size_t i = 0; i < cells; i++)
        for (size_t k = 0; k < counts; k++)
            room += table[width * i + k] > 0;
    /* Every cell is written to the next free place, which an empty one does not take up. */
    pf_pairs_draft draft = pf_pairs_draft_new(X, Y, K, room, complete, arena);
    for (size_t x = 0; x < X; x++) {
        for (uint32_t a = 0; a < Y; a++) {
            for (uint32_t b = a + 1; b < Y; b++, cell += width) {
                uint32_t labels = 0;
                draft.a[c] = a;
                draft.b[c] = b;
                for (size_t k = 0; k < counts; k++) {
                    labels += cell[k];
                    draft.count[k][c] = 0.5 * cell[k];
                }
                for (size_t k = 0; k < K; k++)
                    draft.wins[k][c] = 0.5 * cell[counts + k];
                c += labels > 0;
            }
        }
        draft.first[x + 1] = c;
    }
    pf_arena_free(scratch);
    return draft;
}

/* Stable counting sort of `order` by one coordinate of the pairs. */
static void pairs_sort(size_t n, size_t buckets, const uint32_t *key, const uint32_t *order,
                       uint32_t *sorted, size_t *place)
{
    memset(place, 0, (buckets + 1) * sizeof *place);
    for (size_t i = 0; i < n; i++)
        place[key[i] + 1]++;
    for (size_t j = 0; j < buckets; j++)
        place[j + 1] += place[j];
    for (size_t i = 0; i < n; i++)
        sorted[place[key[order[i]]]++] = order[i];
}

/* The order of the pairs by x, then a, then b (a < b after turning). */
static const uint32_t *pairs_order(size_t X, size_t Y, size_t n, const pf_pair *pair,
                                   pf_arena *arena)
{
    size_t *place = PF_NEW(arena, size_t, (X > Y ? X : Y) + 2);
    uint32_t *key = PF_NEW(arena, uint32_t, n);
    uint32_t *order = PF_NEW(arena, uint32_t, n), *other = PF_NEW(arena, uint32_t, n);
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
        key[i] = pair[i].a > pair[i].b ? pair[i].a : pair[i].b;
    }
    pairs_sort(n, Y, key, order, other, place);
    for (size_t i = 0; i < n; i++)
        key[i] = pair[i].a < pair[i].b ? pair[i].a : pair[i].b;
    pairs_sort(n, Y, key, other, order, place);
    for (size_t i = 0; i < n; i++)
        key[i] = pair[i].x;
    pairs_sort(n, X, key, order, other, place);
    return other;
}

static bool pairs_same(const pf_pair *p, const pf_pair *q)
{
    return p->x == q->x && ((p->a == q->a && p->b == q->b) || (p->a == q->b && p->b == q->a));
}

/* Sorts the pairs and counts runs: for n far below the number of cells. */
static pf_pairs_draft pairs_by_sorting(size_t X, size_t Y, size_t K, size_t n,
                                       const pf_pair *pair, const float *label, pf_arena *arena)
{
    bool complete = pairs_complete(n * K, label);
    pf_arena *scratch = pf_arena_new();
    const uint32_t *order = pairs_order(X, Y, n, pair, scratch);
    size_t C = 0, c = 0, x = 0;
    for (size_t i = 0; i < n; i++)
        C += i == 0 || !pairs_same(&pair[order[i - 1]], &pair[order[i]]);
    pf_pairs_draft draft = pf_pairs_draft_new(X, Y, K, C, complete, arena);
    for (size_t i = 0; i < n; i++) {
        const pf_pair *p = &pair[order[i]];
        if (i == 0 || !pairs_same(&pair[order[i - 1]], p)) {
            for (; x <= p->x; x++)
                draft.first[x] = c;
            draft.a[c] = p->a < p->b ? p->a : p->b;
            draft.b[c++] = p->a < p->b ? p->b : p->a;
        }
        for (size_t k = 0; k < K; k++) {
            double given = label[order[i] * K + k];
            if (given < 0)
                continue;
            if (k == 0 || !complete)
                draft.count[k][c - 1] += 1;
            draft.wins[k][c - 1] += p->a < p->b ? given : 1 - given;
        }
    }
    for (; x <= X; x++)
        draft.first[x] = C;
    pf_arena_free(scratch);
    return draft;
}

const pf_pairs *pf_pairs_aggregate(size_t X, size_t Y, size_t K, size_t n, const pf_pair *pair,
                                   const float *label, pf_arena *arena)
{
    bool many = (double)X * (double)Y * (double)(Y - 1) / 2 <= 4 * (double)n;
    pf_pairs_draft draft =
        (many ? pairs_by_table : pairs_by_sorting)(X, Y, K, n, pair, label, arena);
    draft.pairs->n = n;
    return pf_pairs_draft_finish(&draft);
}
