/* Small facts about text: numbers in and out, and the nearest right name. */
#ifndef PF_CORE_TEXT_H
#define PF_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PF_NUMBER_SIZE = 32 };

/* 17 significant digits, -0 as 0: the form of every result file. Returns `out`. */
char *pf_number(double value, char out[PF_NUMBER_SIZE]);

/* The shortest form that reads back to the same bits, -0 as 0: the form of specs. */
char *pf_short_number(double value, char out[PF_NUMBER_SIZE]);

/* Reads a whole text as one finite number; false when it is anything else. */
bool pf_read_number(const char *text, double *value);

/* Reads a whole text as a base-ten integer that fits; false when it is anything else. */
bool pf_read_integer(const char *text, int64_t *value);

/* Makes `text` one line of UTF-8, in place: control characters and bytes that are no UTF-8
 * become '?'. Returns `text`. */
char *pf_clean_text(char *text);

/* The word of the list that is fewest edits away, or NULL when none is near enough to be
 * what was meant (more than a third of the letters differ, and at least two). */
const char *pf_nearest(const char *word, size_t n, const char *const *words);

#endif
