/* The graph of compared responses in one context: components, and whether wins connect them
 * strongly (Ford 1957: the Bradley-Terry likelihood has a finite maximum exactly then). */
#ifndef PF_PROBLEMS_MODEL_GRAPH_H
#define PF_PROBLEMS_MODEL_GRAPH_H

#include "problems/model/pairs.h"

typedef struct pf_graph pf_graph;

/* win [C] and lose [C]: weights of "a wins" and "b wins"; a cell with neither is no edge. */
pf_graph *pf_graph_new(const pf_pairs *pairs, const double *win, const double *lose,
                       pf_arena *arena);

/* Labels component [Y] from 1 (0: never compared) and returns how many there are. */
size_t pf_graph_components(pf_graph *graph, size_t x, uint32_t *component);

/* PF_SEPARABLE, naming the context and a response that never lost to the others of its
 * component, when the wins do not connect a component strongly. */
pf_status pf_graph_two_sided(pf_graph *graph, size_t x, const uint32_t *component,
                             pf_error *error);

#endif
