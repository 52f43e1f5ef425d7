/* morlhf: maximise the weighted reward under a KL penalty.
 *
 *   maximise  E_pi sum_k w_k r_k - beta KL(pi to ref)      pi_w = ref exp(sum_k w_k r_k / beta)
 * / Z
 *
 * Cost: X Y (closed form on a table); X Y d per L-BFGS iteration; X Y per gradient step.
 * Source: the linear scalarization of RLHF with several rewards, as compared with in MODPO
 * (Zhou et al., arXiv 2310.03708, 2023); the closed form is that of KL-regularised reward
 * maximisation (Rafailov et al., arXiv 2305.18290, 2023). Check: two responses, r_1 = (1,0),
 * r_2 = (0,1), w = (.75,.25), beta = .5, uniform ref: log odds (.75 - .25)/.5 = 1, pi = (.7311,
 * .2689). */
#include "problems/model/optimum.h"
#include "solvers/engine/training.h"
#include "solvers/engine/weights.h"

typedef struct morlhf_options {
    pf_training training;
    pf_reals weights;
    int reward;
    double beta;
} morlhf_options;

static const pf_option morlhf_table[] = {
    PF_WEIGHTS_OPTION(morlhf_options), PF_BETA_OPTION(morlhf_options),
    PF_REWARD_OPTION(morlhf_options),  PF_TRAINING_OPTIONS(morlhf_options),
    PF_RIDGE_OPTION(morlhf_options),
};

static unsigned morlhf_needs(const void *options)
{
    return pf_rewards_needs(((const morlhf_options *)options)->reward);
}

static pf_status morlhf_init(pf_run *run, void *state, pf_error *error)
{
    const morlhf_options *options = run->options;
    const pf_problem *problem = run->problem;
    const double *weights, *reward;
    pf_fit *fit = state;
    PF_TRY(pf_weights_open("morlhf", &options->weights, run, &weights, error));
    PF_TRY(pf_rewards_open(options->reward, options->training.ridge, weights, run, &reward,
                           error));
    double *utility = PF_NEW(run->arena, double, problem->X * problem->Y);
    pf_weigh(problem, problem->K, reward, weights, utility);
    return pf_trainer_reward("morlhf", &options->training, utility, options->beta, run,
                             &fit->trainer, error);
}

static void morlhf_exact(void *options)
{
    pf_training_exact(&((morlhf_options *)options)->training);
}

const pf_solver pf_solver_morlhf = {
    .name = "morlhf",
    .summary = "KL-regularised optimum of the weighted reward",
    .detail =
        "Several rewards become one by weights on the simplex, and the policy maximises\n"
        "\n"
        "  J(pi) = E_pi sum_k w_k r_k(x,y) - beta KL(pi to ref)\n"
        "\n"
        "On a table the answer is known in closed form,\n"
        "\n"
        "  pi_w(y given x) = ref(y given x) exp(sum_k w_k r_k(x,y) / beta) / Z(x),\n"
        "\n"
        "and every other method that claims to optimise a weighted reward is measured against\n"
        "it. reward=learned puts Bradley-Terry projections of the pairs in place of the "
        "rewards.\n"
        "With class=features the policy is log-linear and J is maximised over its parameters "
        "by\n"
        "L-BFGS; J is not concave there, and the answer is a stationary point.\n"
        "method=gradient ascends J by the exact policy gradient, or, with batch > 0, by "
        "sampled\n"
        "responses (REINFORCE with the mean as baseline).\n"
        "\n"
        "The objective shown is -J, what is minimised.\n"
        "\n"
        "By hand: two responses, r_1 = (1, 0), r_2 = (0, 1), weights (.75, .25), beta = .5,\n"
        "uniform reference: pi = (sigma(1), sigma(-1)) = (.7311, .2689).",
    .cost =
        "exact, table: X Y once; exact, features: X Y d per iteration; gradient: X Y per step",
    .source = "as compared with in Z. Zhou et al., Beyond One-Preference-Fits-All Alignment, "
              "arXiv 2310.03708 (2023)",
    .deviation = "method=gradient is the plain policy gradient, not PPO: no clipped surrogate, "
                 "no value network, exact expectations unless batch is given",
    .options = morlhf_table,
    .option_count = sizeof morlhf_table / sizeof *morlhf_table,
    .options_size = sizeof(morlhf_options),
    .state_size = sizeof(pf_fit),
    .needs = morlhf_needs,
    .init = morlhf_init,
    .step = pf_fit_step,
    .policy = pf_fit_policy,
    .exact = morlhf_exact,
    .gap = pf_fit_gap,
};
