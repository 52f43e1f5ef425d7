#include "plots/draw/gnuplot.h"

#include "core/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const gnuplot_words[] = {
#define GNUPLOT_WORD(id, word) word,
    PF_TERMINAL_TABLE(GNUPLOT_WORD)
#undef GNUPLOT_WORD
};

const char *pf_terminal_word(pf_terminal terminal)
{
    return gnuplot_words[terminal];
}

pf_status pf_terminal_find(const char *word, pf_terminal *terminal, pf_error *error)
{
    for (int i = 0; i < PF_TERMINAL_COUNT; i++)
        if (strcmp(gnuplot_words[i], word) == 0) {
            *terminal = (pf_terminal)i;
            return PF_OK;
        }
    const char *nearest = pf_nearest(word, PF_TERMINAL_COUNT, gnuplot_words);
    return pf_fail(error, PF_INVALID, "no terminal '%s'; did you mean '%s'?", word,
                   nearest ? nearest : gnuplot_words[PF_SVG]);
}

const char *pf_gnuplot_quoted(const char *text, pf_arena *arena)
{
    char *quoted = PF_NEW(arena, char, 2 * strlen(text) + 3), *out = quoted;
    *out++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            *out++ = '\'';
        *out++ = iscntrl((unsigned char)*text) ? ' ' : *text;
    }
    *out++ = '\'';
    *out = '\0';
    return quoted;
}

/* The SVG's own name may hold letters, digits and _ only. */
static const char *gnuplot_identifier(const char *stem, pf_arena *arena)
{
    char *name = pf_copy_text(arena, stem);
    for (char *s = name; *s; s++)
        if (!isascii(*s) || !isalnum((unsigned char)*s))
            *s = '_';
    return name;
}

void pf_gnuplot_begin(pf_terminal terminal, double width, double height, const char *stem,
                      FILE *script)
{
    pf_arena *scratch = pf_arena_new();
    fprintf(script, "reset\nset encoding utf8\n");
    if (terminal == PF_SVG)
        fprintf(script,
                "set terminal svg noenhanced size %.0f,%.0f font 'Helvetica,13' "
                "background '#ffffff' name %s\n",
                width, height, pf_gnuplot_quoted(gnuplot_identifier(stem, scratch), scratch));
    if (terminal == PF_PNG) /* twice the pixels, for print */
        fprintf(script,
                "set terminal pngcairo noenhanced size %.0f,%.0f font 'Helvetica,13' "
                "fontscale 1.5 linewidth 2 pointscale 3\n",
                2 * width, 2 * height);
    if (terminal == PF_PDF) /* 100 pixels are one inch */
        fprintf(script,
                "set terminal pdfcairo noenhanced size %.2fin,%.2fin font 'Helvetica,9'\n",
                width / 100, height / 100);
    if (terminal == PF_DUMB) /* a letter is about 8 by 16 pixels */
        fprintf(script, "set terminal dumb noenhanced size %.0f,%.0f\n", ceil(width / 8),
                ceil(height / 16));
    else
        fprintf(script, "set output %s\n",
                pf_gnuplot_quoted(pf_format(scratch, "%s.%s", stem, pf_terminal_word(terminal)),
                                  scratch));
    fprintf(script, "set datafile separator tab columnheaders missing ''\n");
    pf_arena_free(scratch);
}

void pf_gnuplot_end(FILE *script)
{
    fprintf(script, "unset output\n");
}

pf_status pf_gnuplot_find(pf_arena *arena, const char **program, pf_error *error)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t length = strcspn(path, ":");
        *program = pf_format(arena, "%.*s/gnuplot", (int)length, path);
        if (length > 0 && access(*program, X_OK) == 0)
            return PF_OK;
        path += length + (path[length] == ':');
    }
    return pf_fail(error, PF_UNAVAILABLE,
                   "gnuplot is not installed, so nothing can be drawn; install the package "
                   "gnuplot-nox (apt-get install gnuplot-nox)");
}

/* In the child: never returns. Only calls that are safe between fork and exec. */
static void gnuplot_become(const char *directory, char **argv, int complaints)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
        dup2(complaints, STDERR_FILENO) >= 0 && chdir(directory) == 0)
        execv(argv[0], argv);
    _exit(127);
}

/* What was said, as one line in a sentence: gnuplot repeats the faulty line and points at it.
 */
static void gnuplot_said(FILE *complaints, char *said, size_t size)
{
    size_t n = 0;
    int last = ' ', c;
    rewind(complaints);
    while ((c = getc(complaints)) != EOF && n + 1 < size) {
        if (isspace(c))
            c = ' ';
        if (c != ' ' || last != ' ')
            said[n++] = (char)c;
        last = c;
    }
    while (n > 0 && said[n - 1] == ' ')
        n--;
    said[n] = '\0';
}

static pf_status gnuplot_verdict(int state, const char *said, pf_error *error)
{
    bool fonts = strstr(said, "failed to choose a font") || strstr(said, "Fontconfig error");
    if (WIFEXITED(state) && WEXITSTATUS(state) == 0 && !fonts)
        return PF_OK;
    if (fonts)
        return pf_fail(error, PF_UNAVAILABLE,
                       "gnuplot finds no font to write with; install the package "
                       "fonts-dejavu-core, or draw svg (%.300s)",
                       said);
    if (WIFSIGNALED(state))
        return pf_fail(error, PF_IO, "gnuplot was ended by signal %d", WTERMSIG(state));
    return pf_fail(error, PF_IO, "gnuplot failed: %.900s",
                   *said ? said : "it could not be started");
}

pf_status pf_gnuplot_run(const char *directory, size_t n, const char *const *scripts,
                         pf_error *error)
{
    pf_arena *scratch = pf_arena_new();
    const char *program;
    pf_status status = pf_gnuplot_find(scratch, &program, error);
    FILE *complaints = status == PF_OK ? tmpfile() : NULL;
    if (status == PF_OK && !complaints)
        status = pf_fail(error, PF_IO, "cannot make a temporary file: %s", strerror(errno));
    if (status == PF_OK) {
        char **argv = PF_NEW(scratch, char *, n + 3), said[1000] = "";
        argv[0] = pf_copy_text(scratch, program);
        argv[1] = pf_copy_text(scratch, "-d");
        for (size_t i = 0; i < n; i++)
            argv[2 + i] = pf_copy_text(scratch, scripts[i]);
        int state = 0;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            gnuplot_become(directory, argv, fileno(complaints));
        while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
            continue;
        gnuplot_said(complaints, said, sizeof said);
        status = child < 0 ? pf_fail(error, PF_IO, "cannot start gnuplot: %s", strerror(errno))
                           : gnuplot_verdict(state, said, error);
    }
    if (complaints)
        fclose(complaints);
    pf_arena_free(scratch);
    return status;
}
