/* JSON out, the same way everywhere: 17 significant digits, -0 as 0, NaN and infinities null.
 */
#ifndef PF_BENCH_JSON_H
#define PF_BENCH_JSON_H

#include "core/option.h"
#include "core/status.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

json_t *pf_json_real(double value);

/* Null for NULL. Bytes that are no UTF-8, as a file's name may hold, become '?'. */
json_t *pf_json_text(const char *text);

/* [n] numbers; null when `values` is NULL. */
json_t *pf_json_reals(size_t n, const double *values);

/* Nested arrays [rows][columns]; null when `values` is NULL. */
json_t *pf_json_matrix(size_t rows, size_t columns, const double *values);

/* An object {option: value} of a plug-in's options, numbers as numbers, lists as arrays. */
json_t *pf_json_options(size_t n, const pf_option *table, const void *options);

/* Writes the document with a final newline, keys in insertion order, and releases it.
 * Returns 0, or -1 when the stream failed. */
int pf_json_write(json_t *document, FILE *stream);

/* The same to standard output. */
pf_status pf_json_print(json_t *document, pf_error *error);

#endif
