/* The random streams of runs. All solvers of a suite see the same pairs: the stream of the
 * pairs knows the problem and the replicate alone, and a smaller sample is the beginning of a
 * larger one. A problem file counts by its name, so that numbers do not depend on where it
 * lies. */
#ifndef PF_BENCH_STREAM_H
#define PF_BENCH_STREAM_H

#include "core/random.h"
#include "solvers/solver.h"

#include <stdint.h>

/* ("pairs", problem, replicate) */
void pf_stream_pairs(const pf_problem *problem, uint64_t seed, uint64_t replicate,
                     pf_random *random);

/* ("run", problem and solver, replicate) */
void pf_stream_run(const pf_problem *problem, const pf_method *method, uint64_t seed,
                   uint64_t replicate, pf_arena *arena, pf_random *random);

/* The pairs a run is given: "exact", a number of them, or a file. Exact pairs are taken from
 * `exact` unless it is NULL. */
pf_status pf_stream_draw(const pf_problem *problem, const char *written, uint64_t seed,
                         uint64_t replicate, const pf_pairs *exact, pf_arena *arena,
                         const pf_pairs **pairs, pf_error *error);

#endif
