/* The jobs of a suite on threads: what they share, and rows handed over in job order. */
#ifndef PF_BENCH_EXECUTE_H
#define PF_BENCH_EXECUTE_H

#include "bench/suite.h"
#include "solvers/run.h"

/* Takes the row of a finished job (its text dies after the call). Called in job order and
 * never twice at a time; a failure ends the execution. */
typedef struct pf_row_sink {
    pf_status (*take)(void *self, const pf_job *job, pf_status outcome, const char *row,
                      pf_error *error);
    void *self;
} pf_row_sink;

/* Runs the jobs from `first` on. */
pf_status pf_execute(const pf_suite *suite, size_t first, int threads, const pf_row_sink *sink,
                     pf_error *error);

#endif
