/* Experts: one single-objective policy per objective, trained one after the other. */
#ifndef PF_SOLVERS_ENGINE_EXPERTS_H
#define PF_SOLVERS_ENGINE_EXPERTS_H

#include "solvers/engine/training.h"
#include "solvers/engine/weights.h"

typedef enum pf_expert_kind { PF_EXPERT_RLHF, PF_EXPERT_DPO } pf_expert_kind;

/* Options of solvers that combine experts; the struct T has a field `experts` of this type. */
typedef struct pf_experts_options {
    int kind;      /* pf_expert_kind */
    int reward;    /* pf_reward_source, for rlhf */
    pf_reals beta; /* one, or one per objective */
    pf_reals weights;
} pf_experts_options;

#define PF_EXPERTS_OPTIONS(T)                                                                  \
    {"weights",                                                                                \
     PF_REALS,                                                                                 \
     offsetof(T, experts.weights),                                                             \
     "",                                                                                       \
     0,                                                                                        \
     1,                                                                                        \
     NULL,                                                                                     \
     "one weight per objective, summing to 1; not given: all equal"},                          \
        {"experts",                                                                            \
         PF_CHOICE,                                                                            \
         offsetof(T, experts.kind),                                                            \
         "rlhf",                                                                               \
         0,                                                                                    \
         0,                                                                                    \
         "rlhf|dpo",                                                                           \
         "each expert maximises its reward, or fits its own labelled pairs by dpo"},           \
        {"reward",                                                                             \
         PF_CHOICE,                                                                            \
         offsetof(T, experts.reward),                                                          \
         "true",                                                                               \
         0,                                                                                    \
         0,                                                                                    \
         "true|learned",                                                                       \
         "experts=rlhf: the problem's rewards, or Bradley-Terry projections of the pairs"},    \
    {                                                                                          \
        "beta", PF_REALS, offsetof(T, experts.beta), "0.1", 1e-6, 1e6, NULL,                   \
            "strength of the KL term: one for all, or one per expert"                          \
    }

typedef struct pf_experts {
    size_t K;
    const double *weights; /* [K] */
    double *beta;          /* [K] */
    pf_trainer **trainer;  /* [K], NULL where the weight is 0 */
    size_t current;        /* the expert in training; K when all are done */
    const double *reward;  /* [X][Y][K] of rlhf experts; NULL for dpo experts */
} pf_experts;

unsigned pf_experts_needs(const pf_experts_options *options);

pf_status pf_experts_open(const char *owner, const pf_experts_options *options,
                          const pf_training *training, pf_run *run, pf_experts *experts,
                          pf_error *error);

/* One iteration of the expert in training; *done after the last. The run's gradient norm is the
 * largest of the experts'. */
pf_status pf_experts_step(pf_experts *experts, pf_run *run, bool *done, pf_error *error);

/* The regularised value that `policy` [X][Y] falls short of the best table policy's, which is
 * ref exp(sum_k w_k r_k / beta_k)/Z; NaN when the pairs of dpo experts have no finite rewards.
 */
double pf_experts_gap(const pf_run *oracle, const pf_experts *experts, const double *policy);

#endif
