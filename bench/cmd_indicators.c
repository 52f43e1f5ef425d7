/* indicators: hypervolume and the other indicators of any point sets. */
#include "bench/command.h"
#include "bench/indicators.h"
#include "bench/json.h"
#include "core/text.h"

#include <argp.h>
#include <math.h>
#include <string.h>

enum {
    INDICATORS_REF = 256,
    INDICATORS_MAX,
    INDICATORS_DIRECTION,
    INDICATORS_SET,
    INDICATORS_CONTRIBUTIONS,
    INDICATORS_RANKS,
    INDICATORS_JSON,
};

/* One set and what was measured of it. */
typedef struct indicators_row {
    const pf_indicators_job *job;
    const char *file; /* as the user named it */
    size_t index;     /* of the set in its file */
    const pf_pointset *set;
    const double *ref; /* [d] reference point in the files' own directions */
    pf_indicators answer;
} indicators_row;

static const struct argp_option indicators_options[] = {
    {"ref", INDICATORS_REF, "POINT", 0,
     "reference point, one for all sets: numbers \"1.1 1.1\" in the files' own direction; "
     "nadir+10% (the default; any percentage): the worst values in the front of all sets "
     "together, farther by that share of the range; file:PATH: the one row of a file",
     0},
    {"max", INDICATORS_MAX, NULL, 0, "every objective is maximised (default: minimised)", 0},
    {"direction", INDICATORS_DIRECTION, "LIST", 0, "per objective, as in max,min,min", 0},
    {"reference-set", INDICATORS_SET, "FILE", 0,
     "its non-dominated rows are what igd, igd+, gd and epsilon compare with", 0},
    {"contributions", INDICATORS_CONTRIBUTIONS, NULL, 0,
     "what each row alone adds to the hypervolume", 0},
    {"ranks", INDICATORS_RANKS, NULL, 0, "the front each row is on, from 0", 0},
    {"json", INDICATORS_JSON, NULL, 0, "write a JSON array, one object per set", 0},
    {0},
};

static const char indicators_doc[] =
    "\vFILE holds rows of numbers; # starts a comment, a blank line ends a set. Points that do "
    "not beat the reference strictly in every objective are not counted in the hypervolume. "
    "igd, igd+, gd and the epsilons are null (-) without a reference set; the multiplicative "
    "one also when a value is not positive.";

static error_t indicators_parse(int key, char *arg, struct argp_state *state)
{
    pf_indicators_order *input = state->input;
    switch (key) {
    case INDICATORS_REF:
        input->ref = arg;
        return 0;
    case INDICATORS_MAX:
        input->max = true;
        return 0;
    case INDICATORS_DIRECTION:
        input->direction = arg;
        return 0;
    case INDICATORS_SET:
        input->reference_set = arg;
        return 0;
    case INDICATORS_CONTRIBUTIONS:
        input->contributions = true;
        return 0;
    case INDICATORS_RANKS:
        input->ranks = true;
        return 0;
    case INDICATORS_JSON:
        input->json = true;
        return 0;
    case ARGP_KEY_ARG:
        input->files[input->file_count++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static json_t *indicators_words(size_t d, const bool *maximised)
{
    json_t *words = json_array();
    for (size_t k = 0; k < d; k++)
        json_array_append_new(words, json_string(maximised[k] ? "max" : "min"));
    return words;
}

static json_t *indicators_integers(size_t n, const size_t *values)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_integer((json_int_t)values[i]));
    return array;
}

static json_t *indicators_object(const indicators_row *row)
{
    const pf_indicators_job *job = row->job;
    const pf_indicators *a = &row->answer;
    json_t *object = json_object();
    json_object_set_new(object, "file", pf_json_text(row->file));
    const struct {
        const char *name;
        size_t value;
    } counts[] = {{"set", row->index},     {"n", row->set->n},
                  {"d", job->d},           {"n_nondominated", a->nondominated},
                  {"n_fronts", a->fronts}, {"counted", a->counted}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(object, counts[i].name, json_integer((json_int_t)counts[i].value));
    json_object_set_new(object, "hv", pf_json_real(a->hv));
    json_object_set_new(object, "reason", pf_json_text(a->reason));
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"igd", a->igd},
                   {"igd_plus", a->igd_plus},
                   {"gd", a->gd},
                   {"eps_add", a->eps_add},
                   {"eps_mult", a->eps_mult}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        json_object_set_new(object, numbers[i].name, pf_json_real(numbers[i].value));
    json_object_set_new(object, "ref", pf_json_reals(job->d, row->ref));
    json_object_set_new(object, "ref_rule", json_string(job->ref_rule));
    json_object_set_new(object, "reference_set", pf_json_text(job->order->reference_set));
    json_object_set_new(object, "direction", indicators_words(job->d, job->maximised));
    if (a->contribution)
        json_object_set_new(object, "contributions",
                            pf_json_reals(row->set->n, a->contribution));
    if (job->order->ranks)
        json_object_set_new(object, "ranks", indicators_integers(row->set->n, a->rank));
    return object;
}

/* Cells right-aligned under their heads, but for the first column. */
static void indicators_table(size_t rows, size_t columns, const char *const *cells)
{
    enum { MOST = 12 };
    int widths[MOST] = {0};
    for (size_t i = 0; i < rows * columns; i++) {
        int length = (int)strlen(cells[i]);
        widths[i % columns] = length > widths[i % columns] ? length : widths[i % columns];
    }
    for (size_t i = 0; i < rows * columns; i++) {
        size_t column = i % columns;
        printf("%s%*s%s", column ? "  " : "", column ? widths[column] : -widths[column],
               cells[i], column + 1 == columns ? "\n" : "");
    }
}

static const char *indicators_number(pf_arena *arena, double value)
{
    return isnan(value) ? "-" : pf_format(arena, "%.10g", value == 0 ? 0.0 : value);
}

static void indicators_head(const pf_indicators_job *job, const double *ref)
{
    char number[PF_NUMBER_SIZE];
    printf("reference");
    for (size_t k = 0; k < job->d; k++)
        printf(" %s", pf_short_number(ref[k], number));
    printf(" (%s), directions", job->ref_rule);
    for (size_t k = 0; k < job->d; k++)
        printf("%s%s", k ? "," : " ", job->maximised[k] ? "max" : "min");
    printf("\n");
    if (job->m > 0)
        printf("reference set %s, %zu non-dominated rows\n", job->order->reference_set, job->m);
}

/* One line per set; the last five columns only with a reference set. */
static void indicators_summary(const pf_indicators_job *job, size_t count,
                               const indicators_row *rows)
{
    static const char *const heads[] = {"file",   "set",     "rows",        "front",
                                        "fronts", "counted", "hypervolume", "igd",
                                        "igd+",   "gd",      "eps+",        "eps*"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    pf_arena *arena = job->arena;
    size_t columns = job->m > 0 ? COLUMNS : COLUMNS - 5;
    const char **cells = PF_NEW(arena, const char *, (count + 1) * columns);
    memcpy(cells, heads, columns * sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        const pf_indicators *a = &rows[i].answer;
        const size_t counts[] = {rows[i].index, rows[i].set->n, a->nondominated, a->fronts,
                                 a->counted};
        const double numbers[] = {a->igd, a->igd_plus, a->gd, a->eps_add, a->eps_mult};
        const char **line = cells + (i + 1) * columns;
        line[0] = rows[i].file;
        for (size_t k = 0; k < 5; k++)
            line[1 + k] = pf_format(arena, "%zu", counts[k]);
        line[6] = isfinite(a->hv) ? pf_format(arena, "%.15g", a->hv) : "none";
        for (size_t k = 7; k < columns; k++)
            line[k] = indicators_number(arena, numbers[k - 7]);
    }
    indicators_table(count + 1, columns, cells);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].answer.reason)
            printf("%s, set %zu: hypervolume %s: %s\n", rows[i].file, rows[i].index,
                   isfinite(rows[i].answer.hv) ? "0" : "none", rows[i].answer.reason);
    }
}

/* The rows of one set with their rank and contribution. */
static void indicators_rows(const indicators_row *row)
{
    const pf_indicators_job *job = row->job;
    bool ranks = job->order->ranks, contributions = row->answer.contribution;
    size_t n = row->set->n, columns = 1 + (size_t)ranks + (size_t)contributions;
    if (columns == 1)
        return;
    pf_mark mark = pf_arena_mark(job->arena);
    const char **cells = PF_NEW(job->arena, const char *, (n + 1) * columns), **cell = cells;
    *cell++ = "row";
    if (ranks)
        *cell++ = "rank";
    if (contributions)
        *cell++ = "contribution";
    for (size_t i = 0; i < n; i++) {
        *cell++ = pf_format(job->arena, "%zu", i);
        if (ranks)
            *cell++ = pf_format(job->arena, "%zu", row->answer.rank[i]);
        if (contributions)
            *cell++ = indicators_number(job->arena, row->answer.contribution[i]);
    }
    printf("\n%s, set %zu\n", row->file, row->index);
    indicators_table(n + 1, columns, cells);
    pf_release(job->arena, mark);
}

static pf_status indicators_write(const pf_indicators_job *job, size_t count,
                                  const indicators_row *rows, pf_error *error)
{
    if (!job->order->json) {
        indicators_head(job, rows->ref);
        indicators_summary(job, count, rows);
        for (size_t i = 0; i < count; i++)
            indicators_rows(&rows[i]);
        return PF_OK;
    }
    json_t *document = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(document, indicators_object(&rows[i]));
    return pf_json_print(document, error);
}

/* Measures every set of every file. */
static indicators_row *indicators_all(const pf_indicators_job *job, size_t *count)
{
    double *ref = pf_copy(job->arena, job->reference, job->d, sizeof *ref);
    pf_indicators_negate(job, 1, ref);
    *count = 0;
    for (size_t i = 0; i < job->order->file_count; i++)
        *count += job->files[i].count;
    indicators_row *rows = PF_NEW(job->arena, indicators_row, *count), *row = rows;
    for (size_t i = 0; i < job->order->file_count; i++) {
        const pf_pointsets *file = &job->files[i];
        for (size_t set = 0; set < file->count; set++)
            *row++ = (indicators_row){job, job->order->files[i],
                                      set, &file->sets[set],
                                      ref, pf_indicators_measure(job, &file->sets[set])};
    }
    return rows;
}

static pf_status indicators_tell(const void *given, pf_arena *arena, pf_error *error)
{
    pf_indicators_job job;
    size_t count;
    PF_TRY(pf_indicators_load(given, arena, &job, error));
    const indicators_row *rows = indicators_all(&job, &count);
    return indicators_write(&job, count, rows, error);
}

static int indicators_run(int argc, char **argv)
{
    pf_arena *words = pf_arena_new();
    pf_indicators_order order = {.ref = "nadir+10%"};
    order.files = PF_NEW(words, const char *, (size_t)argc);
    const struct argp parser = {
        .options = indicators_options, .parser = indicators_parse, .doc = indicators_doc};
    int code =
        pf_command_serve(&pf_command_indicators, &parser, argc, argv, &order, indicators_tell);
    pf_arena_free(words);
    return code;
}

const pf_command pf_command_indicators = {
    .name = "indicators",
    .section = "Results",
    .usage = "FILE... [--ref POINT] [--max] [--reference-set FILE] [--contributions] [--ranks] "
             "[--json]",
    .summary = "hypervolume and the other indicators of any point sets",
    .run = indicators_run,
};
