#include "tests/check.h"

#include "core/random.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

static pf_random open_random(const char *purpose)
{
    pf_random random;
    pf_random_open(&random, 7, purpose, "test", 0);
    return random;
}

/* The known answers that Random123 publishes for philox4x32 with ten rounds. */
static const struct {
    uint32_t counter[4], key[2], block[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void test_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        pf_random random = {.used = 4};
        memcpy(random.key, known[i].key, sizeof random.key);
        memcpy(random.counter, known[i].counter, sizeof random.counter);
        for (size_t word = 0; word < 4; word++)
            assert_int_equal(pf_random_word(&random), known[i].block[word]);
    }
}

/* The draw is a 64-bit count in the low half of the counter; the stream half stays. */
static void test_counter(void **state)
{
    (void)state;
    pf_random random = {.counter = {0xffffffff, 5, 8, 9}, .used = 4};
    (void)pf_random_word(&random);
    assert_int_equal(random.counter[0], 0);
    assert_int_equal(random.counter[1], 6);
    random = (pf_random){.counter = {0xffffffff, 0xffffffff, 8, 9}, .used = 4};
    (void)pf_random_word(&random);
    assert_int_equal(random.counter[1], 0);
    assert_int_equal(random.counter[2], 8);
    assert_int_equal(random.counter[3], 9);
    pf_random_open(&random, 0x123456789abcdef0, "a", "b", 0);
    assert_int_equal(random.key[0], 0x9abcdef0);
    assert_int_equal(random.key[1], 0x12345678);
}

/* Two streams that differ in one part of their name share no word at the same place. */
static void test_streams(void **state)
{
    (void)state;
    enum { STREAMS = 9, WORDS = 64 };
    static const struct {
        uint64_t seed;
        const char *purpose, *spec;
        uint64_t replicate;
    } names[STREAMS] = {
        {1, "pairs", "bt", 0}, {2, "pairs", "bt", 0},   {1, "init", "bt", 0},
        {1, "pairs", "b", 0},  {1, "pairsb", "t", 0},   {1, "", "pairsbt", 0},
        {1, "pairs", "bt", 1}, {1, "pairs", "bt", 256}, {(uint64_t)1 << 32, "pairs", "bt", 0},
    };
    uint32_t words[STREAMS][WORDS];
    for (size_t i = 0; i < STREAMS; i++) {
        pf_random random;
        for (int again = 0; again < 2; again++) {
            pf_random_open(&random, names[i].seed, names[i].purpose, names[i].spec,
                           names[i].replicate);
            for (size_t w = 0; w < WORDS; w++) {
                uint32_t word = pf_random_word(&random);
                if (again)
                    assert_int_equal(word, words[i][w]);
                words[i][w] = word;
            }
        }
        for (size_t j = 0; j < i; j++)
            for (size_t w = 0; w < WORDS; w++)
                assert_int_not_equal(words[i][w], words[j][w]);
    }
}

/* Pearson's statistic of counts that should be equal has mean `bins - 1` and variance twice
 * that; five standard deviations are left at this fixed seed. */
static void assert_even(size_t bins, const double *counts)
{
    double n = 0, chi2 = 0, freedom = (double)bins - 1;
    for (size_t i = 0; i < bins; i++)
        n += counts[i];
    for (size_t i = 0; i < bins; i++)
        chi2 += pow(counts[i] - n / (double)bins, 2) / (n / (double)bins);
    assert_close(chi2, freedom, 5 * sqrt(2 * freedom));
}

enum { DRAWS = 200000, BINS = 64 };

static void test_uniform(void **state)
{
    (void)state;
    pf_random random = open_random("uniform");
    double sum = 0, square = 0, product = 0, last = 0.5, counts[BINS] = {0};
    for (size_t i = 0; i < DRAWS; i++) {
        double u = pf_random_uniform(&random);
        assert_true(u >= 0 && u < 1 && floor(u * 0x1p53) == u * 0x1p53);
        sum += u - 0.5;
        square += (u - 0.5) * (u - 0.5);
        product += (u - 0.5) * (last - 0.5);
        last = u;
        counts[(size_t)(u * BINS)]++;
    }
    assert_close(sum / DRAWS, 0, 5 * sqrt(1.0 / 12 / DRAWS));
    assert_close(square / DRAWS, 1.0 / 12, 5 * sqrt(1.0 / 180 / DRAWS));
    assert_close(product / DRAWS, 0, 5 * sqrt(1.0 / 144 / DRAWS));
    assert_even(BINS, counts);
}

/* Moments 0, 1, 0, 3 of a standard normal, whose powers have variances 1, 2, 15, 96. */
static void test_gaussian(void **state)
{
    (void)state;
    static const double moments[4] = {0, 1, 0, 3}, variances[4] = {1, 2, 15, 96};
    pf_random random = open_random("gaussian");
    double sums[4] = {0}, counts[BINS] = {0};
    for (size_t i = 0; i < DRAWS; i++) {
        double g = pf_random_gaussian(&random), power = 1;
        for (size_t k = 0; k < 4; k++)
            sums[k] += power *= g;
        counts[(size_t)(gsl_cdf_ugaussian_P(g) * BINS)]++;
    }
    for (size_t k = 0; k < 4; k++)
        assert_close(sums[k] / DRAWS, moments[k], 5 * sqrt(variances[k] / DRAWS));
    assert_even(BINS, counts);
}

static void test_index(void **state)
{
    (void)state;
    static const size_t sizes[] = {2, 3, 6, 7, 37, 64};
    pf_random random = open_random("index");
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        double counts[64] = {0};
        for (size_t i = 0; i < DRAWS; i++)
            counts[pf_random_index(&random, sizes[k])]++;
        assert_even(sizes[k], counts);
    }
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(pf_random_index(&random, 1), 0);
}

/* Just above a power of two about half the words must be thrown away, and ranges past 2^32 take
 * two words; thirds of the range stay equally likely. */
static void test_index_wide(void **state)
{
    (void)state;
    static const size_t sizes[] = {((size_t)3 << 30) + 3, ((size_t)1 << 33) + 1,
                                   ((size_t)3 << 62) + 3};
    pf_random random = open_random("wide");
    for (size_t k = 0; k < 3; k++) {
        double counts[3] = {0};
        for (size_t i = 0; i < DRAWS; i++) {
            size_t drawn = pf_random_index(&random, sizes[k]);
            assert_true(drawn < sizes[k]);
            counts[drawn / (sizes[k] / 3 + 1)]++;
        }
        assert_even(3, counts);
    }
}

/* A search equals a walk along the running sums, and what has no weight is never found, not
 * even where rounding has put the point at the total. */
static void test_weighted(void **state)
{
    (void)state;
    enum { LONGEST = 9 };
    pf_random random = open_random("weighted");
    double weight[LONGEST], sums[LONGEST];
    for (size_t round = 0; round < 2000; round++) {
        size_t n = 1 + pf_random_index(&random, LONGEST);
        for (size_t i = 0; i < n; i++)
            weight[i] = pf_random_index(&random, 2) ? 0 : pf_random_uniform(&random);
        weight[pf_random_index(&random, n)] = 1;
        pf_running_sums(n, weight, sums);
        double t = pf_random_uniform(&random) * sums[n - 1];
        size_t walked = 0;
        while (sums[walked] <= t)
            walked++;
        assert_int_equal(pf_running_find(n, sums, t), walked);
        assert_true(weight[walked] > 0);
        assert_true(weight[pf_running_find(n, sums, sums[n - 1])] > 0);
        assert_true(weight[pf_random_weighted(&random, n, sums)] > 0);
    }
}

/* Shares .5, 0, .3 and .2: counts within five standard deviations. */
static void test_weighted_shares(void **state)
{
    (void)state;
    pf_random random = open_random("shares");
    double sums[4] = {0.5, 0, 0.3, 0.2}, counts[4] = {0};
    const double share[4] = {0.5, 0, 0.3, 0.2};
    pf_running_sums(4, sums, sums);
    for (size_t i = 0; i < DRAWS; i++)
        counts[pf_random_weighted(&random, 4, sums)]++;
    for (size_t i = 0; i < 4; i++)
        assert_close(counts[i], share[i] * DRAWS, 5 * sqrt(share[i] * (1 - share[i]) * DRAWS));
}

/* GSL's distributions draw from the stream itself: a copy of it repeats them, and what follows
 * is what would follow had the words been drawn by hand. */
static void test_gsl(void **state)
{
    (void)state;
    pf_random random = open_random("gsl"), copy = random;
    for (size_t i = 0; i < 1000; i++) {
        unsigned n = (unsigned)i + 1;
        assert_int_equal(gsl_ran_binomial(pf_random_gsl(&random), 0.3, n),
                         gsl_ran_binomial(pf_random_gsl(&copy), 0.3, n));
    }
    assert_int_equal(pf_random_word(&random), pf_random_word(&copy));
    (void)gsl_rng_get(pf_random_gsl(&random));
    (void)pf_random_word(&copy);
    assert_true(gsl_rng_uniform(pf_random_gsl(&random)) == pf_random_uniform(&copy));
    assert_int_equal(gsl_rng_max(pf_random_gsl(&random)), UINT32_MAX);
}

static void test_gsl_type(void **state)
{
    (void)state;
    pf_random random;
    gsl_rng *rng = gsl_rng_alloc(pf_rng_philox);
    gsl_rng_set(rng, 99);
    pf_random_open(&random, 99, "gsl", "", 0);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(gsl_rng_get(rng), pf_random_word(&random));
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),   cmocka_unit_test(test_counter),
        cmocka_unit_test(test_streams),         cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_gaussian),        cmocka_unit_test(test_index),
        cmocka_unit_test(test_index_wide),      cmocka_unit_test(test_weighted),
        cmocka_unit_test(test_weighted_shares), cmocka_unit_test(test_gsl),
        cmocka_unit_test(test_gsl_type),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
