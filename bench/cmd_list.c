/* list: the names there are, one line each. */
#include "bench/command.h"
#include "bench/json.h"
#include "core/text.h"
#include "plots/figure.h"
#include "problems/problem.h"
#include "solvers/engine/pair_loss.h"
#include "solvers/solver.h"

#include <argp.h>
#include <string.h>

/* A registry seen as names and summaries. */
typedef struct list_kind {
    const char *name;
    size_t (*count)(void);
    void (*at)(size_t i, const char **name, const char **summary);
} list_kind;

static void list_problem(size_t i, const char **name, const char **summary)
{
    *name = pf_family_at(i)->name;
    *summary = pf_family_at(i)->summary;
}

static void list_solver(size_t i, const char **name, const char **summary)
{
    *name = pf_solver_at(i)->name;
    *summary = pf_solver_at(i)->summary;
}

static void list_figure(size_t i, const char **name, const char **summary)
{
    *name = pf_figure_at(i)->name;
    *summary = pf_figure_at(i)->summary;
}

static void list_loss(size_t i, const char **name, const char **summary)
{
    *name = pf_pair_loss_at(i)->name;
    *summary = pf_pair_loss_at(i)->formula;
}

static const list_kind list_kinds[] = {
    {"problems", pf_family_count, list_problem},
    {"solvers", pf_solver_count, list_solver},
    {"figures", pf_figure_count, list_figure},
    {"losses", pf_pair_loss_count, list_loss},
};
enum { KINDS = sizeof list_kinds / sizeof *list_kinds };

enum { LIST_JSON = 256 };

typedef struct list_input {
    const char *kind; /* NULL: all */
    bool json;
} list_input;

static const struct argp_option list_options[] = {
    {"json", LIST_JSON, NULL, 0, "write one JSON object {kind: [{name, summary}]}", 0},
    {0},
};

static error_t list_parse(int key, char *arg, struct argp_state *state)
{
    list_input *input = state->input;
    const char *names[KINDS];
    if (key == LIST_JSON) {
        input->json = true;
        return 0;
    }
    if (key != ARGP_KEY_ARG || input->kind)
        return ARGP_ERR_UNKNOWN;
    input->kind = arg;
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = list_kinds[i].name;
        if (strcmp(names[i], arg) == 0)
            return 0;
    }
    const char *nearest = pf_nearest(arg, KINDS, names);
    if (nearest)
        argp_error(state, "no list '%s'; did you mean '%s'?", arg, nearest);
    else
        argp_error(state, "no list '%s'; there are problems, solvers, figures and losses", arg);
    return EINVAL;
}

static json_t *list_json(const list_kind *kind)
{
    json_t *array = json_array();
    for (size_t i = 0; i < kind->count(); i++) {
        const char *name, *summary;
        kind->at(i, &name, &summary);
        json_array_append_new(array, json_pack("{ssss}", "name", name, "summary", summary));
    }
    return array;
}

static void list_print(const list_kind *kind, bool heading)
{
    if (heading)
        printf("%s\n", kind->name);
    for (size_t i = 0; i < kind->count(); i++) {
        const char *name, *summary;
        kind->at(i, &name, &summary);
        printf("%s%-20s %s\n", heading ? "  " : "", name, summary);
    }
}

static pf_status list_tell(const void *given, pf_arena *arena, pf_error *error)
{
    const list_input *input = given;
    (void)arena;
    json_t *document = json_object();
    for (size_t i = 0; i < KINDS; i++) {
        const list_kind *kind = &list_kinds[i];
        if (input->kind && strcmp(kind->name, input->kind) != 0)
            continue;
        if (input->json)
            json_object_set_new(document, kind->name, list_json(kind));
        else
            list_print(kind, !input->kind);
    }
    if (input->json)
        return pf_json_print(document, error);
    json_decref(document);
    return PF_OK;
}

static int list_run(int argc, char **argv)
{
    list_input input = {0};
    const struct argp parser = {.options = list_options, .parser = list_parse};
    return pf_command_serve(&pf_command_list, &parser, argc, argv, &input, list_tell);
}

const pf_command pf_command_list = {
    .name = "list",
    .section = "Catalog",
    .usage = "[problems|solvers|figures|losses] [--json]",
    .summary = "names and one-line summaries of what there is",
    .run = list_run,
};
