#include "core/kernels.h"

#include "core/clones.h"
#include "core/elementary.h"

#include <stdbool.h>
#include <string.h>

/* The front sweep takes eight contexts at a time, two fours, through three short loops over up
 * to 64 responses: reduce the logits, raise 2 to what is left, add up. One long loop would be
 * a chain of 60 operations, and the processor would wait for its end. */
enum { PAIR = LANES / FOUR, CHUNK = 64 };

/* Every statement is for both fours. */
#define EACH for (size_t c = 0; c < PAIR; c++)

/* Exponentials carry a factor of 2^-511, so that exponents up to 511 above the shift fit and
 * no sum overflows: their biased exponent is at most FIELD. */
enum { MIDDLE = 512, FIELD = 1023 };

typedef int64_t sweep_words __attribute__((vector_size(32), aligned(8), may_alias));

/* What is asked of eight contexts; the arrays begin at the first of them. */
typedef struct sweep_task {
    size_t P, Y, K;
    const double *log_ref, *table, *weights;
} sweep_task;

/* What they add up to: z = sum_y 2^(x - shift - 511), and so with the first tables. */
typedef struct sweep_sums {
    lanes_four shift[PAIR], z[PAIR], first[PAIR], second[PAIR];
} sweep_sums;

/* Responses on their way: 2^(x - shift - 511) = 2^rest 2^(field - 1023), |rest| <= 1/2. */
typedef struct sweep_chunk {
    double rest[CHUNK * LANES];
    sweep_words field[CHUNK][PAIR];
} sweep_chunk;

/* The logits of response y in units of ln 2, which shortens the exponential. */
INLINE void sweep_logit(const sweep_task *task, size_t y, lanes_four x[PAIR])
{
    size_t next = task->Y * task->P;
    const double *log_ref = task->log_ref + y * task->P, *table = task->table + y * task->P;
    const double *weights = task->weights;
    EACH x[c] = LOG2_E * lanes_fours(log_ref)[c] + LOG2_E * weights[0] * lanes_fours(table)[c];
    if (task->K > 1)
        EACH x[c] += LOG2_E * weights[1] * lanes_fours(table + next)[c];
    for (size_t k = 2; k < task->K; k++)
        EACH x[c] += LOG2_E * weights[k] * lanes_fours(table + k * next)[c];
}

INLINE void sweep_most(const sweep_task *task, lanes_four most[PAIR])
{
    lanes_four x[PAIR];
    EACH most[c] = (lanes_four){0} - (double)INFINITY;
    for (size_t y = 0; y < task->Y; y++) {
        sweep_logit(task, y, x);
        EACH
        {
            sweep_words above = x[c] > most[c];
            most[c] =
                (lanes_four)((above & (sweep_words)x[c]) | (~above & (sweep_words)most[c]));
        }
    }
}

/* Splits `count` logits from response y on; `seen` collects the bits of the fields. With care
 * it drops those 511 and more below the shift; without, the shift is an integer and part of the
 * rounding, and such a logit shows in `seen`. */
INLINE void sweep_reduce(const sweep_task *task, bool careful, size_t y, size_t count,
                         const lanes_four shift[PAIR], sweep_chunk *chunk,
                         sweep_words seen[PAIR])
{
    const sweep_words zero = (sweep_words)((lanes_four){0} + TO_INTEGER);
    lanes_four x[PAIR], rounded[PAIR], offset[PAIR];
    sweep_words field[PAIR], kept[PAIR], bits[PAIR];
    EACH offset[c] = (lanes_four){0} + (TO_INTEGER + MIDDLE);
    if (!careful)
        EACH offset[c] -= shift[c];
    EACH bits[c] = seen[c];
    for (size_t i = 0; i < count; i++) {
        sweep_logit(task, y + i, x);
        if (careful)
            EACH x[c] -= shift[c];
        EACH kept[c] = ~(x[c] < 1 - MIDDLE); /* NaN stays */
        EACH rounded[c] = x[c] + offset[c];
        EACH x[c] -= rounded[c] - offset[c];
        EACH field[c] = (sweep_words)rounded[c] ^ zero;
        if (careful) {
            EACH field[c] &= kept[c];
            EACH x[c] = (lanes_four)((sweep_words)x[c] & kept[c]);
        }
        EACH bits[c] |= field[c];
        EACH chunk->field[i][c] = field[c];
        EACH *(lanes_four *)(chunk->rest + i * LANES + c * FOUR) = x[c];
    }
    EACH seen[c] = bits[c];
}

/* Adds `count` exponentials of responses from y on to the sums, and keeps them in `e`, if that
 * is not NULL, for objectives beyond the second. */
INLINE void sweep_add(const sweep_task *task, size_t y, size_t count, const sweep_chunk *chunk,
                      double *e, sweep_sums *sums)
{
    size_t P = task->P, next = task->K > 1 ? task->Y * P : 0;
    const double *table = task->table + y * P;
    lanes_four z[PAIR], first[PAIR], second[PAIR], power[PAIR];
    EACH z[c] = sums->z[c];
    EACH first[c] = sums->first[c];
    EACH second[c] = sums->second[c];
    for (size_t i = 0; i < count; i++) {
        EACH power[c] =
            lanes_fours(chunk->rest + i * LANES)[c] * (lanes_four)(chunk->field[i][c] << 52);
        if (e)
            EACH((lanes_four *)(e + i * LANES))[c] = power[c];
        EACH z[c] += power[c];
        EACH first[c] += power[c] * lanes_fours(table + i * P)[c];
        EACH second[c] += power[c] * lanes_fours(table + i * P + next)[c];
    }
    EACH sums->z[c] = z[c];
    EACH sums->first[c] = first[c];
    EACH sums->second[c] = second[c];
}

/* Adds up the eight contexts. Without care the first logit is the shift, and the sums are good
 * if that returns true: no logit is 511 or more away from it. With care it is the largest. */
INLINE bool sweep_pass(const sweep_task *task, bool careful, double *scratch, sweep_sums *sums)
{
    lanes_four *shift = sums->shift;
    sweep_words seen[PAIR];
    sweep_chunk chunk;
    EACH seen[c] = (sweep_words){0};
    EACH sums->z[c] = sums->first[c] = sums->second[c] = (lanes_four){0};
    if (careful) {
        sweep_most(task, shift);
    } else {
        sweep_logit(task, 0, shift);
        EACH seen[c] = ~((shift[c] < 0x1p50) & (shift[c] > -0x1p50));
        EACH shift[c] = (shift[c] + TO_INTEGER) - TO_INTEGER;
    }
    for (size_t y = 0; y < task->Y; y += CHUNK) {
        size_t count = task->Y - y < CHUNK ? task->Y - y : CHUNK;
        sweep_reduce(task, careful, y, count, shift, &chunk, seen);
        for (size_t i = 0; i < count * LANES; i++)
            chunk.rest[i] = elementary_exp2_reduced(chunk.rest[i]);
        sweep_add(task, y, count, &chunk, task->K > 2 ? scratch + y * LANES : NULL, sums);
    }
    int64_t all = 0;
    for (size_t i = 0; i < FOUR; i++)
        EACH all |= seen[c][i];
    return all >= 0 && all <= FIELD;
}

/* sum_x share sum. */
INLINE double sweep_mean(const lanes_four share[PAIR], const lanes_four sum[PAIR])
{
    double part[LANES];
    EACH *(lanes_four *)(part + c * FOUR) = share[c] * sum[c];
    return lanes_total(part);
}

/* The same for an objective beyond the second, from the exponentials that were kept. */
INLINE double sweep_later(size_t P, size_t Y, const lanes_four share[PAIR], const double *e,
                          const double *table)
{
    lanes_four sum[PAIR];
    EACH sum[c] = (lanes_four){0};
    for (size_t y = 0; y < Y; y++)
        EACH sum[c] += lanes_fours(e + y * LANES)[c] * lanes_fours(table + y * P)[c];
    return sweep_mean(share, sum);
}

INLINE double sweep_log(const double *rho, const sweep_sums *sums)
{
    double z[LANES], shift[LANES], part[LANES];
    memcpy(z, sums->z, sizeof z);
    memcpy(shift, sums->shift, sizeof shift);
    for (size_t c = 0; c < LANES; c++)
        part[c] = rho[c] * (LN2 * shift[c] + elementary_log_normal(0x1p511 * z[c]));
    return lanes_total(part);
}

CLONES void pf_sweep(size_t P, size_t Y, size_t K, const double *log_ref, const double *table,
                     const double *weights, const double *rho, double *scratch, double *value,
                     double *log_z)
{
    *log_z = 0;
    for (size_t k = 0; k < K; k++)
        value[k] = 0;
    for (size_t p = 0; p < P; p += LANES) {
        sweep_task task = {P, Y, K, log_ref + p, table + p, weights};
        sweep_sums sums;
        lanes_four share[PAIR];
        if (!sweep_pass(&task, false, scratch, &sums))
            (void)sweep_pass(&task, true, scratch, &sums);
        EACH share[c] = lanes_fours(rho + p)[c] / sums.z[c];
        value[0] += sweep_mean(share, sums.first);
        if (K > 1)
            value[1] += sweep_mean(share, sums.second);
        for (size_t k = 2; k < K; k++)
            value[k] += sweep_later(P, Y, share, scratch, table + k * Y * P + p);
        *log_z += sweep_log(rho + p, &sums);
    }
}
