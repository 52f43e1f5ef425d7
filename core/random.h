/* Random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011), a counter-based generator from Random123.
 *
 * Key = seed, counter = (draw, stream), stream = hash of (purpose, spec, replicate). A stream
 * depends on these alone, never on threads, shards or time, so any job can be run anywhere in
 * any order. */
#ifndef PF_CORE_RANDOM_H
#define PF_CORE_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pf_random {
    uint32_t key[2];     /* low, high word of the seed */
    uint32_t counter[4]; /* draw low, draw high, stream low, stream high */
    uint32_t block[4];   /* output of the last counter */
    unsigned used;       /* words of the block already given out */
    gsl_rng view;        /* this stream as GSL sees it; moves with pf_random_gsl */
} pf_random;

/* Opens the stream of (purpose, spec, replicate) under a seed, at its beginning. */
void pf_random_open(pf_random *random, uint64_t seed, const char *purpose, const char *spec,
                    uint64_t replicate);

/* 32 uniform bits. */
uint32_t pf_random_word(pf_random *random);

/* Uniform on [0, 1), a multiple of 2^-53. */
double pf_random_uniform(pf_random *random);

/* Standard normal. Marsaglia's polar method on the kernels' logarithm, because GSL's go through
 * the C library's, whose last bits differ between machines. Draws a varying number of words. */
double pf_random_gaussian(pf_random *random);

/* Uniform on {0, .., n-1}, n >= 1, without bias. */
size_t pf_random_index(pf_random *random, size_t n);

/* Weighted draws: sums[i] = weight[0] + .. + weight[i], which may be the same array. Returns
 * sums. */
double *pf_running_sums(size_t n, const double *weight, double *sums);

/* The first index whose running sum is above t, n >= 1; where rounding put t at the total, the
 * last one with weight. */
size_t pf_running_find(size_t n, const double *sums, double t);

/* Index i with chance weight[i] / sum of weights, not all 0. */
size_t pf_random_weighted(pf_random *random, size_t n, const double *sums);

/* The stream as a GSL generator, for gsl_ran_*; borrowed, draws advance `random` itself. */
gsl_rng *pf_random_gsl(pf_random *random);

/* The generator type behind pf_random_gsl; its state is a pf_random. gsl_rng_set opens the
 * stream ("gsl", "", 0) under that seed. */
extern const gsl_rng_type *const pf_rng_philox;

#endif
