#include "bench/indicators.h"

#include "plots/measure/hypervolume.h"
#include "plots/measure/indicators.h"
#include "plots/measure/pareto.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void pf_indicators_negate(const pf_indicators_job *job, size_t n, double *points)
{
    for (size_t i = 0; i < n * job->d; i++)
        points[i] = job->maximised[i % job->d] ? -points[i] : points[i];
}

/* Reads a file that must have as many objectives as the first one. */
static pf_status indicators_file(pf_indicators_job *job, const char *path, pf_pointsets *file,
                                 pf_error *error)
{
    PF_TRY(pf_pointsets_open(path, job->arena, file, error));
    if (job->d == 0)
        job->d = file->d;
    if (file->d != job->d)
        return pf_fail(error, PF_INVALID,
                       "%s has %zu objectives and %s has %zu: one call compares one number of "
                       "objectives",
                       file->name, file->d, job->files[0].name, job->d);
    return PF_OK;
}

static pf_status indicators_word(const char *word, size_t length, bool *maximised,
                                 pf_error *error)
{
    *maximised = length == 3 && strncmp(word, "max", 3) == 0;
    if (*maximised || (length == 3 && strncmp(word, "min", 3) == 0))
        return PF_OK;
    return pf_fail(error, PF_INVALID, "--direction: '%.*s' is neither max nor min", (int)length,
                   word);
}

static pf_status indicators_directions(pf_indicators_job *job, pf_error *error)
{
    const char *text = job->order->direction;
    job->maximised = PF_NEW(job->arena, bool, job->d);
    for (size_t k = 0; k < job->d; k++)
        job->maximised[k] = job->order->max;
    if (!text)
        return PF_OK;
    if (job->order->max)
        return pf_fail(error, PF_INVALID, "--max and --direction exclude each other");
    size_t count = 0;
    for (const char *word = text;; word++) {
        size_t length = strcspn(word, ",");
        bool maximised;
        PF_TRY(indicators_word(word, length, &maximised, error));
        if (count < job->d)
            job->maximised[count] = maximised;
        count++;
        word += length;
        if (*word == '\0')
            break;
    }
    if (count == job->d)
        return PF_OK;
    return pf_fail(error, PF_INVALID, "--direction names %zu objective%s, but %s has %zu",
                   count, count == 1 ? "" : "s", job->files[0].name, job->d);
}

static pf_status indicators_numbers(pf_indicators_job *job, const char *text, pf_error *error)
{
    size_t count = 0;
    for (const char *at = text;;) {
        at += strspn(at, " \t\n,");
        if (*at == '\0')
            break;
        char *end;
        double value = strtod(at, &end);
        int length = (int)strcspn(at, " \t\n,");
        if (end != at + length || !isfinite(value))
            return pf_fail(error, PF_INVALID,
                           "--ref: '%.*s' is not a finite number (nor a rule: those are "
                           "nadir+10%% and file:PATH)",
                           length, at);
        if (count < job->d)
            job->reference[count] = value;
        count++;
        at = end;
    }
    if (count == job->d)
        return PF_OK;
    return pf_fail(error, PF_INVALID, "--ref has %zu number%s, but %s has %zu objective%s",
                   count, count == 1 ? "" : "s", job->files[0].name, job->d,
                   job->d == 1 ? "" : "s");
}

/* The share of "nadir+10%"; false when the text is no such rule. */
static bool indicators_share(const char *text, double *share)
{
    char *end;
    if (strncmp(text, "nadir+", 6) != 0 || !isdigit((unsigned char)text[6]))
        return false;
    *share = strtod(text + 6, &end) / 100;
    return strcmp(end, "%") == 0 && isfinite(*share);
}

static void indicators_nadir(pf_indicators_job *job, double share)
{
    size_t n = 0;
    for (size_t i = 0; i < job->order->file_count; i++)
        n += job->files[i].n;
    pf_mark mark = pf_arena_mark(job->arena);
    double *all = PF_NEW(job->arena, double, n * job->d), *next = all;
    for (size_t i = 0; i < job->order->file_count; i++) {
        size_t size = job->files[i].n * job->d;
        memcpy(next, job->files[i].points, size * sizeof *next);
        next += size;
    }
    pf_nadir_reference(n, job->d, all, share, job->reference, job->arena);
    pf_release(job->arena, mark);
}

static pf_status indicators_reference(pf_indicators_job *job, pf_error *error)
{
    const char *rule = job->order->ref;
    double share;
    job->reference = PF_NEW(job->arena, double, job->d);
    job->ref_rule = rule;
    if (indicators_share(rule, &share)) {
        indicators_nadir(job, share);
        return PF_OK;
    }
    if (strncmp(rule, "file:", 5) == 0) {
        pf_pointsets file;
        PF_TRY(indicators_file(job, rule + 5, &file, error));
        if (file.n != 1)
            return pf_fail(error, PF_INVALID,
                           "%s has %zu rows: the file of a reference point has one", file.name,
                           file.n);
        memcpy(job->reference, file.points, job->d * sizeof *job->reference);
    } else {
        job->ref_rule = "given";
        PF_TRY(indicators_numbers(job, rule, error));
    }
    pf_indicators_negate(job, 1, job->reference);
    return PF_OK;
}

static pf_status indicators_compare_with(pf_indicators_job *job, pf_error *error)
{
    pf_pointsets file;
    if (!job->order->reference_set)
        return PF_OK;
    PF_TRY(indicators_file(job, job->order->reference_set, &file, error));
    pf_indicators_negate(job, file.n, file.points);
    bool *keep = PF_NEW(job->arena, bool, file.n);
    pf_nondominated(file.n, job->d, file.points, false, keep, job->arena);
    job->reference_set = file.points;
    for (size_t i = 0; i < file.n; i++) {
        if (keep[i])
            memmove(file.points + job->m++ * job->d, file.points + i * job->d,
                    job->d * sizeof *file.points);
    }
    return PF_OK;
}

pf_status pf_indicators_load(const pf_indicators_order *order, pf_arena *arena,
                             pf_indicators_job *job, pf_error *error)
{
    if (order->file_count == 0)
        return pf_fail(error, PF_INVALID, "no FILE of points (- is standard input)");
    *job = (pf_indicators_job){.order = order, .arena = arena};
    job->files = PF_NEW(arena, pf_pointsets, order->file_count);
    for (size_t i = 0; i < order->file_count; i++)
        PF_TRY(indicators_file(job, order->files[i], &job->files[i], error));
    PF_TRY(indicators_directions(job, error));
    for (size_t i = 0; i < order->file_count; i++)
        pf_indicators_negate(job, job->files[i].n, job->files[i].points);
    PF_TRY(indicators_compare_with(job, error));
    return indicators_reference(job, error);
}

pf_indicators pf_indicators_measure(const pf_indicators_job *job, const pf_pointset *set)
{
    pf_arena *arena = job->arena;
    size_t n = set->n, d = job->d, m = job->m;
    const double *points = set->points, *r = job->reference_set;
    pf_indicators a = {.rank = PF_NEW(arena, size_t, n)};
    a.fronts = pf_ranks(n, d, points, a.rank, arena);
    for (size_t i = 0; i < n; i++)
        a.nondominated += a.rank[i] == 0;
    a.counted = pf_beating(n, d, points, job->reference);
    a.hv = pf_hypervolume(n, d, points, job->reference, arena);
    a.reason = pf_zero_reason(n, d, points, job->reference, job->maximised, arena);
    if (a.hv == 0 && !a.reason)
        a.reason = "the measure is smaller than any double";
    if (!isfinite(a.hv))
        a.reason = "the measure is larger than any double";
    if (job->order->contributions) {
        a.contribution = PF_NEW(arena, double, n);
        pf_contributions(n, d, points, job->reference, a.contribution, arena);
    }
    a.igd = pf_igd(n, d, points, m, r);
    a.igd_plus = pf_igd_plus(n, d, points, m, r);
    a.gd = pf_gd(n, d, points, m, r);
    a.eps_add = pf_epsilon_additive(n, d, points, m, r);
    a.eps_mult = pf_epsilon_multiplicative(n, d, points, m, r, job->maximised);
    return a;
}
