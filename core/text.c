#include "core/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *pf_number(double value, char out[PF_NUMBER_SIZE])
{
    snprintf(out, PF_NUMBER_SIZE, "%.17g", value == 0 ? 0.0 : value);
    return out;
}

char *pf_short_number(double value, char out[PF_NUMBER_SIZE])
{
    if (value == 0)
        value = 0;
    if (value == floor(value) && fabs(value) < 1e15) {
        snprintf(out, PF_NUMBER_SIZE, "%.0f", value); /* 10 rather than 1e+01 */
        return out;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, PF_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}

bool pf_read_number(const char *text, double *value)
{
    char *end;
    if (*text == '\0' || isspace((unsigned char)*text))
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

bool pf_read_integer(const char *text, int64_t *value)
{
    char *end;
    if (*text == '\0' || isspace((unsigned char)*text))
        return false;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    *value = parsed;
    return *end == '\0' && errno == 0;
}

/* Bytes of the character at `c`, 0 when it is none: the well-formed sequences of Unicode's
 * table 3-7, by first byte and range of the second. */
static size_t text_character(const unsigned char *c)
{
    static const struct {
        unsigned char first, last, second, second_last;
        size_t length;
    } rows[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    if (*c < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (*c < rows[i].first || *c > rows[i].last)
            continue;
        if (c[1] < rows[i].second || c[1] > rows[i].second_last)
            return 0;
        for (size_t j = 2; j < rows[i].length; j++)
            if (c[j] < 0x80 || c[j] > 0xBF)
                return 0;
        return rows[i].length;
    }
    return 0;
}

char *pf_clean_text(char *text)
{
    unsigned char *c = (unsigned char *)text;
    while (*c) {
        size_t length = text_character(c);
        if (length == 0 || *c < ' ' || *c == 0x7F)
            *c = '?';
        c += length > 0 ? length : 1;
    }
    return text;
}

/* Levenshtein distance with one row of the table kept; words longer than the row are far. */
static size_t text_edits(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t n = strlen(a), m = strlen(b), row[LONGEST + 1];
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[m];
}

const char *pf_nearest(const char *word, size_t n, const char *const *words)
{
    size_t reach = strlen(word) / 3 > 2 ? strlen(word) / 3 : 2, best = reach + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t edits = text_edits(word, words[i]);
        bool opens = strlen(word) >= 3 && strncmp(word, words[i], strlen(word)) == 0;
        if (opens && edits > 1)
            edits = 1; /* a beginning of the word is as near as one slip */
        if (edits < best && edits < strlen(words[i])) {
            best = edits;
            nearest = words[i];
        }
    }
    return nearest;
}
