#include "bench/stream.h"

#include "core/text.h"

#include <string.h>
#include <unistd.h>

static const char *stream_problem(const pf_problem *problem)
{
    const char *ending = strrchr(problem->spec, '.');
    return ending && strcmp(ending, ".json") == 0 ? problem->name : problem->spec;
}

void pf_stream_pairs(const pf_problem *problem, uint64_t seed, uint64_t replicate,
                     pf_random *random)
{
    pf_random_open(random, seed, "pairs", stream_problem(problem), replicate);
}

void pf_stream_run(const pf_problem *problem, const pf_method *method, uint64_t seed,
                   uint64_t replicate, pf_arena *arena, pf_random *random)
{
    const char *spec = pf_format(arena, "%s %s", stream_problem(problem), method->spec);
    pf_random_open(random, seed, "run", spec, replicate);
}

pf_status pf_stream_draw(const pf_problem *problem, const char *written, uint64_t seed,
                         uint64_t replicate, const pf_pairs *exact, pf_arena *arena,
                         const pf_pairs **pairs, pf_error *error)
{
    int64_t n;
    if (strcmp(written, "exact") == 0) {
        *pairs = exact;
        return exact ? PF_OK : pf_pairs_exact(problem, arena, pairs, error);
    }
    if (!pf_read_integer(written, &n) && access(written, F_OK) != 0)
        return pf_fail(error, PF_INVALID,
                       "pairs=%s: neither exact, nor a number of pairs, nor a file there is",
                       written);
    if (!pf_read_integer(written, &n))
        return pf_pairs_read(written, problem, arena, pairs, error);
    if (n < 1)
        return pf_fail(error, PF_INVALID, "pairs=%s: at least one pair is needed", written);
    pf_random random;
    pf_stream_pairs(problem, seed, replicate, &random);
    return pf_pairs_sample(problem, (uint64_t)n, &random, arena, pairs, error);
}
