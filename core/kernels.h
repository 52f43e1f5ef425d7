/* Deterministic numeric kernels: the same bits on every x86-64 machine.
 *
 * exp, log and log1p are our own (Cody-Waite reduction, polynomials; within 2.5 ulp), every
 * reduction keeps eight fixed partial sums, nothing is fused. An element's bits depend on its
 * value alone, never on its place in the array or on the instruction set. All arrays are plain
 * and may be unaligned; `out` may be the input itself but may not overlap it otherwise.
 *
 * Special values follow IEEE 754: exp(-inf)=0, exp(inf)=inf, log(0)=-inf, log(<0)=NaN. A NaN
 * stays one, but its sign and payload are not promised. */
#ifndef PF_CORE_KERNELS_H
#define PF_CORE_KERNELS_H

#include <stddef.h>

/* Elementwise: out[i] = f(x[i]). */
void pf_exp(size_t n, const double *x, double *out);
void pf_log(size_t n, const double *x, double *out);      /* x >= 0 */
void pf_log1p(size_t n, const double *x, double *out);    /* x >= -1 */
void pf_sigmoid(size_t n, const double *x, double *out);  /* 1/(1+exp(-x)) */
void pf_softplus(size_t n, const double *x, double *out); /* log(1+exp(x)), never overflows */

/* The same functions of one number; same bits as the arrays give. */
double pf_exp1(double x);
double pf_log1(double x);
double pf_log1p1(double x);
double pf_sigmoid1(double x);
double pf_softplus1(double x);

/* Reductions with eight fixed partial sums. An empty sum is 0. */
double pf_sum(size_t n, const double *x);
double pf_dot(size_t n, const double *x, const double *y);
double pf_norm(size_t n, const double *x); /* Euclidean; no scaling against overflow */

/* y[i] += a * x[i]. */
void pf_axpy(size_t n, double a, const double *x, double *y);

/* log sum exp(x), shifted by the maximum; -inf when every x is -inf or n is 0. */
double pf_logsumexp(size_t n, const double *x);

/* Row by row: out = softmax(logits), logz = log-sum-exp. `logz` may be NULL. A logit of -inf
 * gives probability 0; a row needs at least one finite logit. out may be logits. */
void pf_softmax_rows(size_t rows, size_t n, const double *logits, double *out, double *logz);

/* Logistic loss of a set of margins: l = softplus(-z), with l' = -sigmoid(-z) and
 * l'' = sigmoid(z) sigmoid(-z). Any of the outputs may be NULL. */
void pf_logistic(size_t n, const double *z, double *l, double *dl, double *ddl);

/* Win rates of Bradley-Terry: wins[a] = sum_b mu[b] s[a] / (s[a] + s[b]), where the strength
 * s [n] is exp of a reward less the largest one, at least 1e-130 (else products underflow).
 * `wins` [n] may not be an input. Costs n^2 / 2 divisions. */
void pf_strength_wins(size_t n, const double *s, const double *mu, double *wins);

/* Solves A x = b for symmetric positive definite A by Cholesky, in place: A [n][n] (lower
 * triangle read, both overwritten), b [n] becomes x. Returns 0, or 1 + the row whose pivot is
 * not positive and finite (A and b are then undefined); one below 2^-1024, whose reciprocal
 * overflows, counts as 0. Costs n^3/3. */
size_t pf_cholesky_solve(size_t n, double *A, double *b);

/* One weight vector of a front sweep: for each context x the policy
 * pi(y|x) proportional to exp(log_ref + sum_k w_k table_k), and its expectations.
 * Arrays are laid out [.][Y][P] with contexts fastest, P = X rounded up to a multiple of 8;
 * padding contexts carry rho = 0 and any finite numbers.
 *   log_ref [Y][P]; table [K][Y][P]; weights [K] (beta divided in), K >= 1; rho [P];
 *   scratch [Y][8] -> value [K] = sum_x rho E_pi table_k, log_z = sum_x rho log Z_x.
 * Vectorised across contexts. */
void pf_sweep(size_t P, size_t Y, size_t K, const double *log_ref, const double *table,
              const double *weights, const double *rho, double *scratch, double *value,
              double *log_z);

/* "default", "x86-64-v3" or "x86-64-v4": what the kernels of this build run with here. */
const char *pf_kernel_isa(void);

#endif
