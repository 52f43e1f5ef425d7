#include "core/random.h"

#include "core/kernels.h"

#include <Random123/philox.h>
#include <math.h>

/* FNV-1a over the bytes, then one splitmix64 finalisation so that every bit counts. */
static uint64_t random_hash(const char *purpose, const char *spec, uint64_t replicate)
{
    const char *texts[2] = {purpose, spec};
    uint64_t hash = 0xcbf29ce484222325u;
    for (int i = 0; i < 2; i++) {
        for (const char *c = texts[i]; *c; c++)
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
        hash = (hash ^ 0xffu) * 0x100000001b3u; /* an end that no text contains */
    }
    for (int byte = 0; byte < 8; byte++)
        hash = (hash ^ (replicate >> 8 * byte & 0xffu)) * 0x100000001b3u;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111ebu;
    return hash ^ hash >> 31;
}

void pf_random_open(pf_random *random, uint64_t seed, const char *purpose, const char *spec,
                    uint64_t replicate)
{
    uint64_t stream = random_hash(purpose, spec, replicate);
    *random = (pf_random){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, 0, (uint32_t)stream, (uint32_t)(stream >> 32)},
        .used = 4,
    };
}

uint32_t pf_random_word(pf_random *random)
{
    if (random->used == 4) {
        uint32_t *c = random->counter;
        philox4x32_ctr_t counter = {{c[0], c[1], c[2], c[3]}};
        philox4x32_key_t key = {{random->key[0], random->key[1]}};
        philox4x32_ctr_t out = philox4x32(counter, key);
        for (int i = 0; i < 4; i++)
            random->block[i] = out.v[i];
        if (++c[0] == 0)
            c[1]++;
        random->used = 0;
    }
    return random->block[random->used++];
}

double pf_random_uniform(pf_random *random)
{
    uint32_t high = pf_random_word(random) >> 5, low = pf_random_word(random) >> 6;
    return ((double)high * 0x1p26 + (double)low) * 0x1p-53;
}

double pf_random_gaussian(pf_random *random)
{
    double u, v, s;
    do {
        u = 2 * pf_random_uniform(random) - 1;
        v = 2 * pf_random_uniform(random) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return u * sqrt(-2 * pf_log1(s) / s);
}

/* Lemire's multiplication with rejection ("Fast random integer generation in an interval",
 * ACM TOMACS 2019); wide ranges take two words. */
size_t pf_random_index(pf_random *random, size_t n)
{
    if (n > UINT32_MAX) {
        uint64_t limit = UINT64_MAX - UINT64_MAX % n, draw;
        do {
            uint64_t high = pf_random_word(random);
            draw = high << 32 | pf_random_word(random);
        } while (draw >= limit);
        return draw % n;
    }
    uint32_t range = (uint32_t)n, floor = (uint32_t)(-range) % range;
    uint64_t product;
    do {
        product = (uint64_t)pf_random_word(random) * range;
    } while ((uint32_t)product < floor);
    return product >> 32;
}

double *pf_running_sums(size_t n, const double *weight, double *sums)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sums[i] = sum += weight[i];
    return sums;
}

size_t pf_running_find(size_t n, const double *sums, double t)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sums[middle] > t)
            high = middle;
        else
            low = middle + 1;
    }
    while (low > 0 && sums[low] == sums[low - 1])
        low--;
    return low;
}

size_t pf_random_weighted(pf_random *random, size_t n, const double *sums)
{
    return pf_running_find(n, sums, pf_random_uniform(random) * sums[n - 1]);
}

static void philox_set(void *state, unsigned long seed)
{
    pf_random_open(state, seed, "gsl", "", 0);
}

static unsigned long philox_get(void *state)
{
    return pf_random_word(state);
}

static double philox_get_double(void *state)
{
    return pf_random_uniform(state);
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(pf_random),
    .set = philox_set,
    .get = philox_get,
    .get_double = philox_get_double,
};

const gsl_rng_type *const pf_rng_philox = &philox_type;

gsl_rng *pf_random_gsl(pf_random *random)
{
    random->view = (gsl_rng){.type = &philox_type, .state = random};
    return &random->view;
}
