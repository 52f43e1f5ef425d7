/* Sweeps: one written value that stands for many.
 *
 *   a, b, c     one after the other
 *   lo:hi:n     n evenly spaced numbers with both ends, rounded to 12 digits; also 10%:90%:9
 *   grid n      every vector of the simplex lattice with n points per edge, as a list */
#ifndef PF_BENCH_SWEEP_H
#define PF_BENCH_SWEEP_H

#include "bench/ini.h"

#include <stdbool.h>

/* The values `text` stands for, as an option would be given them. K is the length of grid
 * vectors; 0 when the key does not take lists. PF_INVALID says what is wrong with `text`. */
pf_status pf_sweep_values(const char *text, size_t K, pf_arena *arena, size_t *n,
                          const char ***values, pf_error *error);

/* The specs a section stands for: every combination of its keys' values, the last key fastest.
 * `lists` says for each key whether it takes grid vectors. */
pf_status pf_sweep_specs(const pf_ini *ini, const pf_section *section, const bool *lists,
                         size_t K, pf_arena *arena, size_t *n, const char ***specs,
                         pf_error *error);

#endif
