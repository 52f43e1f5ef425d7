/* problem: what an instance holds, and the problem file. */
#include "bench/command.h"
#include "bench/front_json.h"
#include "bench/json.h"
#include "problems/model/file.h"
#include "problems/model/structure.h"
#include "problems/model/value.h"

#include <argp.h>
#include <math.h>
#include <string.h>

enum { PROBLEM_JSON = 256 };

enum {
    PROBLEM_TABLE_MOST = 200000, /* numbers of the win-rate table in JSON */
    PROBLEM_ROWS_MOST = 40,      /* rows of it for people */
    PROBLEM_VERTICES_MOST = 12,  /* points of the front for people */
};

/* A difference of preferences that is rounding. */
#define PROBLEM_SLACK 1e-9

typedef struct problem_input {
    const char *spec, *output;
    bool json;
} problem_input;

typedef struct problem_facts {
    const pf_problem *problem;
    const double *winrates; /* [X][Y][K] */
    pf_space space;
    pf_front front;
    double *correlation;   /* [K][K] */
    double *intransitive;  /* [K] */
    double *bradley_terry; /* [K] */
} problem_facts;

static const struct argp_option problem_options[] = {
    {"output", 'o', "FILE", 0, "write the problem file (- is stdout) instead", 0},
    {"json", PROBLEM_JSON, NULL, 0, "write one JSON object, also with -o FILE", 0},
    {0},
};

static error_t problem_parse(int key, char *arg, struct argp_state *state)
{
    problem_input *input = state->input;
    switch (key) {
    case PROBLEM_JSON:
        input->json = true;
        return 0;
    case 'o':
        input->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        return pf_command_word(arg, &input->spec);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which problem? `prefront list problems` names them");
        return EINVAL;
    case ARGP_KEY_END:
        if (input->json && input->output && strcmp(input->output, "-") == 0) {
            argp_error(state, "--json and -o - both write to stdout; name a file");
            return EINVAL;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static pf_status problem_study(const pf_problem *problem, pf_arena *arena, problem_facts *facts,
                               pf_error *error)
{
    size_t K = problem->K;
    *facts = (problem_facts){.problem = problem,
                             .winrates = pf_winrate_table(problem, arena),
                             .space = problem->reward ? PF_SPACE_REWARD : PF_SPACE_WINRATE,
                             .correlation = pf_alloc(arena, K, K * sizeof(double)),
                             .intransitive = PF_NEW(arena, double, K),
                             .bradley_terry = PF_NEW(arena, double, K)};
    const double *table = problem->reward ? problem->reward : facts->winrates;
    PF_TRY(pf_front_exact(problem, K, table, 0, arena, &facts->front, error));
    pf_correlation(problem, K, table, arena, facts->correlation);
    for (size_t k = 0; k < K; k++) {
        facts->intransitive[k] = pf_intransitive(problem, k, arena);
        facts->bradley_terry[k] = pf_bradley_terry_error(problem, k, arena);
    }
    return PF_OK;
}

/* [X][Y][K]; null when it is too long to be read. */
static json_t *problem_table(const pf_problem *problem, const double *table)
{
    size_t X = problem->X, Y = problem->Y, K = problem->K;
    if (X * Y * K > PROBLEM_TABLE_MOST)
        return json_null();
    json_t *rows = json_array();
    for (size_t x = 0; x < X; x++)
        json_array_append_new(rows, pf_json_matrix(Y, K, table + x * Y * K));
    return rows;
}

static json_t *problem_holds(const problem_facts *facts)
{
    json_t *array = json_array();
    for (size_t k = 0; k < facts->problem->K; k++)
        json_array_append_new(array, json_boolean(facts->bradley_terry[k] <= PROBLEM_SLACK));
    return array;
}

static json_t *problem_document(const problem_facts *facts)
{
    const pf_problem *problem = facts->problem;
    size_t K = problem->K;
    json_t *names = json_array(), *judges = json_array(), *front = json_object();
    for (size_t k = 0; k < K; k++)
        json_array_append_new(names, json_string(problem->objectives[k]));
    for (size_t j = 0; j < problem->judges; j++)
        json_array_append_new(judges, json_string(problem->judge[j].name));
    json_object_set_new(front, "space", json_string(problem->reward ? "reward" : "winrate"));
    json_object_update_new(front, pf_front_json(&facts->front));
    json_t *document = json_pack("{so sI sI sI sI}", "problem", pf_json_text(problem->spec),
                                 "X", (json_int_t)problem->X, "Y", (json_int_t)problem->Y, "K",
                                 (json_int_t)K, "d", (json_int_t)problem->d);
    json_object_set_new(document, "objectives", names);
    json_object_set_new(document, "judges", judges);
    json_object_set_new(document, "contexts", pf_json_reals(problem->X, problem->rho));
    json_object_set_new(document, "winrate", problem_table(problem, facts->winrates));
    json_object_set_new(document, "front", front);
    json_object_set_new(document, "correlation", pf_json_matrix(K, K, facts->correlation));
    json_object_set_new(document, "intransitive", pf_json_reals(K, facts->intransitive));
    json_object_set_new(document, "bradley_terry", problem_holds(facts));
    json_object_set_new(document, "bradley_terry_error",
                        pf_json_reals(K, facts->bradley_terry));
    return document;
}

static void problem_print_contents(const pf_problem *problem, pf_arena *arena)
{
    double least = problem->rho[0], most = problem->rho[0];
    for (size_t x = 1; x < problem->X; x++) {
        least = fmin(least, problem->rho[x]);
        most = fmax(most, problem->rho[x]);
    }
    printf("%s\n\n", problem->spec);
    printf("contexts    %zu, probabilities %.6g to %.6g\n", problem->X, least, most);
    printf("responses   %zu\n", problem->Y);
    printf("objectives  %zu:", problem->K);
    for (size_t k = 0; k < problem->K; k++)
        printf(" %s", problem->objectives[k]);
    printf("\npreference  %s%s\n",
           problem->preference ? "a table"
           : problem->groups   ? pf_format(arena, "pooled from %zu groups", problem->groups->G)
                               : "Bradley-Terry on the rewards",
           problem->reward && (problem->preference || problem->groups) ? ", with rewards" : "");
    if (problem->d)
        printf("features    %zu\n", problem->d);
    for (size_t j = 0; j < problem->judges; j++)
        printf("judge       %s\n", problem->judge[j].name);
    printf("behaviour   %s\n\n",
           problem->mu == problem->ref ? "the reference policy" : "a policy of its own");
}

/* The range of one objective's win rates. */
static void problem_print_range(const problem_facts *facts, size_t k)
{
    const pf_problem *problem = facts->problem;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < problem->X * problem->Y; i++) {
        least = fmin(least, facts->winrates[i * problem->K + k]);
        most = fmax(most, facts->winrates[i * problem->K + k]);
    }
    printf("  %-20s %8.6f to %8.6f\n", problem->objectives[k], least, most);
}

static void problem_print_winrates(const problem_facts *facts)
{
    const pf_problem *problem = facts->problem;
    size_t X = problem->X, Y = problem->Y, K = problem->K;
    printf("Win rates of single responses against the behaviour policy\n");
    if (X * Y > PROBLEM_ROWS_MOST) {
        for (size_t k = 0; k < K; k++)
            problem_print_range(facts, k);
        return;
    }
    printf("  context  response");
    for (size_t k = 0; k < K; k++)
        printf("  %10s", problem->objectives[k]);
    printf("  reference\n");
    for (size_t i = 0; i < X * Y; i++) {
        printf("  %7zu  %8zu", i / Y, i % Y);
        for (size_t k = 0; k < K; k++) {
            size_t length = strlen(problem->objectives[k]);
            printf("  %*.6f", length < 10 ? 10 : (int)length, facts->winrates[i * K + k]);
        }
        printf("  %9.6f\n", problem->ref[i]);
    }
}

static void problem_print_structure(const problem_facts *facts)
{
    const pf_problem *problem = facts->problem;
    size_t K = problem->K;
    printf("\nCorrelation of %s within contexts, under the reference policy\n",
           problem->reward ? "rewards" : "win rates");
    for (size_t j = 0; j < K; j++) {
        printf("  %-20s", problem->objectives[j]);
        for (size_t k = 0; k < K; k++) {
            double cosine = facts->correlation[j * K + k];
            isnan(cosine) ? printf(" %8s", "flat") : printf(" %8.4f", cosine);
        }
        printf("\n");
    }
    printf(
        "\nTriples of responses whose majorities form a cycle, and the largest error of the\n"
        "Bradley-Terry model with log-odds against a context's first response as rewards\n");
    for (size_t k = 0; k < K; k++) {
        bool holds = facts->bradley_terry[k] <= PROBLEM_SLACK;
        printf("  %-20s %7.3f %%   %.3g%s\n", problem->objectives[k],
               isnan(facts->intransitive[k]) ? 0 : 100 * facts->intransitive[k],
               facts->bradley_terry[k], holds ? ": it holds" : ": it does not hold");
    }
}

static void problem_print(const problem_facts *facts, pf_arena *arena)
{
    const pf_front *front = &facts->front;
    problem_print_contents(facts->problem, arena);
    problem_print_winrates(facts);
    printf("\n%s front in %s: %zu %s\n", front->K <= 2 ? "Exact" : "Lattice",
           facts->space == PF_SPACE_REWARD ? "rewards" : "win rates", front->n,
           front->n == 1 ? "point" : "vertices");
    pf_front_print(facts->problem, front, PROBLEM_VERTICES_MOST, stdout);
    if (front->K == 2)
        printf("  area %.10g above %s\n", front->area,
               pf_point_text(front->K, front->reference, arena));
    problem_print_structure(facts);
}

static pf_status problem_tell(const void *given, pf_arena *arena, pf_error *error)
{
    const problem_input *input = given;
    const pf_problem *problem;
    problem_facts facts;
    PF_TRY(pf_problem_build(input->spec, arena, &problem, error));
    if (input->output)
        PF_TRY(pf_problem_write(problem, input->output, error));
    if (input->output && !input->json)
        return PF_OK;
    PF_TRY(problem_study(problem, arena, &facts, error));
    if (input->json)
        return pf_json_print(problem_document(&facts), error);
    problem_print(&facts, arena);
    return PF_OK;
}

static int problem_run(int argc, char **argv)
{
    problem_input input = {0};
    const struct argp parser = {.options = problem_options, .parser = problem_parse};
    return pf_command_serve(&pf_command_problem, &parser, argc, argv, &input, problem_tell);
}

const pf_command pf_command_problem = {
    .name = "problem",
    .section = "Catalog",
    .usage = "SPEC [--json] [-o FILE]",
    .summary = "builds an instance: sizes, win rates, exact front, conflict",
    .run = problem_run,
};
