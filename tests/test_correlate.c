/* Factors of correlation matrices of every rank, and the tables that carry them. */
#include "tests/arena.h"

#include "problems/model/correlate.h"

/* The correlations of K random unit vectors in `rank` dimensions. */
static double *random_correlations(size_t K, size_t rank, pf_random *random)
{
    double *v = PF_NEW(arena, double, (K * rank)), *C = PF_NEW(arena, double, (K * K));
    for (size_t i = 0; i < K; i++) {
        double length = 0;
        for (size_t f = 0; f < rank; f++) {
            v[i * rank + f] = pf_random_gaussian(random);
            length += v[i * rank + f] * v[i * rank + f];
        }
        for (size_t f = 0; f < rank; f++)
            v[i * rank + f] /= sqrt(length);
    }
    for (size_t i = 0; i < K * K; i++)
        for (size_t f = 0; f < rank; f++)
            C[i] += v[i / K * rank + f] * v[i % K * rank + f];
    return C;
}

static void a_factor_has_the_rank_and_gives_the_matrix_back(void **state)
{
    (void)state;
    pf_random random;
    pf_random_open(&random, 7, "test", "correlate", 0);
    for (size_t K = 1; K <= 12; K++) {
        for (size_t rank = 1; rank <= K; rank++) {
            double *C = random_correlations(K, rank, &random),
                   *L = PF_NEW(arena, double, (K * K));
            size_t columns = pf_correlation_factor(K, C, L, arena);
            if (columns != rank)
                print_error("K %zu rank %zu: %zu columns\n", K, rank, columns);
            assert_int_equal(columns, rank);
            for (size_t i = 0; i < K * K; i++) {
                double sum = 0;
                for (size_t f = 0; f < K; f++)
                    sum += L[i / K * K + f] * L[i % K * K + f];
                assert_close(sum, C[i], 1e-9); /* what the contract allows */
                if (i % K >= rank)
                    assert_true(L[i] == 0);
            }
        }
    }
}

static void what_is_no_correlation_matrix_is_refused(void **state)
{
    (void)state;
    static const double matrices[][9] = {
        {1, -.6, -.6, -.6, 1, -.6, -.6, -.6, 1}, /* the smallest common one is -1/2 */
        {1, 1, 1, 1, 1, .5, 1, .5, 1},           /* one and two alike, three unlike */
        {1, 0, .8, 0, 1, .8, .8, .8, 1},         /* .8^2 + .8^2 > 1 */
        {1, .2, 0, .2, 1, 1.5, 0, 1.5, 1},
    };
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++)
        assert_int_equal(pf_correlation_factor(3, matrices[i], PF_NEW(arena, double, 9), arena),
                         0);
}

/* Gram-Schmidt leaves products of order 1 summed over X Y entries: 1e-14 of each. */
static void tables_are_orthonormal_and_centred(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 2}, {4, 1, 5}, {3, 3, 2}, {12, 7, 9}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t F = sizes[i][0], X = sizes[i][1], Y = sizes[i][2], n = X * Y;
        double *z = PF_NEW(arena, double, (F * n));
        pf_random random;
        pf_random_open(&random, 7, "test", "tables", i);
        pf_orthonormal_tables(F, X, Y, &random, z);
        for (size_t e = 0; e < F; e++) {
            for (size_t f = 0; f < F; f++) {
                double sum = 0;
                for (size_t j = 0; j < n; j++)
                    sum += z[e * n + j] * z[f * n + j];
                assert_close(sum / (double)n, e == f, 1e-13);
            }
            for (size_t x = 0; x < X; x++) {
                double sum = 0;
                for (size_t y = 0; y < Y; y++)
                    sum += z[e * n + x * Y + y];
                assert_close(sum, 0, 1e-12);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_factor_has_the_rank_and_gives_the_matrix_back),
        cmocka_unit_test(what_is_no_correlation_matrix_is_refused),
        cmocka_unit_test(tables_are_orthonormal_and_centred),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
