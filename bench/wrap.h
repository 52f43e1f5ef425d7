/* Prose for a terminal of 80 columns. */
#ifndef PF_BENCH_WRAP_H
#define PF_BENCH_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Writes `text` filled to 80 columns behind `indent` spaces. A blank line separates paragraphs;
 * a line that begins with a space is kept as it stands (formulas, lists). Ends with a newline
 * unless the text is empty. */
void pf_wrap(FILE *out, size_t indent, const char *text);

#endif
