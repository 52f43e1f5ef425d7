/* What every kernel file begins with; private to core. */
#ifndef PF_CORE_CLONES_H
#define PF_CORE_CLONES_H

#include <stddef.h>

#ifdef __FAST_MATH__
#error "the kernels promise the same bits everywhere: compile them without -ffast-math"
#endif

/* One copy per instruction set, chosen when the program is loaded; a pinned build has the one
 * its compiler flags ask for. The bodies are plain loops that the compiler widens: each lane
 * does the scalar operations, none of them fused or reordered, so the copies agree bit by bit.
 */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(PF_ISA_PINNED)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#define KERNELS_CLONED 1
#else
#define CLONES
#define KERNELS_CLONED 0
#endif

#define INLINE static inline __attribute__((always_inline))

/* Iterations are independent even where an output is the input. */
#define INDEPENDENT _Pragma("GCC ivdep")

enum { LANES = 8, FOUR = 4 };

/* Four neighbours. Spelled out where GCC 12 would widen a loop along the wrong axis, with ten
 * shuffles to one product; the operations are those of four scalars. */
typedef double lanes_four __attribute__((vector_size(32), aligned(8), may_alias));

INLINE const lanes_four *lanes_fours(const double *x)
{
    return (const lanes_four *)x;
}

/* The eight partial sums, always added in this tree. */
INLINE double lanes_total(const double s[LANES])
{
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

INLINE double lanes_dot(size_t n, const double *x, const double *y)
{
    double s[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            s[j] += x[i + j] * y[i + j];
    for (size_t j = 0; i + j < n; j++)
        s[j] += x[i + j] * y[i + j];
    return lanes_total(s);
}

INLINE void lanes_axpy(size_t n, double a, const double *x, double *y)
{
    INDEPENDENT for (size_t i = 0; i < n; i++) y[i] += a * x[i];
}

#endif
