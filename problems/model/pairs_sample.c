/* Sampled pairs: one at a time, or straight as counts when n is large. */
#include "problems/model/pairs.h"

#include "core/kernels.h"

#include <gsl/gsl_randist.h>
#include <string.h>

struct pf_pair_source {
    const pf_problem *problem;
    pf_random *random;
    const double *context; /* [X] running sums of rho */
    const double *opening; /* [X][Y] running sums of mu(a) (1 - mu(a)) */
    const double *mass;    /* [X][Y] running sums of mu */
};

pf_pair_source *pf_pair_source_new(const pf_problem *problem, pf_random *random,
                                   pf_arena *arena)
{
    size_t X = problem->X, Y = problem->Y;
    pf_pair_source *source = PF_NEW(arena, pf_pair_source, 1);
    double *opening = PF_NEW(arena, double, (X * Y)), *mass = PF_NEW(arena, double, (X * Y));
    for (size_t x = 0; x < X; x++) {
        const double *mu = problem->mu + x * Y;
        pf_running_sums(Y, mu, mass + x * Y);
        for (size_t y = 0; y < Y; y++)
            opening[x * Y + y] = mu[y] * pf_pairs_others(Y, mu, y);
        pf_running_sums(Y, opening + x * Y, opening + x * Y);
    }
    *source = (pf_pair_source){
        .problem = problem,
        .random = random,
        .context = pf_running_sums(X, problem->rho, PF_NEW(arena, double, X)),
        .opening = opening,
        .mass = mass,
    };
    return source;
}

/* Two different draws from mu: the first has mass mu(a) (1 - mu(a)), the second is drawn from
 * mu without a. The unordered pair then has probability 2 mu(a) mu(b) / (1 - sum mu^2). */
static void source_responses(const pf_pair_source *source, pf_pair *pair)
{
    size_t Y = source->problem->Y;
    const double *opening = source->opening + pair->x * Y, *mass = source->mass + pair->x * Y;
    const double *mu = source->problem->mu + pair->x * Y;
    size_t a = pf_random_weighted(source->random, Y, opening);
    double t = pf_random_uniform(source->random) * (mass[Y - 1] - mu[a]);
    if (t >= mass[a] - mu[a])
        t += mu[a];
    size_t b = pf_running_find(Y, mass, t);
    while (b == a || mu[b] <= 0) /* rounding at the edge of a: the next response with mass */
        b = (b + 1) % Y;
    pair->a = (uint32_t)a;
    pair->b = (uint32_t)b;
}

void pf_pair_source_draw(pf_pair_source *source, pf_pair *pair, float *label)
{
    const pf_problem *problem = source->problem;
    pair->x = (uint32_t)pf_random_weighted(source->random, problem->X, source->context);
    source_responses(source, pair);
    for (size_t k = 0; k < problem->K; k++) {
        double p = pf_preference(problem, k, pair->x, pair->a, pair->b);
        label[k] = pf_random_uniform(source->random) < p ? 1 : 0;
    }
}

static const pf_pairs *sample_pairs(const pf_problem *problem, size_t n, pf_random *random,
                                    pf_arena *arena)
{
    size_t K = problem->K;
    pf_arena *scratch = pf_arena_new();
    pf_pair *pair = PF_NEW(scratch, pf_pair, n);
    float *label = PF_NEW(scratch, float, (n * K));
    pf_pair_source *source = pf_pair_source_new(problem, random, scratch);
    for (size_t i = 0; i < n; i++)
        pf_pair_source_draw(source, &pair[i], label + i * K);
    const pf_pairs *pairs =
        pf_pairs_aggregate(problem->X, problem->Y, K, n, pair, label, arena);
    pf_arena_free(scratch);
    return pairs;
}

/* How many of `left` trials fall on a share `part` of `whole`. */
static unsigned sample_binomial(pf_random *random, double part, double whole, unsigned left)
{
    if (left == 0 || part <= 0)
        return 0;
    double p = part / whole;
    return p >= 1 ? left : gsl_ran_binomial(pf_random_gsl(random), p, left);
}

/* Draws counts and wins of the cells of one context, `drawn` pairs in all. */
static void sample_context(const pf_pairs *exact, size_t x, unsigned drawn, pf_random *random,
                           double *count, double *const *wins)
{
    size_t end = exact->first[x + 1];
    double left = 0;
    for (size_t c = exact->first[x]; c < end; c++)
        left += exact->count[0][c];
    for (size_t c = exact->first[x]; c < end; c++) {
        double weight = exact->count[0][c];
        unsigned here = c + 1 == end ? drawn : sample_binomial(random, weight, left, drawn);
        left -= weight;
        drawn -= here;
        count[c] = here;
        for (size_t k = 0; k < exact->K; k++)
            wins[k][c] = sample_binomial(random, exact->wins[k][c], weight, here);
    }
}

/* Counts without pairs: a chain of binomials over contexts, then over the cells of each
 * context, then over the winners; the cost is that of the cells, whatever n. */
static pf_status sample_counts(const pf_problem *problem, unsigned n, pf_random *random,
                               pf_arena *arena, const pf_pairs **pairs, pf_error *error)
{
    const pf_pairs *exact;
    pf_arena *scratch = pf_arena_new();
    pf_status status = pf_pairs_exact(problem, scratch, &exact, error);
    if (status == PF_OK) {
        size_t X = exact->X, last = 0;
        unsigned remaining = n;
        double left = pf_sum(X, problem->rho);
        pf_pairs_draft draft = pf_pairs_draft_new(X, exact->Y, exact->K, exact->C, true, arena);
        memcpy(draft.first, exact->first, (X + 1) * sizeof *draft.first);
        memcpy(draft.a, exact->a, exact->C * sizeof *draft.a);
        memcpy(draft.b, exact->b, exact->C * sizeof *draft.b);
        for (size_t x = 0; x < X; x++)
            last = problem->rho[x] > 0 ? x : last;
        for (size_t x = 0; x <= last; x++) {
            double rho = problem->rho[x];
            unsigned here =
                x == last ? remaining : sample_binomial(random, rho, left, remaining);
            left -= rho;
            remaining -= here;
            sample_context(exact, x, here, random, draft.count[0], draft.wins);
        }
        draft.pairs->n = n;
        *pairs = pf_pairs_draft_finish(&draft);
    }
    pf_arena_free(scratch);
    return status;
}

pf_status pf_pairs_sample(const pf_problem *problem, uint64_t n, pf_random *random,
                          pf_arena *arena, const pf_pairs **pairs, pf_error *error)
{
    size_t X = problem->X, Y = problem->Y;
    if (n < 1 || n > UINT32_MAX)
        return pf_fail(error, PF_INVALID, "%llu pairs: expected a number from 1 to %u",
                       (unsigned long long)n, UINT32_MAX);
    PF_TRY(pf_pairs_check(problem, error));
    double cells = (double)X * (double)Y * (double)(Y - 1) / 2;
    if ((double)n < 4 * cells || cells > PF_EXACT_CELLS_MOST) {
        *pairs = sample_pairs(problem, (size_t)n, random, arena);
        return PF_OK;
    }
    return sample_counts(problem, (unsigned)n, random, arena, pairs, error);
}
