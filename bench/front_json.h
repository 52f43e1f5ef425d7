/* What `front` and `problem` say about a front, in JSON and in rows for people. */
#ifndef PF_BENCH_FRONT_JSON_H
#define PF_BENCH_FRONT_JSON_H

#include "problems/model/front.h"

#include <jansson.h>
#include <stdio.h>

/* {"points": [n][K], "weights": [n][K], "area": number or null, "ref": [K]}. */
json_t *pf_front_json(const pf_front *front);

/* A heading and the first `most` points, aligned: values, weights, and for one context the
 * response. */
void pf_front_print(const pf_problem *problem, const pf_front *front, size_t most,
                    FILE *stream);

/* "(a, b, c)" */
const char *pf_point_text(size_t K, const double *point, pf_arena *arena);

#endif
