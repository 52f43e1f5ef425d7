#include "bench/execute.h"

#include "bench/results.h"
#include "bench/stream.h"
#include "core/text.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* What the jobs of one problem have in common: made by the first that needs it, freed by the
 * last. Everything is written under the lock before it is read by others. */
typedef struct execute_share {
    omp_lock_t lock;
    size_t left;     /* jobs still to be done */
    pf_arena *arena; /* NULL before the first and after the last */
    const double *winrates;
    const pf_pairs *exact; /* NULL: not asked for, or there are too many cells */
    bool tried;
    pf_status exact_status;
    pf_error exact_error;
} execute_share;

/* A finished row that waits for those before it. */
typedef struct execute_slot {
    char *row; /* NULL: not finished; malloc, because an arena per row would cost pages */
    pf_status outcome;
} execute_slot;

typedef struct execute_state {
    const pf_suite *suite;
    execute_share *shares; /* [problem_count] */
    execute_slot *slots;   /* [job_count] */
    size_t next;           /* the row to hand over */
    const pf_row_sink *sink;
    pf_status status;
    pf_error *error;
} execute_state;

static void execute_acquire(execute_share *share, const pf_problem *problem, bool exact)
{
    omp_set_lock(&share->lock);
    if (!share->arena) {
        share->arena = pf_arena_new();
        share->winrates = pf_winrate_table(problem, share->arena);
    }
    if (exact && !share->tried) {
        share->tried = true;
        share->exact_status =
            pf_pairs_exact(problem, share->arena, &share->exact, &share->exact_error);
    }
    omp_unset_lock(&share->lock);
}

static void execute_release(execute_share *share)
{
    omp_set_lock(&share->lock);
    if (--share->left == 0) {
        pf_arena_free(share->arena);
        share->arena = NULL;
    }
    omp_unset_lock(&share->lock);
}

static pf_status execute_pairs(const pf_suite *suite, const pf_job *job,
                               const pf_problem *problem, const execute_share *share,
                               pf_arena *arena, const pf_pairs **pairs, pf_error *error)
{
    int64_t n;
    const char *drawn = job->pairs;
    if (!pf_read_integer(drawn, &n))
        drawn = pf_suite_file(suite->path, drawn, arena);
    if (strcmp(job->pairs, "exact") != 0)
        return pf_stream_draw(problem, drawn, job->seed, job->replicate, NULL, arena, pairs,
                              error);
    *pairs = share->exact;
    *error = share->exact_error;
    return share->exact_status;
}

/* One job from its own fields; everything lives in the arena. */
static pf_outcome execute_job(const pf_suite *suite, const pf_job *job,
                              const execute_share *share, pf_arena *arena)
{
    const pf_problem *problem = suite->problems[job->problem];
    pf_random random;
    pf_error error;
    bool sampled = strcmp(job->pairs, "exact") != 0;
    pf_stream_run(problem, &job->method, job->seed, job->replicate, arena, &random);
    pf_request request = {.problem = problem,
                          .winrates = share->winrates,
                          .method = job->method,
                          .exact_pairs =
                              pf_method_takes_pairs(&job->method, false) ? share->exact : NULL,
                          .random = &random,
                          .want_oracle = true};
    if (pf_method_takes_pairs(&job->method, sampled)) {
        pf_status status =
            execute_pairs(suite, job, problem, share, arena, &request.pairs, &error);
        if (status != PF_OK)
            return (pf_outcome){.status = status, .message = pf_copy_text(arena, error.text)};
    }
    return pf_solve(&request, arena);
}

/* Hands over the rows that are next in line. */
static void execute_commit(execute_state *state, size_t job, execute_slot slot)
{
    state->slots[job] = slot;
    while (state->next < state->suite->job_count && state->slots[state->next].row) {
        execute_slot *ready = &state->slots[state->next];
        pf_status status = state->status;
        if (status == PF_OK)
            status = state->sink->take(state->sink->self, &state->suite->jobs[state->next],
                                       ready->outcome, ready->row, state->error);
#pragma omp atomic write
        state->status = status;
        free(ready->row);
        ready->row = NULL;
        state->next++;
    }
}

static execute_slot execute_run(execute_state *state, const pf_job *job)
{
    const pf_suite *suite = state->suite;
    const pf_problem *problem = suite->problems[job->problem];
    execute_share *share = &state->shares[job->problem];
    pf_arena *arena = pf_arena_new();
    execute_acquire(share, problem, pf_method_takes_pairs(&job->method, false));
    pf_outcome outcome = execute_job(suite, job, share, arena);
    execute_release(share);
    char *row = pf_results_row(suite, job, &outcome, arena);
    pf_arena_free(arena);
    return (execute_slot){row, outcome.status};
}

static void execute_all(execute_state *state, size_t first, int threads)
{
    size_t end = state->suite->job_count;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = first; i < end; i++) {
        pf_status status;
#pragma omp atomic read
        status = state->status;
        if (status != PF_OK)
            continue;
        execute_slot slot = execute_run(state, &state->suite->jobs[i]);
#pragma omp critical(execute_commit)
        execute_commit(state, i, slot);
    }
}

pf_status pf_execute(const pf_suite *suite, size_t first, int threads, const pf_row_sink *sink,
                     pf_error *error)
{
    pf_arena *arena = pf_arena_new();
    execute_state state = {.suite = suite, .next = first, .sink = sink, .error = error};
    state.shares = PF_NEW(arena, execute_share, suite->problem_count);
    state.slots = PF_NEW(arena, execute_slot, suite->job_count);
    for (size_t p = 0; p < suite->problem_count; p++)
        omp_init_lock(&state.shares[p].lock);
    for (size_t i = first; i < suite->job_count; i++)
        state.shares[suite->jobs[i].problem].left++;
    execute_all(&state, first, threads);
    for (size_t p = 0; p < suite->problem_count; p++) {
        omp_destroy_lock(&state.shares[p].lock);
        pf_arena_free(state.shares[p].arena);
    }
    for (size_t i = state.next; i < suite->job_count; i++)
        free(state.slots[i].row);
    pf_arena_free(arena);
    return state.status;
}
