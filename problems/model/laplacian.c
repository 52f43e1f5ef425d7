#include "problems/model/laplacian.h"

#include "core/kernels.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_sort_vector.h>
#include <math.h>
#include <string.h>

/* Up to DENSE_MOST responses a factorisation is cheap; above, the cells are. */
enum { DENSE_MOST = 128, CG_MOST = 4000 };

struct pf_laplacian {
    const pf_pairs *pairs;
    const double *curve; /* [C] */
    double square;
    double *H;                                             /* [Y][Y] when dense */
    double *residual, *direction, *image, *preconditioner; /* [Y] */
};

pf_laplacian *pf_laplacian_new(const pf_pairs *pairs, const double *curve, double square,
                               pf_arena *arena)
{
    size_t Y = pairs->Y, square_size = Y > DENSE_MOST ? 0 : Y * Y;
    pf_laplacian *laplacian = PF_NEW(arena, pf_laplacian, 1);
    *laplacian = (pf_laplacian){
        .pairs = pairs,
        .curve = curve,
        .square = square,
        .H = PF_NEW(arena, double, square_size),
        .residual = PF_NEW(arena, double, Y),
        .direction = PF_NEW(arena, double, Y),
        .image = PF_NEW(arena, double, Y),
        .preconditioner = PF_NEW(arena, double, Y),
    };
    return laplacian;
}

void pf_laplacian_centre(pf_laplacian *laplacian, const uint32_t *component, double *v)
{
    size_t Y = laplacian->pairs->Y;
    double *sum = laplacian->image, *size = laplacian->direction;
    memset(sum, 0, Y * sizeof *sum);
    memset(size, 0, Y * sizeof *size);
    for (size_t y = 0; y < Y; y++) {
        if (component[y]) {
            sum[component[y] - 1] += v[y];
            size[component[y] - 1] += 1;
        }
    }
    for (size_t y = 0; y < Y; y++)
        v[y] = component[y] ? v[y] - sum[component[y] - 1] / size[component[y] - 1] : 0;
}

/* Lower triangle of H without the diagonal; returns its trace. */
static double laplacian_fill(pf_laplacian *laplacian, size_t x)
{
    const pf_pairs *pairs = laplacian->pairs;
    size_t Y = pairs->Y;
    double *H = laplacian->H, trace = 0;
    memset(H, 0, Y * Y * sizeof *H);
    for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++) {
        size_t a = pairs->a[c], b = pairs->b[c];
        double weight = laplacian->square * laplacian->curve[c];
        H[a * Y + a] += weight;
        H[b * Y + b] += weight;
        H[b * Y + a] -= weight;
        trace += 2 * weight;
    }
    return trace;
}

/* By Cholesky. The null space (shifts of a part) is lifted by adding a multiple of 1 1' in each
 * part. False when a pivot is not positive. */
static bool laplacian_dense(pf_laplacian *laplacian, size_t x, const uint32_t *component,
                            double diagonal, double *step)
{
    size_t Y = laplacian->pairs->Y;
    double *H = laplacian->H, trace = laplacian_fill(laplacian, x);
    double lift = diagonal > 0 ? 0 : trace / (double)(Y * Y);
    for (size_t i = 0; i < Y; i++) {
        for (size_t j = 0; j <= i; j++)
            H[i * Y + j] += component[i] && component[i] == component[j] ? lift : 0;
        H[i * Y + i] += component[i] ? diagonal : 1;
    }
    return pf_cholesky_solve(Y, H, step) == 0;
}

/* image = H direction. */
static void laplacian_apply(const pf_laplacian *laplacian, size_t x, double diagonal,
                            const double *direction, double *image)
{
    const pf_pairs *pairs = laplacian->pairs;
    for (size_t y = 0; y < pairs->Y; y++)
        image[y] = diagonal * direction[y];
    for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++) {
        size_t a = pairs->a[c], b = pairs->b[c];
        double flow = laplacian->square * laplacian->curve[c] * (direction[a] - direction[b]);
        image[a] += flow;
        image[b] -= flow;
    }
}

/* The diagonal of H; 1 where it is 0. */
static void laplacian_preconditioner(pf_laplacian *laplacian, size_t x, double diagonal)
{
    const pf_pairs *pairs = laplacian->pairs;
    double *p = laplacian->preconditioner;
    for (size_t y = 0; y < pairs->Y; y++)
        p[y] = diagonal;
    for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++) {
        p[pairs->a[c]] += laplacian->square * laplacian->curve[c];
        p[pairs->b[c]] += laplacian->square * laplacian->curve[c];
    }
    for (size_t y = 0; y < pairs->Y; y++)
        p[y] = p[y] > 0 ? p[y] : 1;
}

/* By conjugate gradients (Hestenes and Stiefel 1952) with the diagonal as preconditioner. */
static void laplacian_cg(pf_laplacian *laplacian, size_t x, double diagonal, double accuracy,
                         double *step)
{
    size_t Y = laplacian->pairs->Y;
    double *residual = laplacian->residual, *direction = laplacian->direction;
    double *image = laplacian->image, *p = laplacian->preconditioner;
    laplacian_preconditioner(laplacian, x, diagonal);
    memcpy(residual, step, Y * sizeof *step);
    memset(step, 0, Y * sizeof *step);
    double wanted = accuracy * pf_norm(Y, residual), product = 0;
    for (int i = 0; i < CG_MOST && pf_norm(Y, residual) > wanted; i++) {
        for (size_t y = 0; y < Y; y++)
            image[y] = residual[y] / p[y];
        double fresh = pf_dot(Y, residual, image);
        double carry = i > 0 ? fresh / product : 0;
        product = fresh;
        for (size_t y = 0; y < Y; y++)
            direction[y] = image[y] + carry * direction[y];
        laplacian_apply(laplacian, x, diagonal, direction, image);
        double bend = pf_dot(Y, direction, image);
        if (!(bend > 0))
            return;
        pf_axpy(Y, product / bend, direction, step);
        pf_axpy(Y, -product / bend, image, residual);
    }
}

void pf_laplacian_solve(pf_laplacian *laplacian, size_t x, const uint32_t *component,
                        double diagonal, double accuracy, double *step)
{
    size_t Y = laplacian->pairs->Y;
    if (Y <= DENSE_MOST) {
        memcpy(laplacian->residual, step, Y * sizeof *step);
        if (laplacian_dense(laplacian, x, component, diagonal, step))
            return;
        memcpy(step, laplacian->residual, Y * sizeof *step);
    }
    /* A shift left in the right side by rounding is a residual that no direction takes away:
     * the method would go on from there, and the step would grow without bound. */
    if (!(diagonal > 0))
        pf_laplacian_centre(laplacian, component, step);
    laplacian_cg(laplacian, x, diagonal, accuracy, step);
}

double pf_laplacian_condition(pf_laplacian *laplacian, size_t x, const uint32_t *component,
                              double diagonal)
{
    size_t Y = laplacian->pairs->Y, idle = 0, parts = 0;
    for (size_t y = 0; y < Y; y++) {
        idle += component[y] == 0;
        parts = component[y] > parts ? component[y] : parts;
    }
    if (Y > DENSE_MOST)
        return NAN;
    if (idle == Y)
        return 1;
    laplacian_fill(laplacian, x);
    gsl_matrix_view H = gsl_matrix_view_array(laplacian->H, Y, Y);
    gsl_vector_view values = gsl_vector_view_array(laplacian->residual, Y);
    gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(Y);
    gsl_eigen_symm(&H.matrix, &values.vector, workspace);
    gsl_eigen_symm_free(workspace);
    gsl_sort_vector(&values.vector);
    /* Every part has one eigenvalue 0 that does not count, and so has every idle response. */
    double least = diagonal > 0 ? 0 : laplacian->residual[idle + parts];
    return (laplacian->residual[Y - 1] + diagonal) / (least + diagonal);
}
