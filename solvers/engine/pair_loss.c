#include "solvers/engine/pair_loss.h"

#include "problems/model/projection.h"

#include <assert.h>
#include <string.h>

/* (h - 1/(2 tau))^2 */
static void pair_loss_ipo(const double *parameter, size_t n, const double *h, double *l,
                          double *dl, double *ddl)
{
    double aim = 1 / (2 * parameter[0]);
    for (size_t i = 0; i < n; i++) {
        double miss = h[i] - aim;
        if (l)
            l[i] = miss * miss;
        dl[i] = 2 * miss;
        ddl[i] = 2;
    }
}

static double pair_loss_ipo_odd(const double *parameter)
{
    return 2 / parameter[0];
}

static double pair_loss_dpo_odd(const double *parameter)
{
    return parameter[0];
}

static const pf_pair_loss pair_losses[] = {
    {
        .name = "dpo",
        .formula = "softplus(-beta h)",
        .parameter = "beta",
        .source = "Rafailov et al. 2023, arXiv 2305.18290",
        .needs_both_sides = true,
        .evaluate = pf_margin_logistic,
        .odd = pair_loss_dpo_odd,
    },
    {
        .name = "ipo",
        .formula = "(h - 1/(2 tau))^2",
        .parameter = "tau",
        .source = "Azar et al. 2023, arXiv 2310.12036",
        .needs_both_sides = false,
        .evaluate = pair_loss_ipo,
        .odd = pair_loss_ipo_odd,
    },
};

enum { LOSSES = sizeof pair_losses / sizeof *pair_losses };

size_t pf_pair_loss_count(void)
{
    return LOSSES;
}

const pf_pair_loss *pf_pair_loss_at(size_t i)
{
    return &pair_losses[i];
}

const pf_pair_loss *pf_pair_loss_named(const char *name)
{
    size_t i = 0;
    while (i < LOSSES && strcmp(pair_losses[i].name, name) != 0)
        i++;
    assert(i < LOSSES);
    return &pair_losses[i];
}

pf_margin_task pf_pair_loss_task(const pf_pair_loss *loss, const double *parameter,
                                 const pf_pairs *pairs, const double *win, const double *lose)
{
    return (pf_margin_task){
        .pairs = pairs,
        .win = win,
        .lose = lose,
        .loss = loss->evaluate,
        .parameter = parameter,
        .needs_both_sides = loss->needs_both_sides,
        .odd_is_linear = loss->odd != NULL,
        .odd = loss->odd ? loss->odd(parameter) : 0,
        .scale = 1,
    };
}

pf_margin_task pf_pair_loss_objective(const pf_pair_loss *loss, const double *parameter,
                                      const pf_pairs *pairs, size_t k, pf_arena *arena)
{
    double *win = PF_NEW(arena, double, pairs->C), *lose = PF_NEW(arena, double, pairs->C);
    pf_pairs_shares(pairs, k, win, lose);
    return pf_pair_loss_task(loss, parameter, pairs, win, lose);
}
