/* Policies by parameters. Scores s(x,y) give pi = softmax(s); losses need only the log ratio
 * u = s - log ref, up to a shift per context.
 *   class=table     u = theta, one logit per (x,y); theta = 0 is ref
 *   class=features  s = Phi theta, log-linear; theta = 0 is uniform */
#ifndef PF_SOLVERS_ENGINE_POLICY_H
#define PF_SOLVERS_ENGINE_POLICY_H

#include "problems/problem.h"

typedef enum pf_policy_class { PF_TABLE, PF_FEATURES } pf_policy_class;
#define PF_POLICY_CLASS_CHOICES "table|features"

typedef struct pf_policy {
    const pf_problem *problem;
    pf_policy_class kind;
    size_t n; /* parameters: X Y or d */
} pf_policy;

/* PF_UNSUPPORTED for features on a problem without them, or whose ref has zeros (a log-linear
 * policy gives every response some mass). `owner` names the solver in the message. */
pf_status pf_policy_open(const char *owner, pf_policy_class kind, const pf_problem *problem,
                         pf_policy *policy, pf_error *error);

/* ratio [X][Y] = u at theta [n]. */
void pf_policy_ratio(const pf_policy *policy, const double *theta, double *ratio);

/* Chain rule: gradient [n] by theta from slope [X][Y], the gradient by u. */
void pf_policy_pull(const pf_policy *policy, const double *slope, double *gradient);

/* probabilities [X][Y] = ref exp(u) / Z from ratio [X][Y]; they may be the same array. */
void pf_policy_probabilities(const pf_problem *problem, const double *ratio,
                             double *probabilities);

#endif
