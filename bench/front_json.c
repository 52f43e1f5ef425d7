#include "bench/front_json.h"

#include "bench/json.h"

#include <string.h>

json_t *pf_front_json(const pf_front *front)
{
    json_t *object = json_object();
    json_object_set_new(object, "points", pf_json_matrix(front->n, front->K, front->points));
    json_object_set_new(object, "weights", pf_json_matrix(front->n, front->K, front->weights));
    json_object_set_new(object, "area", pf_json_real(front->area));
    json_object_set_new(object, "ref", pf_json_reals(front->K, front->reference));
    return object;
}

const char *pf_point_text(size_t K, const double *point, pf_arena *arena)
{
    const char *text = "";
    for (size_t k = 0; k < K; k++)
        text = pf_format(arena, "%s%s%.6g", text, k ? ", " : "(", point[k]);
    return pf_format(arena, "%s)", text);
}

/* Column width of an objective: its name, but never less than a number takes. */
static int front_json_width(const char *name)
{
    size_t length = strlen(name);
    return length < 10 ? 10 : (int)length;
}

void pf_front_print(const pf_problem *problem, const pf_front *front, size_t most, FILE *stream)
{
    bool arms = front->responses && problem->X == 1;
    for (size_t k = 0; k < front->K; k++)
        fprintf(stream, "  %*s", front_json_width(problem->objectives[k]),
                problem->objectives[k]);
    for (size_t k = 0; k < front->K; k++)
        fprintf(stream, "  %7s%zu", "weight ", k);
    fprintf(stream, arms ? "  response\n" : "\n");
    for (size_t i = 0; i < front->n && i < most; i++) {
        for (size_t k = 0; k < front->K; k++)
            fprintf(stream, "  %*.6g", front_json_width(problem->objectives[k]),
                    front->points[i * front->K + k]);
        for (size_t k = 0; k < front->K; k++)
            fprintf(stream, "  %8.5f", front->weights[i * front->K + k]);
        if (arms)
            fprintf(stream, "  %8zu", front->responses[i]);
        fputc('\n', stream);
    }
    if (front->n > most)
        fprintf(stream, "  .. and %zu more\n", front->n - most);
}
