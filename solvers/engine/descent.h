/* First-order descent with a fixed budget: SGD, and Adam (Kingma and Ba, "Adam: a method for
 * stochastic optimization", arXiv 1412.6980, 2015; beta1 .9, beta2 .999, epsilon 1e-8). */
#ifndef PF_SOLVERS_ENGINE_DESCENT_H
#define PF_SOLVERS_ENGINE_DESCENT_H

#include "core/arena.h"
#include "core/status.h"
#include "solvers/engine/function.h"

#include <stdint.h>

typedef enum pf_optimizer { PF_ADAM, PF_SGD } pf_optimizer;
#define PF_OPTIMIZER_CHOICES "adam|sgd"

typedef enum pf_schedule { PF_LINEAR, PF_CONSTANT } pf_schedule;
#define PF_SCHEDULE_CHOICES "linear|constant"

typedef struct pf_descent_options {
    int optimizer;      /* pf_optimizer */
    int schedule;       /* pf_schedule; linear: to 0 at the end of the budget */
    int64_t iterations; /* the budget */
    double learning_rate;
    double clip; /* largest gradient norm, longer ones are shortened; 0: no limit */
} pf_descent_options;

typedef struct pf_descent pf_descent;

/* theta [n] is the start and, after every step, the present point; borrowed. */
pf_descent *pf_descent_new(const pf_function *function, const pf_descent_options *options,
                           double *theta, pf_arena *arena);

/* One step. PF_DIVERGED when value or gradient are not finite. */
pf_status pf_descent_step(pf_descent *descent, pf_error *error);

/* At the point before the last step. */
double pf_descent_value(const pf_descent *descent);
double pf_descent_gradient_norm(const pf_descent *descent);

#endif
