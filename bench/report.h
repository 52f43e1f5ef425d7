/* The page of a run directory: what ran, how each method did, fronts over the exact front. */
#ifndef PF_BENCH_REPORT_H
#define PF_BENCH_REPORT_H

#include "core/status.h"

/* Writes the page of `directory` to `path`. `instead` gets the reason when pictures are
 * missing, or "". */
pf_status pf_report_write(const char *directory, const char *path, pf_error *instead,
                          pf_error *error);

#endif
