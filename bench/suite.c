#include "bench/suite.h"

#include "bench/ini.h"
#include "bench/jobs.h"
#include "bench/sweep.h"
#include "core/text.h"
#include "plots/draw/whole.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The suite file, then the overrides as one more [suite] section. */
static pf_status suite_text(const char *path, size_t n, const char *const *overrides,
                            pf_arena *arena, const char **text, size_t *lines, pf_error *error)
{
    size_t size;
    char *whole;
    PF_TRY(pf_read_whole(path, arena, &size, &whole, error));
    json_t *utf8 = json_stringn(whole, size);
    json_decref(utf8);
    if (!utf8 || strlen(whole) != size)
        return pf_fail(error, PF_INVALID, "%s: not a text file", path);
    bool ended = size == 0 || whole[size - 1] == '\n';
    *lines = !ended;
    for (size_t i = 0; i < size; i++)
        *lines += whole[i] == '\n';
    *text = whole;
    for (size_t i = 0; i < n; i++) {
        const char *key = overrides[i], *equals = strchr(key, '=');
        if (!equals || equals == key || strchr(key, '\n'))
            return pf_fail(error, PF_INVALID, "--set '%s' is not key=value", key);
        *text = pf_format(arena, "%s%s[suite]\n%.*s = %s\n", *text, ended ? "" : "\n",
                          (int)(equals - key), key, equals + 1);
        ended = true;
    }
    return PF_OK;
}

static pf_status suite_nearest(const pf_ini *ini, size_t line, const char *what,
                               const char *word, size_t n, const char *const *words,
                               const char *all, pf_error *error)
{
    const char *nearest = pf_nearest(word, n, words);
    return nearest ? pf_ini_fail(ini, line, error, "no %s '%s'; did you mean '%s'?", what, word,
                                 nearest)
                   : pf_ini_fail(ini, line, error, "no %s '%s'; there are %s", what, word, all);
}

/* The name becomes the folder that results go to. */
static bool suite_name_is_good(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            return false;
    return *name != '\0' && *name != '.';
}

static pf_status suite_count(const pf_ini *ini, const pf_ini_key *key, int64_t low,
                             int64_t high, uint64_t *out, pf_error *error)
{
    int64_t value;
    if (!pf_read_integer(key->value, &value) || value < low || value > high)
        return pf_ini_fail(ini, key->line, error,
                           "%s = %s: expected an integer in [%lld, %lld]", key->name,
                           key->value, (long long)low, (long long)high);
    *out = (uint64_t)value;
    return PF_OK;
}

/* "exact", a number of pairs, or a file of pairs. */
static pf_status suite_pairs(const pf_ini *ini, const pf_ini_key *key, pf_suite_plan *plan,
                             pf_arena *arena, pf_error *error)
{
    pf_error inner;
    if (pf_sweep_values(key->value, 0, arena, &plan->pairs_count, &plan->pairs, &inner) !=
        PF_OK)
        return pf_ini_fail(ini, key->line, error, "pairs: %s", inner.text);
    for (size_t i = 0; i < plan->pairs_count; i++) {
        int64_t n;
        const char **pairs = &plan->pairs[i];
        bool number = pf_read_integer(*pairs, &n);
        if (strcmp(*pairs, "exact") == 0 || (number && n >= 1 && n <= UINT32_MAX))
            continue;
        struct stat facts;
        const char *path = pf_suite_file(ini->path, *pairs, arena);
        if (number || stat(path, &facts) != 0 || S_ISDIR(facts.st_mode) ||
            access(path, R_OK) != 0)
            return pf_ini_fail(
                ini, key->line, error,
                "pairs = %s: expected exact, a number of pairs up to %u, or a file "
                "of pairs",
                *pairs, UINT32_MAX);
    }
    return PF_OK;
}

static pf_status suite_setting(const pf_ini *ini, const pf_ini_key *key, pf_suite_plan *plan,
                               pf_suite *suite, pf_arena *arena, pf_error *error)
{
    static const char *const names[] = {"name", "seed", "replicates", "pairs"};
    if (strcmp(key->name, "name") == 0) {
        suite->name = key->value;
        return suite_name_is_good(key->value)
                   ? PF_OK
                   : pf_ini_fail(ini, key->line, error,
                                 "name = %s: a name has letters, digits, '.', '_' and '-' only",
                                 key->value);
    }
    if (strcmp(key->name, "seed") == 0)
        return suite_count(ini, key, 0, 9007199254740991, &suite->seed, error);
    if (strcmp(key->name, "replicates") == 0)
        return suite_count(ini, key, 1, 1000000, &suite->replicates, error);
    if (strcmp(key->name, "pairs") == 0)
        return suite_pairs(ini, key, plan, arena, error);
    return suite_nearest(ini, key->line, "suite key", key->name, 4, names,
                         "name, seed, replicates and pairs", error);
}

/* Every key and every value, so that a slip is found with its line before anything runs. */
static pf_status suite_options(const pf_ini *ini, pf_suite_part *part, size_t n,
                               const pf_option *table, size_t size, pf_arena *arena,
                               pf_error *error)
{
    const pf_section *section = part->section;
    bool *lists = PF_NEW(arena, bool, section->n);
    part->lists = lists;
    for (size_t i = 0; i < section->n; i++) {
        const pf_ini_key *key = &section->keys[i];
        const pf_option *option = pf_option_find(n, table, key->name);
        lists[i] = option && (option->kind == PF_REALS || option->kind == PF_AMOUNTS);
        pf_error inner;
        pf_mark mark = pf_arena_mark(arena);
        size_t count;
        const char **values;
        if (pf_sweep_values(key->value, lists[i], arena, &count, &values, &inner) != PF_OK)
            return pf_ini_fail(ini, key->line, error, "%s: %s", key->name, inner.text);
        for (size_t j = 0; j < count; j++) {
            const char *name = key->name;
            const pf_spec spec = {section->name, 1, &name, &values[j]};
            void *options = pf_alloc(arena, 1, size);
            if (pf_options_read(section->name, n, table, &spec, options, arena, &inner) !=
                PF_OK)
                return pf_ini_fail(ini, key->line, error, "%s", inner.text);
        }
        pf_release(arena, mark);
    }
    return PF_OK;
}

static pf_status suite_problem(const pf_ini *ini, pf_suite_part *part, pf_arena *arena,
                               pf_error *error)
{
    pf_section *section = part->section;
    size_t length = strlen(section->name);
    if (length > 5 && strcmp(section->name + length - 5, ".json") == 0) {
        if (section->n > 0)
            return pf_ini_fail(ini, section->keys[0].line, error,
                               "a problem file has no options");
        return PF_OK;
    }
    pf_error inner;
    const pf_family *family;
    if (pf_family_find(section->name, &family, &inner) != PF_OK)
        return pf_ini_fail(ini, section->line, error, "%s", inner.text);
    return suite_options(ini, part, family->option_count, family->options, family->options_size,
                         arena, error);
}

static pf_status suite_solver(const pf_ini *ini, pf_suite_part *part, pf_arena *arena,
                              pf_error *error)
{
    pf_error inner;
    const pf_solver *solver;
    if (pf_solver_find(part->section->name, &solver, &inner) != PF_OK)
        return pf_ini_fail(ini, part->section->line, error, "%s", inner.text);
    return suite_options(ini, part, solver->option_count, solver->options, solver->options_size,
                         arena, error);
}

static pf_status suite_section(const pf_ini *ini, pf_section *section, pf_suite_plan *plan,
                               pf_suite *suite, pf_arena *arena, pf_error *error)
{
    static const char *const kinds[] = {"suite", "problem", "solver"};
    pf_suite_part part = {.section = section};
    bool is_suite = strcmp(section->kind, "suite") == 0;
    bool is_problem = strcmp(section->kind, "problem") == 0;
    if (!is_suite && !is_problem && strcmp(section->kind, "solver") != 0)
        return suite_nearest(ini, section->line, "section", section->kind, 3, kinds,
                             "[suite], [problem NAME] and [solver NAME]", error);
    if (is_suite != (*section->name == '\0'))
        return pf_ini_fail(ini, section->line, error,
                           is_suite ? "[suite] takes no name; its name is a key"
                                    : "[%s NAME] needs a name",
                           section->kind);
    if (is_problem) {
        PF_TRY(suite_problem(ini, &part, arena, error));
        plan->problems[plan->problem_count++] = part;
        return PF_OK;
    }
    if (!is_suite) {
        PF_TRY(suite_solver(ini, &part, arena, error));
        plan->solvers[plan->solver_count++] = part;
        return PF_OK;
    }
    for (size_t i = 0; i < section->n; i++)
        PF_TRY(suite_setting(ini, &section->keys[i], plan, suite, arena, error));
    return PF_OK;
}

/* The file's name without folder and ending. */
static const char *suite_stem(const char *path, pf_arena *arena)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return pf_format(arena, "%.*s",
                     (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name)), name);
}

pf_status pf_suite_read(const char *path, size_t override_count, const char *const *overrides,
                        pf_arena *arena, pf_suite *suite, pf_error *error)
{
    static const char *exact = "exact";
    pf_suite_plan plan = {.pairs_count = 1, .pairs = &exact};
    size_t lines = 0;
    *suite = (pf_suite){.path = path, .seed = 1, .replicates = 1};
    PF_TRY(suite_text(path, override_count, overrides, arena, &suite->text, &lines, error));
    pf_ini *ini = &plan.ini;
    PF_TRY(pf_ini_parse(path, suite->text, lines, arena, ini, error));
    plan.problems = PF_NEW(arena, pf_suite_part, ini->n);
    plan.solvers = PF_NEW(arena, pf_suite_part, ini->n);
    suite->name = suite_stem(path, arena);
    for (size_t i = 0; i < ini->n; i++)
        PF_TRY(suite_section(ini, &ini->sections[i], &plan, suite, arena, error));
    if (plan.problem_count == 0 || plan.solver_count == 0)
        return pf_fail(error, PF_INVALID, "%s: a suite needs at least one [%s NAME] section",
                       path, plan.problem_count == 0 ? "problem" : "solver");
    return pf_suite_expand(&plan, arena, suite, error);
}
