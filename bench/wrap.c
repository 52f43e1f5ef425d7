#include "bench/wrap.h"

#include <stdbool.h>
#include <string.h>

enum { WIDTH = 80 };

typedef struct wrap_line {
    FILE *out;
    size_t indent;
    size_t column; /* where the next byte goes */
    bool open;     /* something stands on the line */
} wrap_line;

static void wrap_end(wrap_line *line)
{
    if (line->open)
        fputc('\n', line->out);
    line->open = false;
}

static void wrap_word(wrap_line *line, const char *word, size_t length)
{
    if (line->open && line->column + 1 + length > WIDTH)
        wrap_end(line);
    if (!line->open)
        line->column = (size_t)fprintf(line->out, "%*s", (int)line->indent, "");
    else
        line->column += (size_t)fprintf(line->out, " ");
    line->column += (size_t)fprintf(line->out, "%.*s", (int)length, word);
    line->open = true;
}

/* One source line into the paragraph that is open. */
static void wrap_fill(wrap_line *line, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t word = 0;
        while (i + word < length && text[i + word] != ' ')
            word++;
        if (word > 0)
            wrap_word(line, text + i, word);
        i += word + 1;
    }
}

void pf_wrap(FILE *out, size_t indent, const char *text)
{
    wrap_line line = {.out = out, .indent = indent};
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool blank = length == 0, kept = !blank && *text == ' ';
        if (blank || kept)
            wrap_end(&line);
        if (blank)
            fputc('\n', out);
        else if (kept)
            fprintf(out, "%*s%.*s\n", (int)indent, "", (int)length, text);
        else
            wrap_fill(&line, text, length);
        text += length + (text[length] == '\n');
    }
    wrap_end(&line);
}
