#include "problems/problem.h"

#include "core/kernels.h"
#include "core/text.h"
#include "problems/model/file.h"

#include <string.h>

#define PF_FAMILY(id, word) extern const pf_family pf_family_##id;
#include "problems/problems.def"
#undef PF_FAMILY

static const pf_family *const registry_families[] = {
#define PF_FAMILY(id, word) &pf_family_##id,
#include "problems/problems.def"
#undef PF_FAMILY
};

enum { FAMILIES = sizeof registry_families / sizeof *registry_families };

size_t pf_family_count(void)
{
    return FAMILIES;
}

const pf_family *pf_family_at(size_t i)
{
    return registry_families[i];
}

pf_status pf_family_find(const char *name, const pf_family **family, pf_error *error)
{
    const char *names[FAMILIES];
    for (size_t i = 0; i < FAMILIES; i++) {
        *family = registry_families[i];
        names[i] = (*family)->name;
        if (strcmp(names[i], name) == 0)
            return PF_OK;
    }
    const char *nearest = pf_nearest(name, FAMILIES, names);
    return nearest ? pf_fail(error, PF_INVALID, "no problem '%s'; did you mean '%s'?", name,
                             nearest)
                   : pf_fail(error, PF_INVALID,
                             "no problem '%s'; `prefront list problems` names them, and a "
                             "problem file ends in .json",
                             name);
}

static bool registry_is_file(const char *spec)
{
    size_t length = strlen(spec);
    return length > 5 && strcmp(spec + length - 5, ".json") == 0;
}

/* The instance's own seed, when the family has one. */
static uint64_t registry_seed(const pf_family *family, const void *options)
{
    const pf_option *seed = pf_option_find(family->option_count, family->options, "seed");
    return seed ? (uint64_t) * (const int64_t *)((const char *)options + seed->offset) : 0;
}

static pf_status registry_build(const char *text, pf_arena *arena, pf_problem *problem,
                                pf_error *error)
{
    pf_spec spec;
    const pf_family *family;
    PF_TRY(pf_spec_parse(text, arena, &spec, error));
    PF_TRY(pf_family_find(spec.name, &family, error));
    void *options = pf_alloc(arena, 1, family->options_size);
    PF_TRY(pf_options_read(family->name, family->option_count, family->options, &spec, options,
                           arena, error));
    problem->name = family->name;
    problem->spec =
        pf_options_spec(family->name, family->option_count, family->options, options, arena);
    pf_random random;
    pf_random_open(&random, registry_seed(family, options), "problem", problem->spec, 0);
    return family->build(options, &random, arena, problem, error);
}

pf_status pf_problem_build(const char *spec, pf_arena *arena, const pf_problem **problem,
                           pf_error *error)
{
    pf_problem *built = PF_NEW(arena, pf_problem, 1);
    if (registry_is_file(spec)) {
        PF_TRY(pf_problem_read(spec, arena, built, error));
        built->spec = pf_copy_text(arena, spec);
    } else {
        PF_TRY(registry_build(spec, arena, built, error));
    }
    if (!built->mu)
        built->mu = built->ref;
    double *log_ref = PF_NEW(arena, double, built->X * built->Y);
    pf_log(built->X * built->Y, built->ref, log_ref);
    built->log_ref = log_ref;
    PF_TRY(pf_problem_check(built, error));
    *problem = built;
    return PF_OK;
}
