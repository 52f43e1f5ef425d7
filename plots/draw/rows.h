/* Reading result rows: what figures and reports ask of a table of runs. */
#ifndef PF_PLOTS_DRAW_ROWS_H
#define PF_PLOTS_DRAW_ROWS_H

#include "core/arena.h"
#include "plots/draw/table.h"

#include <stdbool.h>
#include <stddef.h>

/* The different texts of a column in order of appearance; returns how many. */
size_t pf_distinct(const pf_table *table, const char *column, pf_arena *arena,
                   const char ***texts);

/* Where a text stands in a list; n when it does not. */
size_t pf_position(size_t n, const char *const *texts, const char *text);

/* The value of a spec's option, or `preset` when the spec does not give it. */
const char *pf_spec_value(const char *spec, const char *key, const char *preset,
                          pf_arena *arena);

/* A spec for people, in few words: "canonical:case=bt" is "bt", "arms:shape=convex" is "arms,
 * convex", "conflict:angle=60,contexts=4" is "conflict, angle 60" (sizes and seeds are left
 * out), "x/y.json" is "y". Different specs can have one title. */
const char *pf_spec_title(const char *spec, pf_arena *arena);

/* The series a run belongs to: its solver without the options that say where on the front it
 * aims (weights, threshold, preference, objective). */
const char *pf_series(const char *solver, pf_arena *arena);

/* Whether the row's run ended well. */
bool pf_row_ok(const pf_table *rows, size_t row);

/* The numbers of columns PREFIX1..PREFIXK of a row; false when one is missing. */
bool pf_row_point(const pf_table *rows, size_t row, const char *prefix, size_t K,
                  double *point /* [K] */);

/* How many of the columns PREFIX1.. of a row hold a number. */
size_t pf_row_width(const pf_table *rows, size_t row, const char *prefix);

/* Quantile of n values (linear between order statistics); NaN when n is 0. Sorts them. */
double pf_quantile(size_t n, double *values, double share);

/* The table of what a figure measured: columns quantity, value, expected, holds. Both return
 * the new row. A note has no expectation. */
pf_table *pf_numbers_new(pf_arena *arena);
void pf_numbers_note(pf_table *numbers, const char *quantity, double value);
void pf_numbers_check(pf_table *numbers, const char *quantity, double value,
                      const char *expected, bool holds);

/* How many expectations there are, and how many do not hold. */
size_t pf_numbers_checks(const pf_table *numbers, size_t *broken);

#endif
