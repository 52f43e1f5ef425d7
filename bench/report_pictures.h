/* The pictures of a report: for every problem the points of all methods over the exact front,
 * a panel for each kind of pairs and, with more than two objectives, for each projection. */
#ifndef PF_BENCH_REPORT_PICTURES_H
#define PF_BENCH_REPORT_PICTURES_H

#include "bench/report_tables.h"
#include "core/status.h"

/* A picture of one problem's fronts with the files behind it; svg NULL when there is none. */
typedef struct pf_report_picture {
    const char *caption;
    size_t svg_size, data_size, script_size;
    char *svg, *data, *script;
} pf_report_picture;

/* Draws the fronts of all problems by one process of gnuplot; pictures [problems]. When they
 * cannot be drawn, data and scripts are there and `instead` says why there is no picture. */
pf_status pf_report_pictures(const pf_report *report, const pf_report_space *spaces,
                             pf_arena *arena, pf_report_picture *pictures, pf_error *instead,
                             pf_error *error);

#endif
