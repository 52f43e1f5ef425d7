/* The gnuplot driver: what a script starts with, how text gets into it safely, how it is run.
 *
 * User text goes into scripts only through pf_gnuplot_quoted: gnuplot runs a shell for
 * backquotes in double quotes, and nothing of that kind in single ones. Terminals are opened
 * `noenhanced`, so that _ ^ { } @ & in names are drawn as they stand. */
#ifndef PF_PLOTS_DRAW_GNUPLOT_H
#define PF_PLOTS_DRAW_GNUPLOT_H

#include "core/arena.h"
#include "core/status.h"

#include <stddef.h>
#include <stdio.h>

/* X(identifier, word on the command line and suffix of the file) */
#define PF_TERMINAL_TABLE(X)                                                                   \
    X(PF_SVG, "svg")                                                                           \
    X(PF_PNG, "png")                                                                           \
    X(PF_PDF, "pdf")                                                                           \
    X(PF_DUMB, "dumb") /* letters on standard output, no file */

#define PF_TERMINAL_ENUM(id, word) id,
typedef enum pf_terminal { PF_TERMINAL_TABLE(PF_TERMINAL_ENUM) PF_TERMINAL_COUNT } pf_terminal;
#undef PF_TERMINAL_ENUM

const char *pf_terminal_word(pf_terminal terminal);
pf_status pf_terminal_find(const char *word, pf_terminal *terminal, pf_error *error);

/* The text in single quotes, ready for a script: quotes doubled, control characters (newlines
 * among them) made spaces. */
const char *pf_gnuplot_quoted(const char *text, pf_arena *arena);

/* Begins a script: forgets what an earlier script of the same process set, then terminal,
 * output file `stem`.SUFFIX in the working folder, and how data files are read (tab-separated,
 * columns found by the names in their first line, an empty cell is no number). Width and height
 * in pixels. */
void pf_gnuplot_begin(pf_terminal terminal, double width, double height, const char *stem,
                      FILE *script);

/* Ends it: the output file is closed. */
void pf_gnuplot_end(FILE *script);

/* The gnuplot that PATH finds. PF_UNAVAILABLE names the package to install. */
pf_status pf_gnuplot_find(pf_arena *arena, const char **program, pf_error *error);

/* Runs one process on n scripts, one after the other, with `directory` as its working folder
 * and without any start-up file of the user's. PF_UNAVAILABLE without gnuplot or without a
 * font to write with; PF_IO with what gnuplot said when a script fails. Standard output stays
 * the caller's, for the terminal `dumb`. */
pf_status pf_gnuplot_run(const char *directory, size_t n, const char *const *scripts,
                         pf_error *error);

#endif
