#include "problems/model/projection.h"

#include "problems/model/potential.h"

#include <string.h>

enum { STEPS_MOST = 500 };

void pf_pairs_shares(const pf_pairs *pairs, size_t k, double *win, double *lose)
{
    double total = pairs->total[k] > 0 ? pairs->total[k] : 1;
    for (size_t c = 0; c < pairs->C; c++) {
        win[c] = pairs->wins[k][c] / total;
        lose[c] = (pairs->count[k][c] - pairs->wins[k][c]) / total;
    }
}

pf_status pf_bradley_terry(const pf_pairs *pairs, size_t k, double ridge, pf_arena *arena,
                           double *reward, pf_error *error)
{
    static const double beta = 1;
    pf_mark mark = pf_arena_mark(arena);
    double *win = PF_NEW(arena, double, pairs->C), *lose = PF_NEW(arena, double, pairs->C);
    pf_pairs_shares(pairs, k, win, lose);
    pf_margin_task task = {
        .pairs = pairs,
        .win = win,
        .lose = lose,
        .loss = pf_margin_logistic,
        .parameter = &beta,
        .needs_both_sides = true,
        .odd_is_linear = true,
        .odd = beta,
        .scale = 1,
        .ridge = ridge,
    };
    pf_potential *potential;
    pf_status status = pf_potential_new(&task, arena, &potential, error);
    bool done = false;
    for (int i = 0; status == PF_OK && !done && i < STEPS_MOST; i++)
        status = pf_potential_step(potential, 1e-12, &done, error);
    if (status == PF_OK && !done)
        status =
            pf_fail(error, PF_UNCONVERGED,
                    "the Bradley-Terry projection did not converge in %d steps", STEPS_MOST);
    if (status == PF_OK)
        memcpy(reward, pf_potential_theta(potential), pairs->X * pairs->Y * sizeof *reward);
    pf_release(arena, mark);
    return status;
}
