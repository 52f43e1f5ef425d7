/* Pairs from the TSV that `prefront sample` writes. */
#include "problems/model/pairs.h"

#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct pairs_file {
    const char *path;
    const pf_problem *problem;
    FILE *stream;
    char *line; /* getline's buffer */
    size_t room;
    size_t number;        /* of the present line, from 1 */
    size_t *objective;    /* [columns - 3]: which objective a label column is */
    size_t n, pairs_room; /* rows read, rows there is room for */
    pf_pair *pair;
    float *label; /* [n][K] */
} pairs_file;

/* The next line without its end; false at the end of the file. */
static bool file_line(pairs_file *file)
{
    ssize_t length = getline(&file->line, &file->room, file->stream);
    if (length < 0)
        return false;
    file->line[strcspn(file->line, "\r\n")] = '\0';
    file->number++;
    return true;
}

static pf_status file_header(pairs_file *file, pf_arena *arena, pf_error *error)
{
    const pf_problem *problem = file->problem;
    if (!file_line(file))
        return pf_fail(error, PF_INVALID, "%s: the file is empty", file->path);
    file->objective = PF_NEW(arena, size_t, problem->K);
    bool *seen = PF_NEW(arena, bool, problem->K);
    static const char *const coordinates[] = {"x", "a", "b"};
    char *rest = file->line, *word;
    size_t column = 0;
    for (; (word = strsep(&rest, "\t")) != NULL; column++) {
        size_t k;
        if (column < 3 && strcmp(word, coordinates[column]) != 0)
            return pf_fail(error, PF_INVALID, "%s:1: column %zu is '%s', expected '%s'",
                           file->path, column + 1, word, coordinates[column]);
        if (column < 3)
            continue;
        PF_TRY(pf_objective_find(problem, file->path, word, &k, error));
        if (seen[k])
            return pf_fail(error, PF_INVALID, "%s:1: objective '%s' stands twice", file->path,
                           word);
        seen[k] = true;
        file->objective[column - 3] = k;
    }
    if (column != 3 + problem->K)
        return pf_fail(error, PF_INVALID,
                       "%s:1: %zu columns, expected x, a, b and %zu objectives", file->path,
                       column, problem->K);
    return PF_OK;
}

static void file_grow(pairs_file *file)
{
    if (file->n < file->pairs_room)
        return;
    size_t K = file->problem->K;
    file->pairs_room = file->pairs_room ? 2 * file->pairs_room : 4096;
    pf_pair *pair = realloc(file->pair, file->pairs_room * sizeof *pair);
    float *label = realloc(file->label, file->pairs_room * K * sizeof *label);
    if (!pair || !label)
        abort();
    file->pair = pair;
    file->label = label;
}

static pf_status file_index(const pairs_file *file, const char *word, const char *name,
                            size_t column, size_t limit, uint32_t *index, pf_error *error)
{
    int64_t value;
    if (!pf_read_integer(word, &value) || value < 0 || (size_t)value >= limit)
        return pf_fail(error, PF_INVALID, "%s:%zu: column %zu (%s) is '%s', expected 0 to %zu",
                       file->path, file->number, column, name, word, limit - 1);
    *index = (uint32_t)value;
    return PF_OK;
}

static bool file_label(const char *word, float *label)
{
    static const struct {
        const char *word;
        float label;
    } labels[] = {{"1", 1}, {"0", 0}, {"0.5", 0.5f}, {"", (float)PF_UNLABELLED}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        *label = labels[i].label;
        if (strcmp(word, labels[i].word) == 0)
            return true;
    }
    return false;
}

static pf_status file_row(pairs_file *file, pf_error *error)
{
    const pf_problem *problem = file->problem;
    size_t K = problem->K, column = 0;
    file_grow(file);
    pf_pair *pair = &file->pair[file->n];
    float *label = file->label + file->n * K;
    char *rest = file->line, *word;
    for (; (word = strsep(&rest, "\t")) != NULL; column++) {
        if (column == 0)
            PF_TRY(file_index(file, word, "x", 1, problem->X, &pair->x, error));
        else if (column == 1)
            PF_TRY(file_index(file, word, "a", 2, problem->Y, &pair->a, error));
        else if (column == 2)
            PF_TRY(file_index(file, word, "b", 3, problem->Y, &pair->b, error));
        else if (column < 3 + K && !file_label(word, &label[file->objective[column - 3]]))
            return pf_fail(error, PF_INVALID,
                           "%s:%zu: column %zu is '%s', expected 1, 0, 0.5 or nothing",
                           file->path, file->number, column + 1, word);
    }
    if (column != 3 + K)
        return pf_fail(error, PF_INVALID, "%s:%zu: %zu columns, expected %zu", file->path,
                       file->number, column, 3 + K);
    if (pair->a == pair->b)
        return pf_fail(error, PF_INVALID, "%s:%zu: a response is compared with itself",
                       file->path, file->number);
    file->n++;
    return PF_OK;
}

static pf_status file_rows(pairs_file *file, pf_arena *arena, pf_error *error)
{
    PF_TRY(file_header(file, arena, error));
    while (file_line(file))
        PF_TRY(file_row(file, error));
    if (ferror(file->stream))
        return pf_fail(error, PF_IO, "%s: %s", file->path, strerror(errno));
    if (file->n == 0)
        return pf_fail(error, PF_INVALID, "%s: no pairs below the header", file->path);
    return PF_OK;
}

pf_status pf_pairs_read(const char *path, const pf_problem *problem, pf_arena *arena,
                        const pf_pairs **pairs, pf_error *error)
{
    pairs_file file = {.path = path, .problem = problem, .stream = fopen(path, "r")};
    if (!file.stream)
        return pf_fail(error, PF_IO, "%s: %s", path, strerror(errno));
    pf_status status = file_rows(&file, arena, error);
    if (status == PF_OK)
        *pairs = pf_pairs_aggregate(problem->X, problem->Y, problem->K, file.n, file.pair,
                                    file.label, arena);
    if (status == PF_OK && (*pairs)->C == 0)
        status = pf_fail(error, PF_INVALID, "%s: no pair has a label", path);
    fclose(file.stream);
    free(file.line);
    free(file.pair);
    free(file.label);
    return status;
}
