#include "problems/model/optimum.h"

#include "core/kernels.h"

double pf_tilt(const pf_problem *problem, const double *utility, double beta, double *policy)
{
    size_t X = problem->X, Y = problem->Y;
    double mean = 0;
    for (size_t x = 0; x < X; x++) {
        double *row = policy + x * Y, log_z;
        for (size_t y = 0; y < Y; y++)
            row[y] = problem->log_ref[x * Y + y] + utility[x * Y + y] / beta;
        pf_softmax_rows(1, Y, row, row, &log_z);
        mean += problem->rho[x] * log_z;
    }
    return mean;
}

void pf_weigh(const pf_problem *problem, size_t K, const double *table, const double *weights,
              double *utility)
{
    size_t cells = problem->X * problem->Y;
    for (size_t i = 0; i < cells; i++) {
        double sum = 0;
        for (size_t k = 0; k < K; k++)
            sum += weights[k] * table[i * K + k];
        utility[i] = sum;
    }
}
