#include "problems/model/correlate.h"

#include "core/kernels.h"

#include <math.h>

/* A matrix is a correlation matrix up to the first; a pivot below the second is a zero. */
#define CORRELATE_SLACK 1e-9
#define CORRELATE_PIVOT 1e-12

/* Adds the column that completes row i, whose length so far misses 1 by rest[i]. */
static void correlate_column(size_t K, const double *C, size_t i, size_t column, double *L,
                             double *rest /* [K] */)
{
    const double *own = L + i * K;
    double pivot = sqrt(rest[i]);
    for (size_t j = 0; j < K; j++) {
        double *row = L + j * K;
        if (j == i || rest[j] <= CORRELATE_PIVOT)
            continue;
        row[column] = (C[j * K + i] - pf_dot(column, row, own)) / pivot;
        rest[j] -= row[column] * row[column];
    }
    L[i * K + column] = pivot;
    rest[i] = 0;
}

/* Cholesky that completes the shortest row first and stops when all are complete. Whether C was
 * a correlation matrix shows in the product. */
size_t pf_correlation_factor(size_t K, const double *C, double *L, pf_arena *arena)
{
    size_t rank = 0;
    double *rest = PF_NEW(arena, double, K);
    for (size_t i = 0; i < K; i++)
        rest[i] = 1;
    for (; rank < K; rank++) {
        size_t shortest = 0;
        for (size_t i = 1; i < K; i++)
            if (rest[i] > rest[shortest])
                shortest = i;
        if (rest[shortest] <= CORRELATE_PIVOT)
            break;
        correlate_column(K, C, shortest, rank, L, rest);
    }
    for (size_t i = 0; i < K * K; i++)
        if (fabs(pf_dot(rank, L + i / K * K, L + i % K * K) - C[i]) > CORRELATE_SLACK)
            return 0;
    return rank;
}

static void correlate_centre(size_t X, size_t Y, double *table)
{
    for (size_t x = 0; x < X; x++) {
        double mean = pf_sum(Y, table + x * Y) / (double)Y;
        for (size_t y = 0; y < Y; y++)
            table[x * Y + y] -= mean;
    }
}

/* Gram-Schmidt, twice per table, which is enough for full precision. */
void pf_orthonormal_tables(size_t F, size_t X, size_t Y, pf_random *random, double *z)
{
    size_t n = X * Y;
    for (size_t f = 0; f < F; f++) {
        double *own = z + f * n;
        for (size_t i = 0; i < n; i++)
            own[i] = pf_random_gaussian(random);
        correlate_centre(X, Y, own);
        for (size_t pass = 0; pass < 2; pass++)
            for (size_t e = 0; e < f; e++)
                pf_axpy(n, -pf_dot(n, own, z + e * n) / (double)n, z + e * n, own);
        double length = pf_norm(n, own) / sqrt((double)n);
        for (size_t i = 0; i < n; i++)
            own[i] /= length;
    }
}
