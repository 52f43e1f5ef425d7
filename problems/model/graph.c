#include "problems/model/graph.h"

#include <string.h>

struct pf_graph {
    const pf_pairs *pairs;
    const double *win, *lose;
    size_t Y;
    size_t x;        /* the context whose adjacency is built; X at the start */
    size_t *first;   /* [Y+1] */
    uint32_t *cell;  /* [2 C_x] cells around each response */
    uint32_t *queue; /* [Y] */
    bool *seen;      /* [Y] */
};

/* Along which edges a walk goes: to those beaten, or to those lost to. */
typedef enum graph_way { GRAPH_WINS, GRAPH_LOSSES } graph_way;

pf_graph *pf_graph_new(const pf_pairs *pairs, const double *win, const double *lose,
                       pf_arena *arena)
{
    pf_graph *graph = PF_NEW(arena, pf_graph, 1);
    size_t most = 0;
    for (size_t x = 0; x < pairs->X; x++)
        if (pairs->first[x + 1] - pairs->first[x] > most)
            most = pairs->first[x + 1] - pairs->first[x];
    *graph = (pf_graph){
        .pairs = pairs,
        .win = win,
        .lose = lose,
        .Y = pairs->Y,
        .x = pairs->X,
        .first = PF_NEW(arena, size_t, pairs->Y + 2),
        .cell = PF_NEW(arena, uint32_t, 2 * most),
        .queue = PF_NEW(arena, uint32_t, pairs->Y),
        .seen = PF_NEW(arena, bool, pairs->Y),
    };
    return graph;
}

/* Builds the adjacency of context x: for every response, its cells (as offsets). */
static void graph_open(pf_graph *graph, size_t x)
{
    const pf_pairs *pairs = graph->pairs;
    size_t start = pairs->first[x], n = pairs->first[x + 1] - start, Y = graph->Y;
    if (graph->x == x)
        return;
    graph->x = x;
    memset(graph->first, 0, (Y + 2) * sizeof *graph->first);
    for (size_t i = 0; i < n; i++) {
        graph->first[pairs->a[start + i] + 2]++;
        graph->first[pairs->b[start + i] + 2]++;
    }
    for (size_t y = 0; y < Y; y++)
        graph->first[y + 2] += graph->first[y + 1];
    for (size_t i = 0; i < n; i++) {
        graph->cell[graph->first[pairs->a[start + i] + 1]++] = (uint32_t)i;
        graph->cell[graph->first[pairs->b[start + i] + 1]++] = (uint32_t)i;
    }
}

/* Marks everything reachable from `root`. */
static void graph_walk(pf_graph *graph, size_t root, graph_way way)
{
    const pf_pairs *pairs = graph->pairs;
    size_t start = pairs->first[graph->x], head = 0, tail = 0;
    graph->queue[tail++] = (uint32_t)root;
    graph->seen[root] = true;
    while (head < tail) {
        size_t y = graph->queue[head++];
        for (size_t i = graph->first[y]; i < graph->first[y + 1]; i++) {
            size_t c = start + graph->cell[i];
            bool is_a = pairs->a[c] == y;
            double weight = is_a == (way == GRAPH_WINS) ? graph->win[c] : graph->lose[c];
            size_t next = is_a ? pairs->b[c] : pairs->a[c];
            if (weight > 0 && !graph->seen[next]) {
                graph->seen[next] = true;
                graph->queue[tail++] = (uint32_t)next;
            }
        }
    }
}

/* The smallest response known to be connected with y; halves the path on the way. */
static uint32_t graph_root(uint32_t *parent, uint32_t y)
{
    while (parent[y] != y)
        y = parent[y] = parent[parent[y]];
    return y;
}

/* Union-find, with the smaller response as root. */
size_t pf_graph_components(pf_graph *graph, size_t x, uint32_t *component)
{
    const pf_pairs *pairs = graph->pairs;
    uint32_t *parent = graph->queue, components = 0;
    for (uint32_t y = 0; y < graph->Y; y++)
        parent[y] = y;
    memset(component, 0, graph->Y * sizeof *component);
    for (size_t c = pairs->first[x]; c < pairs->first[x + 1]; c++) {
        if (!(graph->win[c] + graph->lose[c] > 0))
            continue;
        uint32_t a = graph_root(parent, pairs->a[c]), b = graph_root(parent, pairs->b[c]);
        parent[a < b ? b : a] = a < b ? a : b;
        component[pairs->a[c]] = component[pairs->b[c]] = 1;
    }
    for (uint32_t y = 0; y < graph->Y; y++) {
        uint32_t root = graph_root(parent, y);
        if (component[y])
            component[y] = root == y ? ++components : component[root];
    }
    return components;
}

/* The first response of the component that the last walk did not reach; Y when none. */
static size_t graph_missed(const pf_graph *graph, const uint32_t *component, size_t root)
{
    size_t y = 0;
    while (y < graph->Y && (component[y] != component[root] || graph->seen[y]))
        y++;
    return y;
}

pf_status pf_graph_two_sided(pf_graph *graph, size_t x, const uint32_t *component,
                             pf_error *error)
{
    size_t Y = graph->Y;
    uint32_t checked = 0;
    graph_open(graph, x);
    for (size_t root = 0; root < Y; root++) {
        if (component[root] <= checked)
            continue;
        checked = component[root];
        memset(graph->seen, 0, Y * sizeof *graph->seen);
        graph_walk(graph, root, GRAPH_WINS);
        size_t unbeaten = graph_missed(graph, component, root);
        if (unbeaten == Y) {
            memset(graph->seen, 0, Y * sizeof *graph->seen);
            graph_walk(graph, root, GRAPH_LOSSES);
            unbeaten = graph_missed(graph, component, root) < Y ? root : Y;
        }
        if (unbeaten < Y)
            return pf_fail(
                error, PF_SEPARABLE,
                "context %zu: response %zu belongs to a group that never lost to the "
                "other responses compared with it, so the optimum is infinite; "
                "ridge > 0 gives a finite one",
                x, unbeaten);
    }
    return PF_OK;
}
