#include "solvers/engine/policy.h"

#include "core/kernels.h"

#include <string.h>

pf_status pf_policy_open(const char *owner, pf_policy_class kind, const pf_problem *problem,
                         pf_policy *policy, pf_error *error)
{
    size_t cells = problem->X * problem->Y;
    *policy = (pf_policy){problem, kind, kind == PF_TABLE ? cells : problem->d};
    if (kind == PF_TABLE)
        return PF_OK;
    if (!problem->features)
        return pf_fail(error, PF_UNSUPPORTED, "%s: class=features, but %s has no features",
                       owner, problem->spec);
    for (size_t i = 0; i < cells; i++)
        if (!(problem->ref[i] > 0))
            return pf_fail(error, PF_UNSUPPORTED,
                           "%s: class=features needs a reference policy without zeros, but "
                           "reference[%zu][%zu] is 0",
                           owner, i / problem->Y, i % problem->Y);
    return PF_OK;
}

void pf_policy_ratio(const pf_policy *policy, const double *theta, double *ratio)
{
    const pf_problem *problem = policy->problem;
    size_t cells = problem->X * problem->Y, d = problem->d;
    if (policy->kind == PF_TABLE) {
        memcpy(ratio, theta, cells * sizeof *ratio);
        return;
    }
    for (size_t i = 0; i < cells; i++)
        ratio[i] = pf_dot(d, problem->features + i * d, theta) - problem->log_ref[i];
}

void pf_policy_pull(const pf_policy *policy, const double *slope, double *gradient)
{
    const pf_problem *problem = policy->problem;
    size_t cells = problem->X * problem->Y, d = problem->d;
    if (policy->kind == PF_TABLE) {
        memcpy(gradient, slope, cells * sizeof *gradient);
        return;
    }
    memset(gradient, 0, d * sizeof *gradient);
    for (size_t i = 0; i < cells; i++)
        pf_axpy(d, slope[i], problem->features + i * d, gradient);
}

void pf_policy_probabilities(const pf_problem *problem, const double *ratio,
                             double *probabilities)
{
    size_t cells = problem->X * problem->Y;
    for (size_t i = 0; i < cells; i++)
        probabilities[i] = problem->log_ref[i] + ratio[i];
    pf_softmax_rows(problem->X, problem->Y, probabilities, probabilities, NULL);
}
