#include "problems/model/margin.h"

#include "core/kernels.h"

/* Cells are worked on in blocks that stay in the nearest cache. */
enum { BLOCK = 256 };

void pf_margin_logistic(const double *parameter, size_t n, const double *z, double *l,
                        double *dl, double *ddl)
{
    double beta = parameter[0], scaled[BLOCK];
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t m = n - start < BLOCK ? n - start : BLOCK;
        for (size_t i = 0; i < m; i++)
            scaled[i] = beta * z[start + i];
        pf_logistic(m, scaled, l ? l + start : NULL, dl + start, ddl + start);
        for (size_t i = 0; i < m; i++) {
            dl[start + i] *= beta;
            ddl[start + i] *= beta * beta;
        }
    }
}

/* One evaluation for both winners: win l(z) + lose l(-z) = (win + lose) l(z) + lose odd z. */
static double margin_block_odd(const pf_margin_task *task, size_t c, size_t m, const double *z,
                               bool wanted, double *slope, double *curve)
{
    double l[BLOCK], dl[BLOCK], ddl[BLOCK];
    const double *win = task->win + c, *lose = task->lose + c;
    task->loss(task->parameter, m, z, wanted ? l : NULL, dl, ddl);
    for (size_t i = 0; i < m; i++)
        slope[i] = (win[i] + lose[i]) * dl[i] + lose[i] * task->odd;
    for (size_t i = 0; curve && i < m; i++)
        curve[i] = (win[i] + lose[i]) * ddl[i];
    for (size_t i = 0; wanted && i < m; i++)
        l[i] = (win[i] + lose[i]) * l[i] + lose[i] * task->odd * z[i];
    return wanted ? pf_sum(m, l) : 0;
}

/* Derivatives of the m cells from c on at margins z; returns their loss if it is wanted. */
static double margin_block(const pf_margin_task *task, size_t c, size_t m, const double *z,
                           bool wanted, double *slope, double *curve)
{
    double other[BLOCK], l[BLOCK], dl[BLOCK], ddl[BLOCK], loss[BLOCK];
    const double *win = task->win + c, *lose = task->lose + c;
    if (task->odd_is_linear)
        return margin_block_odd(task, c, m, z, wanted, slope, curve);
    task->loss(task->parameter, m, z, l, dl, ddl);
    for (size_t i = 0; i < m; i++) {
        loss[i] = win[i] * l[i];
        slope[i] = win[i] * dl[i];
        if (curve)
            curve[i] = win[i] * ddl[i];
        other[i] = -z[i];
    }
    task->loss(task->parameter, m, other, l, dl, ddl);
    for (size_t i = 0; i < m; i++) {
        loss[i] += lose[i] * l[i];
        slope[i] -= lose[i] * dl[i];
        if (curve)
            curve[i] += lose[i] * ddl[i];
    }
    return pf_sum(m, loss);
}

void pf_margin_cells(const pf_margin_task *task, size_t x, const double *theta, double *loss,
                     double *slope, double *curve)
{
    const pf_pairs *pairs = task->pairs;
    double sum = 0, z[BLOCK];
    for (size_t c = pairs->first[x], end = pairs->first[x + 1]; c < end; c += BLOCK) {
        size_t m = end - c < BLOCK ? end - c : BLOCK;
        for (size_t i = 0; i < m; i++)
            z[i] = task->scale * (theta[pairs->a[c + i]] - theta[pairs->b[c + i]]);
        for (size_t i = 0; task->offset && i < m; i++)
            z[i] -= task->offset[c + i];
        sum += margin_block(task, c, m, z, loss != NULL, slope + c, curve ? curve + c : NULL);
    }
    if (loss)
        *loss = sum;
}

void pf_margin_scatter(const pf_margin_task *task, size_t x, const double *slope,
                       double *gradient)
{
    const pf_pairs *pairs = task->pairs;
    size_t c = pairs->first[x], end = pairs->first[x + 1];
    while (c < end) { /* cells of one a stand together */
        size_t a = pairs->a[c];
        double sum = 0;
        for (; c < end && pairs->a[c] == a; c++) {
            double flow = task->scale * slope[c];
            gradient[pairs->b[c]] -= flow;
            sum += flow;
        }
        gradient[a] += sum;
    }
}
