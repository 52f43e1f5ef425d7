/* Lists of vectors as text: a row a line, numbers apart by blanks, `#` starts a comment, blank
 * lines are skipped. */
#ifndef PF_PROBLEMS_MODEL_VECTORS_H
#define PF_PROBLEMS_MODEL_VECTORS_H

#include "core/arena.h"
#include "core/status.h"

#include <stddef.h>

typedef struct pf_vectors {
    size_t n, K;
    const double *at; /* [n][K] */
} pf_vectors;

/* At least one row, all of the same length. PF_IO when the file cannot be read; PF_INVALID
 * names the line that is no row of finite numbers or has another length than the first. */
pf_status pf_vectors_read(const char *path, pf_arena *arena, pf_vectors *vectors,
                          pf_error *error);

#endif
