/* Files that appear whole or not at all: written beside their place, then renamed into it.
 * What is no plain file (a device, a pipe, a link) is written to where it is. */
#ifndef PF_PLOTS_DRAW_WHOLE_H
#define PF_PLOTS_DRAW_WHOLE_H

#include "core/arena.h"
#include "core/status.h"

#include <stdio.h>

typedef struct pf_whole {
    FILE *stream; /* what to write to */
    const char *path;
    const char *part; /* its name until it is finished; NULL when written in place */
} pf_whole;

/* Opens `path` for writing; PF_IO names the path. End with pf_whole_finish or pf_whole_drop. */
pf_status pf_whole_open(const char *path, pf_arena *arena, pf_whole *whole, pf_error *error);

/* Closes and puts the file in its place. On failure (a full disk) nothing is left behind. */
pf_status pf_whole_finish(pf_whole *whole, pf_error *error);

/* Closes and removes what was written. */
void pf_whole_drop(pf_whole *whole);

/* A whole file as text, ended by a zero byte; its length without it in `size`. */
pf_status pf_read_whole(const char *path, pf_arena *arena, size_t *size, char **text,
                        pf_error *error);

#endif
