#include "core/kernels.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

/* Cholesky as A = L D L', without square roots, on the transpose in the upper triangle, where
 * every access runs along a row. A finished row k holds 1 / D[k] on the diagonal and U = D L'
 * right of it; what is left of it is never read again.
 * Rows are finished in blocks of four, after the first n mod 4 of them, the head, so that tiles
 * are whole; and they are taken out of the rows below a panel of up to 64 at a time, while they
 * are still in the cache. An entry loses its products L U in the order of the pivots whatever
 * the blocks and the width of the vectors: the bits of U are those of the textbook's loops. */
enum { TILE = FOUR, PANEL = 64 };

/* Copies the lower triangle above the diagonal; four rows at once fill a vector. */
INLINE void cholesky_mirror(size_t n, double *A)
{
    size_t whole = n / TILE * TILE;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i < whole ? i / TILE * TILE : 0; j < i; j++)
            A[j * n + i] = A[i * n + j];
    for (size_t i = TILE; i < whole; i += TILE) {
        const double *row = A + i * n;
        for (size_t j = 0; j < i; j++)
            *(lanes_four *)(A + j * n + i) =
                (lanes_four){row[j], row[n + j], row[2 * n + j], row[3 * n + j]};
    }
}

INLINE size_t cholesky_head(size_t n, size_t head, double *A, double *b)
{
    for (size_t k = 0; k < head; k++) {
        double *u = A + k * n, share = 1 / u[k];
        if (!(share > 0 && share < (double)INFINITY))
            return k + 1;
        for (size_t i = k + 1; i < head; i++)
            lanes_axpy(n - i, -(u[i] * share), u + i, A + i * n + i);
        u[k] = share;
        b[k] *= share;
        lanes_axpy(n - k - 1, -b[k], u + k + 1, b + k + 1);
    }
    return 0;
}

/* L[p][r] of the four rows from k on, for `count` finished rows from `begin` on. */
INLINE void cholesky_multipliers(size_t n, size_t begin, size_t count, size_t k,
                                 const double *A, double *L /* [count][TILE] */)
{
    for (size_t p = 0; p < count; p++) {
        const double *u = A + (begin + p) * n;
        *(lanes_four *)(L + p * TILE) = *lanes_fours(u + k) * u[begin + p];
    }
}

/* tile = `wide` fours of each of four rows, less what `count` finished rows u take out. */
INLINE void cholesky_tile(size_t n, size_t count, size_t wide, const double *rows,
                          const double *u, const double *L, lanes_four tile[TILE][2])
{
    lanes_four t[TILE][2];
    for (size_t r = 0; r < TILE; r++)
        for (size_t c = 0; c < wide; c++)
            t[r][c] = lanes_fours(rows + r * n)[c];
    for (size_t p = 0; p < count; p++, u += n)
        for (size_t r = 0; r < TILE; r++)
            for (size_t c = 0; c < wide; c++)
                t[r][c] -= L[p * TILE + r] * lanes_fours(u)[c];
    for (size_t r = 0; r < TILE; r++)
        for (size_t c = 0; c < wide; c++)
            tile[r][c] = t[r][c];
}

/* What the four rows of a block do to each other. */
typedef struct cholesky_block_pivots {
    double share[TILE];   /* 1 / D */
    double L[TILE][TILE]; /* below the diagonal */
    double b[TILE];       /* the right-hand side, over D */
} cholesky_block_pivots;

/* From the block's square on the diagonal and its piece of b; returns 0, or 1 + the row of a
 * bad pivot. */
INLINE size_t cholesky_pivots(lanes_four tile[TILE][2], const double *b,
                              cholesky_block_pivots *pivots)
{
    double d[TILE][TILE], rest[TILE];
    memcpy(rest, b, sizeof rest);
    for (size_t r = 0; r < TILE; r++)
        memcpy(d[r], &tile[r][0], sizeof d[r]);
    for (size_t r = 0; r < TILE; r++) {
        double share = 1 / d[r][r];
        if (!(share > 0 && share < (double)INFINITY))
            return r + 1;
        pivots->share[r] = share;
        pivots->b[r] = rest[r] * share;
        for (size_t i = r + 1; i < TILE; i++) {
            double m = d[r][i] * share;
            pivots->L[i][r] = m;
            for (size_t j = i; j < TILE; j++)
                d[i][j] -= m * d[r][j];
            rest[i] -= pivots->b[r] * d[r][i];
        }
    }
    return 0;
}

/* Stores a tile once its rows are taken out of each other, and of b from four `from` on. */
INLINE void cholesky_finish(size_t n, size_t wide, size_t from,
                            const cholesky_block_pivots *pivots, lanes_four tile[TILE][2],
                            double *rows, double *b)
{
    for (size_t r = 0; r < TILE; r++)
        for (size_t c = 0; c < wide; c++) {
            for (size_t p = 0; p < r; p++)
                tile[r][c] -= pivots->L[r][p] * tile[p][c];
            ((lanes_four *)(rows + r * n))[c] = tile[r][c];
        }
    for (size_t c = from; c < wide; c++)
        for (size_t r = 0; r < TILE; r++)
            ((lanes_four *)b)[c] -= pivots->b[r] * tile[r][c];
}

/* One tile of the four rows from k on, at column j; the tile at j = k has the pivots in its
 * first four columns. */
INLINE size_t cholesky_step(size_t n, size_t begin, size_t end, size_t k, size_t j, size_t wide,
                            const double *L, cholesky_block_pivots *pivots, double *A,
                            double *b)
{
    lanes_four tile[TILE][2];
    double *rows = A + k * n + j;
    cholesky_tile(n, (k < end ? k : end) - begin, wide, rows, A + begin * n + j, L, tile);
    if (k >= end) {
        for (size_t r = 0; r < TILE; r++)
            for (size_t c = 0; c < wide; c++)
                ((lanes_four *)(rows + r * n))[c] = tile[r][c];
        return 0;
    }
    if (j == k) {
        size_t bad = cholesky_pivots(tile, b + k, pivots);
        if (bad)
            return k + bad;
    }
    cholesky_finish(n, wide, j == k, pivots, tile, rows, b + j);
    return 0;
}

/* Takes the finished rows begin .. end - 1 out of the four rows from k on; or those before k,
 * and finishes the four, when they are of the panel themselves. */
INLINE size_t cholesky_block(size_t n, size_t begin, size_t end, size_t k, double *A, double *b)
{
    double L[(PANEL + TILE) * TILE];
    cholesky_block_pivots pivots;
    size_t bad = 0, j = k;
    cholesky_multipliers(n, begin, (k < end ? k : end) - begin, k, A, L);
    for (; j + LANES <= n && bad == 0; j += LANES)
        bad = cholesky_step(n, begin, end, k, j, 2, L, &pivots, A, b);
    if (j < n && bad == 0)
        bad = cholesky_step(n, begin, end, k, j, 1, L, &pivots, A, b);
    for (size_t r = 0; r < TILE && k < end && bad == 0; r++) {
        A[(k + r) * n + k + r] = pivots.share[r];
        b[k + r] = pivots.b[r];
    }
    return bad;
}

/* Solves L' x = b by rows of U = D L', four of them at once. */
INLINE void cholesky_substitute(size_t n, size_t head, const double *A, double *b)
{
    for (size_t k = n; k > head;) {
        k -= TILE;
        const double *u = A + k * n;
        lanes_four sum[TILE];
        for (size_t r = 0; r < TILE; r++)
            sum[r] = (lanes_four){0};
        for (size_t j = n; j > k + TILE;) {
            j -= TILE;
            for (size_t r = 0; r < TILE; r++)
                sum[r] += *lanes_fours(u + r * n + j) * *lanes_fours(b + j);
        }
        for (size_t r = TILE; r-- > 0;) {
            double s = (sum[r][0] + sum[r][2]) + (sum[r][1] + sum[r][3]);
            for (size_t i = r + 1; i < TILE; i++)
                s += u[r * n + k + i] * b[k + i];
            b[k + r] -= u[r * n + k + r] * s;
        }
    }
    for (size_t k = head; k-- > 0;)
        b[k] -= A[k * n + k] * lanes_dot(n - k - 1, A + k * n + k + 1, b + k + 1);
}

CLONES size_t pf_cholesky_solve(size_t n, double *A, double *b)
{
    size_t head = n % TILE;
    cholesky_mirror(n, A);
    size_t bad = cholesky_head(n, head, A, b);
    for (size_t begin = 0, end; begin < n && bad == 0; begin = end) {
        end = begin + PANEL < n ? begin + PANEL : n;
        end -= (end - head) % TILE;
        for (size_t k = begin > head ? begin : head; k < n && bad == 0; k += TILE)
            bad = cholesky_block(n, begin, end, k, A, b);
    }
    if (bad == 0)
        cholesky_substitute(n, head, A, b);
    return bad;
}
