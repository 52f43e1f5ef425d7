#include "problems/model/cells.h"

#include "core/kernels.h"

pf_pairs_draft pf_pairs_draft_new(size_t X, size_t Y, size_t K, size_t C, bool shared,
                                  pf_arena *arena)
{
    pf_pairs_draft draft = {
        .pairs = PF_NEW(arena, pf_pairs, 1),
        .first = PF_NEW(arena, size_t, X + 1),
        .a = PF_NEW(arena, uint32_t, C),
        .b = PF_NEW(arena, uint32_t, C),
        .count = PF_NEW(arena, double *, K),
        .wins = PF_NEW(arena, double *, K),
        .total = PF_NEW(arena, double, K),
    };
    for (size_t k = 0; k < K; k++) {
        draft.count[k] = k > 0 && shared ? draft.count[0] : PF_NEW(arena, double, C);
        draft.wins[k] = PF_NEW(arena, double, C);
    }
    *draft.pairs = (pf_pairs){
        .X = X,
        .Y = Y,
        .K = K,
        .C = C,
        .first = draft.first,
        .a = draft.a,
        .b = draft.b,
        .count = (const double *const *)draft.count,
        .wins = (const double *const *)draft.wins,
        .total = draft.total,
    };
    return draft;
}

static bool draft_labelled(const pf_pairs_draft *draft, size_t c)
{
    for (size_t k = 0; k < draft->pairs->K; k++)
        if (draft->count[k][c] > 0)
            return true;
    return false;
}

static void draft_move(pf_pairs_draft *draft, size_t from, size_t to)
{
    draft->a[to] = draft->a[from];
    draft->b[to] = draft->b[from];
    for (size_t k = 0; k < draft->pairs->K; k++) {
        draft->count[k][to] = draft->count[k][from];
        draft->wins[k][to] = draft->wins[k][from];
    }
}

const pf_pairs *pf_pairs_draft_finish(pf_pairs_draft *draft)
{
    pf_pairs *pairs = draft->pairs;
    size_t kept = 0, c = 0;
    for (size_t x = 0; x < pairs->X; x++) {
        size_t end = draft->first[x + 1];
        draft->first[x] = kept;
        for (; c < end; c++) {
            if (!draft_labelled(draft, c))
                continue;
            if (kept < c)
                draft_move(draft, c, kept);
            kept++;
        }
    }
    draft->first[pairs->X] = pairs->C = kept;
    for (size_t k = 0; k < pairs->K; k++)
        draft->total[k] = pf_sum(kept, draft->count[k]);
    return pairs;
}
