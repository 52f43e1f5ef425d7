/* What one call of `prefront indicators` measures: sets from files, their directions, one
 * reference point for all, and perhaps a reference set. */
#ifndef PF_BENCH_INDICATORS_H
#define PF_BENCH_INDICATORS_H

#include "core/arena.h"
#include "core/status.h"
#include "plots/measure/pointset.h"

#include <stdbool.h>
#include <stddef.h>

/* What the user asked for, as written. */
typedef struct pf_indicators_order {
    size_t file_count;
    const char **files;        /* [file_count] paths; "-" is standard input */
    const char *ref;           /* numbers, nadir+P% or file:PATH */
    const char *direction;     /* "max,min", or NULL */
    const char *reference_set; /* path, or NULL */
    bool max, contributions, ranks, json;
} pf_indicators_order;

/* The same, read and checked; maximised objectives are negated, so that all are minimised. */
typedef struct pf_indicators_job {
    const pf_indicators_order *order;
    pf_arena *arena;
    size_t d;
    bool *maximised;       /* [d] was negated */
    pf_pointsets *files;   /* [order->file_count] */
    double *reference;     /* [d] */
    const char *ref_rule;  /* how it came about: "given" or the rule */
    size_t m;              /* rows in the front of the reference set, 0 without one */
    double *reference_set; /* [m][d] */
} pf_indicators_job;

/* What was measured of one set; NaN where it is not defined. */
typedef struct pf_indicators {
    size_t nondominated, fronts, counted;
    double hv, igd, igd_plus, gd, eps_add, eps_mult;
    const char *reason;   /* why hv is 0, or NULL */
    double *contribution; /* [n], NULL unless ordered */
    size_t *rank;         /* [n] */
} pf_indicators;

/* Reads everything the order names. PF_INVALID or PF_IO name the file and line or the option.
 */
pf_status pf_indicators_load(const pf_indicators_order *order, pf_arena *arena,
                             pf_indicators_job *job, pf_error *error);

pf_indicators pf_indicators_measure(const pf_indicators_job *job, const pf_pointset *set);

/* Minimised rows [n][d] back in the files' own directions, and the other way round. */
void pf_indicators_negate(const pf_indicators_job *job, size_t n, double *points);

#endif
