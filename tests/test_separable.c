/* Separable features: closed cases, an exhaustive search in the plane, and certificates made to
 * measure in many dimensions. */
#include "tests/check.h"
#include "tests/instance.h"

#include "solvers/engine/separable.h"

/* How a cell was labelled. */
typedef enum verdict { A_WINS, B_WINS, BOTH_WIN, UNLABELLED } verdict;

/* Every pair of responses is a cell; verdict [X Y (Y-1) / 2] in the order of cells. */
static pf_status separable_on(size_t X, size_t Y, size_t d, const double *features,
                              const verdict *verdicts, pf_arena *arena, pf_error *error)
{
    size_t C = X * Y * (Y - 1) / 2, c = 0;
    pf_pairs_draft draft = pf_pairs_draft_new(X, Y, 1, C, true, arena);
    double *win = PF_NEW(arena, double, C), *lose = PF_NEW(arena, double, C);
    for (size_t x = 0; x < X; x++)
        for (size_t a = 0; a < Y; a++)
            for (size_t b = a + 1; b < Y; b++) {
                draft.a[c] = (uint32_t)a;
                draft.b[c] = (uint32_t)b;
                draft.first[x + 1] = c + 1;
                win[c] = verdicts[c] == A_WINS || verdicts[c] == BOTH_WIN;
                lose[c] = verdicts[c] == B_WINS || verdicts[c] == BOTH_WIN;
                c++;
            }
    pf_problem problem = {.X = X, .Y = Y, .K = 1, .d = d, .features = features};
    pf_margin_task task = {
        .pairs = draft.pairs, .win = win, .lose = lose, .needs_both_sides = true, .scale = 1};
    error->text[0] = '\0';
    return pf_features_separable("dpo", &problem, &task, arena, error);
}

#define SEPARABLE(X, Y, d, features, verdicts)                                                 \
    do {                                                                                       \
        assert_fails(                                                                          \
            separable_on((X), (Y), (d), (features), (verdicts), arena, &error), PF_SEPARABLE,  \
            &error,                                                                            \
            "dpo: some direction of the features never orders a labelled pair wrongly");       \
    } while (0)
#define FINITE(X, Y, d, features, verdicts)                                                    \
    assert_ok(separable_on((X), (Y), (d), (features), (verdicts), arena, &error), &error)

/* Context 0 sees the first feature and context 1 the second. */
static void each_context_has_its_feature(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    static const double features[] = {1, 0, 0, 0, 0, 1, 0, 0};
    SEPARABLE(2, 2, 2, features, ((verdict[]){A_WINS, A_WINS}));
    SEPARABLE(2, 2, 2, features, ((verdict[]){A_WINS, BOTH_WIN}));
    SEPARABLE(2, 2, 2, features, ((verdict[]){BOTH_WIN, B_WINS}));
    SEPARABLE(2, 2, 2, features, ((verdict[]){UNLABELLED, B_WINS}));
    FINITE(2, 2, 2, features, ((verdict[]){BOTH_WIN, BOTH_WIN}));
    FINITE(2, 2, 2, features, ((verdict[]){UNLABELLED, BOTH_WIN}));
    FINITE(2, 2, 2, features, ((verdict[]){UNLABELLED, UNLABELLED}));
    pf_arena_free(arena);
}

/* With one feature the winners must have more of it everywhere, or less of it everywhere; one
 * cell that both win holds it, a cell that does not see it is nothing. */
static void one_feature(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    static const double features[] = {1, 0, 3, 1, 5, 5};
    SEPARABLE(3, 2, 1, features, ((verdict[]){A_WINS, A_WINS, BOTH_WIN}));
    SEPARABLE(3, 2, 1, features, ((verdict[]){B_WINS, B_WINS, A_WINS}));
    FINITE(3, 2, 1, features, ((verdict[]){A_WINS, B_WINS, A_WINS}));
    FINITE(3, 2, 1, features, ((verdict[]){A_WINS, BOTH_WIN, A_WINS}));
    FINITE(3, 2, 1, features, ((verdict[]){UNLABELLED, UNLABELLED, A_WINS}));
    pf_arena_free(arena);
}

/* phi = (s, s, 7, 0): the null directions (1,-1,0,0), (0,0,1,0) and (0,0,0,1) move no score,
 * and so count for nothing once a cell that both win holds (1,1,0,0). 0.1 + 0.2 and 0.3 are the
 * same feature but for rounding. */
static void directions_that_no_cell_sees(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    static const double features[] = {1, 1, 7, 0, 0, 0, 7, 0, 4, 4, 7, 0, 2, 2, 7, 0};
    FINITE(2, 2, 4, features, ((verdict[]){A_WINS, BOTH_WIN}));
    FINITE(2, 2, 4, features, ((verdict[]){A_WINS, B_WINS}));
    SEPARABLE(2, 2, 4, features, ((verdict[]){A_WINS, A_WINS}));
    const double rounded[] = {0.1 + 0.2, 1, 0.3, 0, 0, 1, 0, 0};
    FINITE(2, 2, 2, rounded, ((verdict[]){A_WINS, BOTH_WIN}));
    pf_arena_free(arena);
}

/* Magnitudes whose squares leave the range of doubles. */
static void extreme_magnitudes(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    static const double features[] = {1e300, 0, 0, 0, 0, 1e-300, 0, 0};
    SEPARABLE(2, 2, 2, features, ((verdict[]){A_WINS, BOTH_WIN}));
    SEPARABLE(2, 2, 2, features, ((verdict[]){BOTH_WIN, A_WINS}));
    FINITE(2, 2, 2, features, ((verdict[]){BOTH_WIN, BOTH_WIN}));
    pf_arena_free(arena);
}

/* Whether direction (u,v) never orders a pair wrongly and gains in one. Integers, so exact. */
static bool separable_along(size_t X, size_t Y, const double *features, const verdict *verdicts,
                            double u, double v)
{
    bool gains = false;
    size_t c = 0;
    for (size_t x = 0; x < X; x++)
        for (size_t a = 0; a < Y; a++)
            for (size_t b = a + 1; b < Y; b++, c++) {
                const double *of_a = features + (x * Y + a) * 2;
                const double *of_b = features + (x * Y + b) * 2;
                double lead = u * (of_a[0] - of_b[0]) + v * (of_a[1] - of_b[1]);
                if ((verdicts[c] == BOTH_WIN && lead != 0) ||
                    (verdicts[c] == A_WINS && lead < 0) || (verdicts[c] == B_WINS && lead > 0))
                    return false;
                gains = gains || (lead != 0 && verdicts[c] != UNLABELLED);
            }
    return gains;
}

/* Features are integers in [-2,2], so differences lie in [-4,4]. A cone in the plane is spanned
 * by perpendiculars of the differences that bound it, and by a difference where it is a half
 * plane: if any direction gains, one with coordinates in [-4,4] does. */
static bool separable_by_search(size_t X, size_t Y, const double *features,
                                const verdict *verdicts)
{
    for (int u = -4; u <= 4; u++)
        for (int v = -4; v <= 4; v++)
            if (separable_along(X, Y, features, verdicts, u, v))
                return true;
    return false;
}

/* features [n][2] times a random 2 x d matrix, a shift per context added, columns stretched:
 * nothing that changes the answer. */
static double *separable_disguise(pf_random *random, size_t X, size_t Y, size_t d,
                                  const double *features, pf_arena *arena)
{
    double *map = instance_gaussians(random, 2 * d, arena);
    double *shift = instance_gaussians(random, X * d, arena);
    double *out = PF_NEW(arena, double, X *Y *d);
    for (size_t i = 0; i < X * Y; i++)
        for (size_t j = 0; j < d; j++) {
            double stretch = j % 3 == 0 ? 1 : j % 3 == 1 ? 1e5 : 1e-5;
            out[i * d + j] =
                stretch * (features[2 * i] * map[j] + features[2 * i + 1] * map[d + j] +
                           shift[i / Y * d + j]);
        }
    return out;
}

static void the_plane_is_searched(void **state)
{
    (void)state;
    pf_random random;
    size_t found = 0, trials = 3000;
    pf_random_open(&random, 1, "test", "separable", 0);
    for (size_t trial = 0; trial < trials; trial++) {
        pf_arena *arena = pf_arena_new();
        pf_error error;
        size_t X = 1 + pf_random_index(&random, 3), Y = 2 + pf_random_index(&random, 2);
        size_t C = X * Y * (Y - 1) / 2, d = 2 + pf_random_index(&random, 4);
        double *features = PF_NEW(arena, double, X *Y * 2);
        verdict *verdicts = PF_NEW(arena, verdict, C);
        for (size_t i = 0; i < X * Y * 2; i++)
            features[i] = (double)pf_random_index(&random, 5) - 2;
        for (size_t c = 0; c < C; c++)
            verdicts[c] = (verdict)pf_random_index(&random, 4);
        bool wanted = separable_by_search(X, Y, features, verdicts);
        const double *disguised = separable_disguise(&random, X, Y, d, features, arena);
        bool plain = separable_on(X, Y, 2, features, verdicts, arena, &error) == PF_SEPARABLE;
        bool hidden = separable_on(X, Y, d, disguised, verdicts, arena, &error) == PF_SEPARABLE;
        if (plain != wanted || hidden != wanted) {
            print_error("trial %zu: X=%zu Y=%zu d=%zu: searched %d, plain %d, disguised %d\n",
                        trial, X, Y, d, wanted, plain, hidden);
            for (size_t i = 0; i < X * Y; i++)
                print_error("  phi = (%g, %g)\n", features[2 * i], features[2 * i + 1]);
            for (size_t c = 0; c < C; c++)
                print_error("  verdict %d\n", (int)verdicts[c]);
            fail();
        }
        found += wanted;
        pf_arena_free(arena);
    }
    /* Both answers must have been put to the test. */
    assert_in_range(found, trials / 10, trials - trials / 10);
}

/* One pair per context: phi(b) = 0, so that D = phi(a). Theta is the last axis before a random
 * rotation-like mix; `held` cells that both win are orthogonal to it, and a wins the others,
 * which lie at or above the plane (every third one in it). */
static double *separable_by_design(pf_random *random, size_t X, size_t d, size_t held,
                                   verdict *verdicts, pf_arena *arena)
{
    double *mix = instance_gaussians(random, d * d, arena);
    double *features = PF_NEW(arena, double, X * 2 * d);
    for (size_t x = 0; x < X; x++) {
        double *row = instance_gaussians(random, d, arena);
        bool both = x < held;
        row[d - 1] = both || x % 3 == 0 ? 0 : fabs(row[d - 1]);
        verdicts[x] = both ? BOTH_WIN : A_WINS;
        for (size_t i = 0; i < d; i++)
            features[x * 2 * d + i] = pf_dot(d, row, mix + i * d);
    }
    return features;
}

/* Adds nothing but the answer: a pair whose winner's lead is minus a positive combination of
 * all one-sided leads makes every one of them 0 in any direction that orders no pair wrongly.
 */
static void separable_refute(size_t X, size_t d, const verdict *verdicts, double *features)
{
    double *last = features + (X - 1) * 2 * d;
    memset(last, 0, d * sizeof *last);
    for (size_t x = 0; x + 1 < X; x++)
        if (verdicts[x] == A_WINS)
            pf_axpy(d, -0.01 * (double)(1 + x % 7), features + x * 2 * d, last);
}

static void many_dimensions_by_certificate(void **state)
{
    (void)state;
    static const struct {
        size_t X, d, held;
    } sizes[] = {{30, 3, 0},    {60, 8, 3},    {300, 20, 5},
                 {300, 20, 19}, {2000, 12, 0}, {300, 30, 31}};
    pf_random random;
    pf_random_open(&random, 2, "test", "separable", 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        pf_arena *arena = pf_arena_new();
        pf_error error;
        size_t X = sizes[i].X, d = sizes[i].d;
        verdict *verdicts = PF_NEW(arena, verdict, X);
        double *features = separable_by_design(&random, X, d, sizes[i].held, verdicts, arena);
        SEPARABLE(X, 2, d, features, verdicts);
        separable_refute(X, d, verdicts, features);
        FINITE(X, 2, d, features, verdicts);
        pf_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_context_has_its_feature),
        cmocka_unit_test(one_feature),
        cmocka_unit_test(directions_that_no_cell_sees),
        cmocka_unit_test(extreme_magnitudes),
        cmocka_unit_test(the_plane_is_searched),
        cmocka_unit_test(many_dimensions_by_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
