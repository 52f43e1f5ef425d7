/* mod: the log-probability mixture is the parameter average of soup on every log-linear class,
 * morlhf on a table, and neither morlhf on features. */
#include "tests/check.h"
#include "tests/instance.h"
#include "tests/solving.h"

static const pf_problem *mod_instance(uint64_t seed, size_t d, pf_arena *arena)
{
    pf_random random;
    pf_random_open(&random, seed, "test", "mod", 0);
    return instance_featured(&random, 3, 5, 3, d, arena);
}

static void mod_is_soup_on_log_linear_policies(void **state)
{
    (void)state;
    static const char *const options[] = {
        "weights=0.2/0.5/0.3,beta=0.3",
        "weights=0.2/0.5/0.3,beta=0.3/1.5/0.7",
        "weights=0/0.5/0.5,beta=0.5,experts=dpo",
        "weights=0.2/0.5/0.3,beta=0.3,class=features",
        "weights=0.2/0.5/0.3,beta=0.3/1.5/0.7,class=features",
        "weights=0.2/0.5/0.3,beta=2,class=features,experts=dpo",
    };
    for (uint64_t seed = 1; seed <= 3; seed++) {
        pf_arena *arena = pf_arena_new();
        const pf_problem *problem = mod_instance(seed, 4, arena);
        for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
            const double *mod =
                policy_of(pf_format(arena, "mod:%s", options[i]), problem, arena);
            const double *soup =
                policy_of(pf_format(arena, "soup:%s", options[i]), problem, arena);
            assert_same_policy(problem, mod, soup, 1e-12);
        }
        pf_arena_free(arena);
    }
}

static void mod_is_morlhf_on_a_table_only(void **state)
{
    (void)state;
    static const char *const weights[] = {"1/0/0", "0.2/0.5/0.3", "0/0.01/0.99"};
    pf_arena *arena = pf_arena_new();
    const pf_problem *problem = mod_instance(4, 4, arena);
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
        assert_same_policy(
            problem, policy_of(pf_format(arena, "mod:weights=%s", weights[i]), problem, arena),
            policy_of(pf_format(arena, "morlhf:weights=%s", weights[i]), problem, arena),
            1e-12);
    const char *features = "weights=0.2/0.5/0.3,beta=0.3,class=features";
    pf_outcome mod = solve_on(pf_format(arena, "mod:%s", features), problem, NULL, arena);
    const double *morlhf = policy_of(pf_format(arena, "morlhf:%s", features), problem, arena);
    assert_int_equal(mod.status, PF_OK);
    assert_true(pf_total_variation(problem, mod.policy, morlhf) > 1e-3);
    assert_true(mod.oracle->gap >
                1e-3); /* the price of mixing, against the best table policy */
    pf_arena_free(arena);
}

/* The value in the head comment: experts (.9,.1) and (.5,.5) mixed in halves are (.75,.25). */
static void mod_by_hand(void **state)
{
    (void)state;
    static const double rho[] = {1}, half[] = {0.5, 0.5};
    static const char *const names[] = {"one", "two"};
    double log_half[] = {log(0.5), log(0.5)}, reward[] = {log(9), 0, 0, 0};
    pf_arena *arena = pf_arena_new();
    pf_problem problem = {.spec = "by hand",
                          .X = 1,
                          .Y = 2,
                          .K = 2,
                          .objectives = names,
                          .rho = rho,
                          .ref = half,
                          .log_ref = log_half,
                          .mu = half,
                          .reward = reward};
    assert_close(policy_of("mod:weights=0.5/0.5,beta=1", &problem, arena)[0], 0.75, 1e-14);
    pf_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mod_is_soup_on_log_linear_policies),
        cmocka_unit_test(mod_is_morlhf_on_a_table_only),
        cmocka_unit_test(mod_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
