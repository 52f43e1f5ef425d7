#include "problems/model/vectors.h"

#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS_BLANK " \t\r\n"

/* A list that grows by doubling; what it leaves behind dies with the arena. */
typedef struct vectors_list {
    size_t n, room;
    double *at;
} vectors_list;

static void vectors_push(vectors_list *list, double value, pf_arena *arena)
{
    if (list->n == list->room) {
        double *wider = PF_NEW(arena, double, list->room = 2 * list->room + 64);
        if (list->n > 0)
            memcpy(wider, list->at, list->n * sizeof *wider);
        list->at = wider;
    }
    list->at[list->n++] = value;
}

/* Appends one line's numbers; `width` is how many there were. Cuts `line` up. */
static pf_status vectors_line(const char *path, size_t number, char *line, vectors_list *list,
                              size_t *width, pf_arena *arena, pf_error *error)
{
    char *rest = NULL;
    line[strcspn(line, "#")] = '\0';
    *width = 0;
    for (char *word = strtok_r(line, VECTORS_BLANK, &rest); word;
         word = strtok_r(NULL, VECTORS_BLANK, &rest), ++*width) {
        double value;
        if (!pf_read_number(word, &value))
            return pf_fail(error, PF_INVALID, "%s:%zu: '%.40s' is no finite number", path,
                           number, word);
        vectors_push(list, value, arena);
    }
    return PF_OK;
}

static pf_status vectors_stream(const char *path, FILE *stream, pf_arena *arena,
                                pf_vectors *vectors, pf_error *error)
{
    char *line = NULL;
    size_t size = 0, number = 0, width;
    vectors_list list = {0};
    pf_status status = PF_OK;
    *vectors = (pf_vectors){0};
    while (status == PF_OK && getline(&line, &size, stream) >= 0) {
        status = vectors_line(path, ++number, line, &list, &width, arena, error);
        if (status != PF_OK || width == 0)
            continue;
        if (vectors->n++ == 0)
            vectors->K = width;
        if (width != vectors->K)
            status = pf_fail(error, PF_INVALID, "%s:%zu: %zu numbers where %zu are expected",
                             path, number, width, vectors->K);
    }
    free(line);
    vectors->at = list.at;
    if (status == PF_OK && ferror(stream))
        return pf_fail(error, PF_IO, "%s: %s", path, strerror(errno));
    if (status == PF_OK && vectors->n == 0)
        return pf_fail(error, PF_INVALID, "%s: there is no vector in it", path);
    return status;
}

pf_status pf_vectors_read(const char *path, pf_arena *arena, pf_vectors *vectors,
                          pf_error *error)
{
    FILE *stream = fopen(path, "r");
    if (!stream)
        return pf_fail(error, PF_IO, "%s: %s", path, strerror(errno));
    pf_status status = vectors_stream(path, stream, arena, vectors, error);
    fclose(stream);
    return status;
}
