#include "solvers/engine/descent.h"

#include "core/kernels.h"

#include <math.h>

struct pf_descent {
    pf_function function;
    pf_descent_options options;
    double *theta;
    int64_t taken;
    double value, norm;
    double *gradient;              /* [n] */
    double *mean, *square;         /* [n] Adam's moments */
    double mean_left, square_left; /* beta1^t, beta2^t */
};

pf_descent *pf_descent_new(const pf_function *function, const pf_descent_options *options,
                           double *theta, pf_arena *arena)
{
    size_t n = function->n, moments = options->optimizer == PF_ADAM ? n : 0;
    pf_descent *descent = PF_NEW(arena, pf_descent, 1);
    *descent = (pf_descent){
        .function = *function,
        .options = *options,
        .theta = theta,
        .value = NAN,
        .norm = NAN,
        .gradient = PF_NEW(arena, double, n),
        .mean = PF_NEW(arena, double, moments),
        .square = PF_NEW(arena, double, moments),
        .mean_left = 1,
        .square_left = 1,
    };
    return descent;
}

static double descent_rate(const pf_descent *descent)
{
    const pf_descent_options *options = &descent->options;
    if (options->schedule == PF_CONSTANT)
        return options->learning_rate;
    double left = (double)(options->iterations - descent->taken) / (double)options->iterations;
    return options->learning_rate * fmax(left, 0);
}

static void descent_adam(pf_descent *descent, double rate)
{
    const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    descent->mean_left *= beta1;
    descent->square_left *= beta2;
    double mean_scale = 1 / (1 - descent->mean_left);
    double square_scale = 1 / (1 - descent->square_left);
    for (size_t i = 0; i < descent->function.n; i++) {
        double g = descent->gradient[i];
        double mean = descent->mean[i] = beta1 * descent->mean[i] + (1 - beta1) * g;
        double square = descent->square[i] = beta2 * descent->square[i] + (1 - beta2) * g * g;
        descent->theta[i] -= rate * mean_scale * mean / (sqrt(square_scale * square) + epsilon);
    }
}

pf_status pf_descent_step(pf_descent *descent, pf_error *error)
{
    size_t n = descent->function.n;
    descent->value =
        descent->function.evaluate(descent->function.self, descent->theta, descent->gradient);
    descent->norm = pf_norm(n, descent->gradient);
    if (!isfinite(descent->value) || !isfinite(descent->norm))
        return pf_fail(error, PF_DIVERGED,
                       "after %lld steps the loss or its gradient is not finite; a smaller "
                       "learning_rate may help",
                       (long long)descent->taken);
    double clip = descent->options.clip;
    if (clip > 0 && descent->norm > clip)
        for (size_t i = 0; i < n; i++)
            descent->gradient[i] *= clip / descent->norm;
    double rate = descent_rate(descent);
    if (descent->options.optimizer == PF_ADAM)
        descent_adam(descent, rate);
    else
        pf_axpy(n, -rate, descent->gradient, descent->theta);
    descent->taken++;
    return PF_OK;
}

double pf_descent_value(const pf_descent *descent)
{
    return descent->value;
}

double pf_descent_gradient_norm(const pf_descent *descent)
{
    return descent->norm;
}
