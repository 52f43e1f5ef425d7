/* manifest.json: what a run directory holds and what made it. */
#ifndef PF_BENCH_MANIFEST_H
#define PF_BENCH_MANIFEST_H

#include "bench/suite.h"

/* Writes the manifest of a run on `threads` threads that began at `started` (text of
 * pf_manifest_time); `finished` is NULL until it has. */
pf_status pf_manifest_write(const char *path, const pf_suite *suite, int threads,
                            const char *started, const char *finished, pf_arena *arena,
                            pf_error *error);

/* Now, as 2026-01-31T12:00:00Z. */
const char *pf_manifest_time(pf_arena *arena);

#endif
