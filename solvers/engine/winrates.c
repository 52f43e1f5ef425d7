#include "solvers/engine/winrates.h"

/* Adds the cells' labels up per response: wins and count [Y] of objective k in context x. */
static void winrates_gather(const pf_pairs *pairs, size_t k, size_t x, double *wins,
                            double *count)
{
    for (size_t y = 0; y < pairs->Y; y++)
        wins[y] = count[y] = 0;
    for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++) {
        double n = pairs->count[k][c], won = pairs->wins[k][c];
        wins[pairs->a[c]] += won;
        wins[pairs->b[c]] += n - won;
        count[pairs->a[c]] += n;
        count[pairs->b[c]] += n;
    }
}

double *pf_winrates_estimate(const pf_problem *problem, const pf_pairs *pairs, pf_arena *arena)
{
    size_t X = problem->X, Y = problem->Y, K = problem->K;
    double *table = PF_NEW(arena, double, (X * Y * K));
    pf_mark mark = pf_arena_mark(arena);
    double *wins = PF_NEW(arena, double, Y), *count = PF_NEW(arena, double, Y);
    for (size_t k = 0; k < K; k++)
        for (size_t x = 0; x < X; x++) {
            winrates_gather(pairs, k, x, wins, count);
            for (size_t y = 0; y < Y; y++) {
                double mu = problem->mu[x * Y + y];
                double mean = count[y] > 0 ? wins[y] / count[y] : 0.5;
                table[(x * Y + y) * K + k] = mu / 2 + (1 - mu) * mean;
            }
        }
    pf_release(arena, mark);
    return table;
}
