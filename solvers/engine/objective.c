#include "solvers/engine/objective.h"

#include "core/kernels.h"
#include "problems/model/value.h"

#include <string.h>

typedef struct pair_objective {
    pf_policy policy;
    const pf_margin_task *task;
    size_t batch;
    pf_random *random;
    double *ratio, *slope; /* [X][Y] */
    double *cell_slope;    /* [C] */
    double *running;       /* [C] running weights, for drawing */
    uint32_t *context;     /* [C] */
} pair_objective;

typedef struct reward_objective {
    pf_policy policy;
    const double *utility; /* [X][Y] */
    double beta;
    size_t batch;
    pf_random *random;
    double *ratio, *slope, *probability, *advantage; /* [X][Y] */
    double *context;                                 /* [X] running rho */
} reward_objective;

/* Adds the ridge to a value and gradient. */
static double objective_ridge(double ridge, size_t n, const double *theta, double *gradient)
{
    pf_axpy(n, ridge, theta, gradient);
    return ridge / 2 * pf_dot(n, theta, theta);
}

static double pair_full(pair_objective *self)
{
    size_t X = self->policy.problem->X, Y = self->policy.problem->Y;
    double loss = 0, part;
    for (size_t x = 0; x < X; x++) {
        pf_margin_cells(self->task, x, self->ratio + x * Y, &part, self->cell_slope, NULL);
        loss += part;
        pf_margin_scatter(self->task, x, self->cell_slope, self->slope + x * Y);
    }
    return loss;
}

/* Draws labelled pairs by their weight; the mean over draws, times the total weight, is an
 * unbiased estimate of the full loss and gradient. */
static double pair_batch(pair_objective *self)
{
    const pf_margin_task *task = self->task;
    size_t Y = self->policy.problem->Y, C = task->pairs->C;
    double share = self->running[C - 1] / (double)self->batch, loss = 0;
    for (size_t i = 0; i < self->batch; i++) {
        size_t c = pf_random_weighted(self->random, C, self->running);
        double *row = self->slope + self->context[c] * Y;
        const double *ratio = self->ratio + self->context[c] * Y;
        size_t a = task->pairs->a[c], b = task->pairs->b[c];
        double both = task->win[c] + task->lose[c];
        double side = pf_random_uniform(self->random) * both < task->win[c] ? 1 : -1;
        double z = task->scale * (ratio[a] - ratio[b]) - (task->offset ? task->offset[c] : 0);
        double margin = side * z, l, dl, ddl;
        task->loss(task->parameter, 1, &margin, &l, &dl, &ddl);
        loss += share * l;
        row[a] += share * side * dl * task->scale;
        row[b] -= share * side * dl * task->scale;
    }
    return loss;
}

static double pair_evaluate(void *object, const double *theta, double *gradient)
{
    pair_objective *self = object;
    const pf_problem *problem = self->policy.problem;
    pf_policy_ratio(&self->policy, theta, self->ratio);
    memset(self->slope, 0, problem->X * problem->Y * sizeof *self->slope);
    double loss = self->batch ? pair_batch(self) : pair_full(self);
    pf_policy_pull(&self->policy, self->slope, gradient);
    return loss + objective_ridge(self->task->ridge, self->policy.n, theta, gradient);
}

pf_function pf_objective_pairs(const pf_policy *policy, const pf_margin_task *task,
                               size_t batch, pf_random *random, pf_arena *arena)
{
    size_t cells = policy->problem->X * policy->problem->Y, C = task->pairs->C;
    pair_objective *self = PF_NEW(arena, pair_objective, 1);
    *self = (pair_objective){
        .policy = *policy,
        .task = task,
        .batch = batch,
        .random = random,
        .ratio = PF_NEW(arena, double, cells),
        .slope = PF_NEW(arena, double, cells),
        .cell_slope = PF_NEW(arena, double, C),
        .running = PF_NEW(arena, double, batch ? C : 0),
        .context = PF_NEW(arena, uint32_t, batch ? C : 0),
    };
    for (size_t x = 0; batch && x < policy->problem->X; x++) {
        for (size_t c = task->pairs->first[x]; c < task->pairs->first[x + 1]; c++) {
            self->running[c] = task->win[c] + task->lose[c];
            self->context[c] = (uint32_t)x;
        }
    }
    pf_running_sums(batch ? C : 0, self->running, self->running);
    return (pf_function){policy->n, pair_evaluate, self};
}

double pf_pairs_loss(const pf_margin_task *task, const double *ratio, pf_arena *arena)
{
    pf_mark mark = pf_arena_mark(arena);
    double *slope = PF_NEW(arena, double, task->pairs->C), loss = 0, part;
    for (size_t x = 0; x < task->pairs->X; x++) {
        pf_margin_cells(task, x, ratio + x * task->pairs->Y, &part, slope, NULL);
        loss += part;
    }
    pf_release(arena, mark);
    return loss;
}

/* The advantage of every response, utility - beta log(pi/ref) minus its mean under pi; returns
 * E_x of that mean, the regularised value. */
static double reward_advantage(reward_objective *self)
{
    const pf_problem *problem = self->policy.problem;
    size_t X = problem->X, Y = problem->Y;
    double value = 0;
    for (size_t i = 0; i < X * Y; i++)
        self->probability[i] = problem->log_ref[i] + self->ratio[i];
    double *log_z = self->slope; /* free until the gradient is written */
    pf_softmax_rows(X, Y, self->probability, self->probability, log_z);
    for (size_t x = 0; x < X; x++) {
        double *advantage = self->advantage + x * Y;
        for (size_t y = 0; y < Y; y++)
            advantage[y] =
                self->utility[x * Y + y] - self->beta * (self->ratio[x * Y + y] - log_z[x]);
        double mean = pf_dot(Y, self->probability + x * Y, advantage);
        for (size_t y = 0; y < Y; y++)
            advantage[y] -= mean;
        value += problem->rho[x] * mean;
    }
    return value;
}

/* Policy gradient: contexts from rho, one response each from the present policy. */
static void reward_batch(reward_objective *self)
{
    const pf_problem *problem = self->policy.problem;
    size_t X = problem->X, Y = problem->Y;
    memset(self->slope, 0, X * Y * sizeof *self->slope);
    for (size_t i = 0; i < self->batch; i++) {
        size_t x = pf_random_weighted(self->random, X, self->context), y = 0;
        const double *probability = self->probability + x * Y;
        double left = pf_random_uniform(self->random);
        while (y + 1 < Y && left >= probability[y])
            left -= probability[y++];
        double weight = self->advantage[x * Y + y] / (double)self->batch;
        pf_axpy(Y, weight, probability, self->slope + x * Y);
        self->slope[x * Y + y] -= weight;
    }
}

static double reward_evaluate(void *object, const double *theta, double *gradient)
{
    reward_objective *self = object;
    const pf_problem *problem = self->policy.problem;
    size_t X = problem->X, Y = problem->Y;
    pf_policy_ratio(&self->policy, theta, self->ratio);
    double value = reward_advantage(self);
    if (self->batch) {
        reward_batch(self);
    } else {
        for (size_t x = 0; x < X; x++)
            for (size_t i = x * Y; i < (x + 1) * Y; i++)
                self->slope[i] = -problem->rho[x] * self->probability[i] * self->advantage[i];
    }
    pf_policy_pull(&self->policy, self->slope, gradient);
    return -value;
}

pf_function pf_objective_reward(const pf_policy *policy, const double *utility, double beta,
                                size_t batch, pf_random *random, pf_arena *arena)
{
    const pf_problem *problem = policy->problem;
    size_t X = problem->X, cells = X * problem->Y;
    reward_objective *self = PF_NEW(arena, reward_objective, 1);
    *self = (reward_objective){
        .policy = *policy,
        .utility = utility,
        .beta = beta,
        .batch = batch,
        .random = random,
        .ratio = PF_NEW(arena, double, cells),
        .slope = PF_NEW(arena, double, cells),
        .probability = PF_NEW(arena, double, cells),
        .advantage = PF_NEW(arena, double, cells),
        .context = PF_NEW(arena, double, X),
    };
    pf_running_sums(X, problem->rho, self->context);
    return (pf_function){policy->n, reward_evaluate, self};
}

double pf_regularised_value(const pf_problem *problem, const double *utility, double beta,
                            const double *policy)
{
    double value;
    pf_expectation(problem, 1, utility, policy, &value);
    return value - beta * pf_kl(problem, policy);
}
