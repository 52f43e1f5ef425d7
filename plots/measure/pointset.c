#include "plots/measure/pointset.h"

#include "plots/measure/hypervolume.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

typedef struct reader {
    const char *name;
    size_t line;       /* of the file, from 1 */
    size_t d;          /* 0 before the first row */
    size_t first_line; /* where the first row was */
    size_t n, room;
    double *points; /* [room][d] */
    size_t sets, set_room;
    size_t *starts; /* [set_room] first row of each set */
    bool open;      /* does the next row belong to the last set? */
    pf_arena *arena;
} reader;

static void *pointset_grow(pf_arena *arena, const void *old, size_t used, size_t room,
                           size_t size)
{
    void *fresh = pf_alloc(arena, room, size);
    if (used > 0)
        memcpy(fresh, old, used * size);
    return fresh;
}

static bool pointset_ends(char c)
{
    return c == '\0' || c == '#' || isspace((unsigned char)c);
}

static pf_status pointset_refuse(const reader *in, const char *text, const char *cell,
                                 pf_error *error)
{
    int length = 0;
    while (length < 24 && !pointset_ends(cell[length]))
        length++;
    return pf_fail(error, PF_INVALID, "%s, line %zu, column %td: '%.*s' is not a finite number",
                   in->name, in->line, cell - text + 1, length, cell);
}

/* Reads the numbers of one line into row[31] and says how many there are. */
static pf_status pointset_numbers(const reader *in, const char *text, size_t *count,
                                  double *row, pf_error *error)
{
    const char *at = text;
    for (*count = 0;; (*count)++) {
        while (isspace((unsigned char)*at))
            at++;
        if (*at == '\0' || *at == '#')
            return PF_OK;
        if (*count == PF_MOST_OBJECTIVES)
            return pf_fail(error, PF_INVALID,
                           "%s, line %zu, column %td: a row has at most %d numbers", in->name,
                           in->line, at - text + 1, PF_MOST_OBJECTIVES);
        char *end;
        row[*count] = strtod(at, &end);
        if (end == at || !pointset_ends(*end) || !isfinite(row[*count]))
            return pointset_refuse(in, text, at, error);
        at = end;
    }
}

static void pointset_start(reader *in)
{
    if (in->sets == in->set_room) {
        in->set_room = in->set_room ? 2 * in->set_room : FIRST_ROOM;
        in->starts =
            pointset_grow(in->arena, in->starts, in->sets, in->set_room, sizeof *in->starts);
    }
    in->starts[in->sets++] = in->n;
    in->open = true;
}

static pf_status pointset_row(reader *in, size_t count, const double *row, pf_error *error)
{
    if (in->d == 0) {
        in->d = count;
        in->first_line = in->line;
    }
    if (count != in->d)
        return pf_fail(error, PF_INVALID,
                       "%s, line %zu: the row has %zu number%s, that of line %zu has %zu",
                       in->name, in->line, count, count == 1 ? "" : "s", in->first_line, in->d);
    if (!in->open)
        pointset_start(in);
    if (in->n == in->room) {
        in->room = in->room ? 2 * in->room : FIRST_ROOM;
        in->points =
            pointset_grow(in->arena, in->points, in->n, in->room, in->d * sizeof *in->points);
    }
    memcpy(in->points + in->n++ * in->d, row, in->d * sizeof *row);
    return PF_OK;
}

static pf_status pointset_line(reader *in, size_t length, const char *text, pf_error *error)
{
    double row[PF_MOST_OBJECTIVES];
    size_t count;
    if (strlen(text) < length)
        return pf_fail(error, PF_INVALID, "%s, line %zu, column %zu: a zero byte, not text",
                       in->name, in->line, strlen(text) + 1);
    PF_TRY(pointset_numbers(in, text, &count, row, error));
    if (count > 0)
        return pointset_row(in, count, row, error);
    if (text[strspn(text, " \t\r\n\v\f")] == '\0')
        in->open = false;
    return PF_OK;
}

static pf_status pointset_lines(FILE *stream, reader *in, pf_error *error)
{
    char *text = NULL;
    size_t room = 0;
    pf_status status = PF_OK;
    errno = 0;
    for (ssize_t length; status == PF_OK && (length = getline(&text, &room, stream)) >= 0;) {
        in->line++;
        status = pointset_line(in, (size_t)length, text, error);
    }
    if (status == PF_OK && ferror(stream))
        status = pf_fail(error, PF_IO, "%s cannot be read: %s", in->name, strerror(errno));
    free(text);
    return status;
}

pf_status pf_pointsets_read(FILE *stream, const char *name, pf_arena *arena, pf_pointsets *sets,
                            pf_error *error)
{
    reader in = {.name = name, .arena = arena};
    PF_TRY(pointset_lines(stream, &in, error));
    if (in.n == 0)
        return pf_fail(error, PF_INVALID, "%s has no points: it %s", name,
                       in.line == 0 ? "is empty" : "holds only comments and blank lines");
    *sets = (pf_pointsets){pf_copy_text(arena, name),          in.d, in.n, in.points, in.sets,
                           PF_NEW(arena, pf_pointset, in.sets)};
    for (size_t i = 0; i < in.sets; i++) {
        size_t end = i + 1 < in.sets ? in.starts[i + 1] : in.n;
        sets->sets[i] = (pf_pointset){end - in.starts[i], in.points + in.starts[i] * in.d};
    }
    return PF_OK;
}

pf_status pf_pointsets_open(const char *path, pf_arena *arena, pf_pointsets *sets,
                            pf_error *error)
{
    if (strcmp(path, "-") == 0)
        return pf_pointsets_read(stdin, "standard input", arena, sets, error);
    FILE *stream = fopen(path, "r");
    if (!stream)
        return pf_fail(error, PF_IO, "%s cannot be opened: %s", path, strerror(errno));
    pf_status status = pf_pointsets_read(stream, path, arena, sets, error);
    fclose(stream);
    return status;
}
