#include "bench/ini.h"

#include <ctype.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What inih's buffer holds beside the line end. */
enum { LINE_MOST = 197 };

/* Headers are taken from the lines themselves: inih reports none that has no keys, cuts them at
 * 50 bytes, and cannot tell a repeated header from one that goes on. */
typedef struct ini_reader_state {
    pf_ini *ini;
    const char *rest; /* text not read yet */
    size_t line;      /* of the line read last */
    size_t section_room, key_room;
    pf_arena *arena;
    pf_error *error;
    bool failed; /* error is written */
} ini_state;

pf_status pf_ini_fail(const pf_ini *ini, size_t line, pf_error *error, const char *format, ...)
{
    pf_error inner;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(inner.text, sizeof inner.text, format, arguments);
    va_end(arguments);
    if (line > ini->file_lines)
        return pf_fail(error, PF_INVALID, "--set: %s", inner.text);
    return pf_fail(error, PF_INVALID, "%s:%zu: %s", ini->path, line, inner.text);
}

/* The array with room for one more item, doubled when it is full. */
static void *ini_grow(void *items, size_t n, size_t *room, size_t size, pf_arena *arena)
{
    if (n < *room)
        return items;
    *room = *room ? 2 * *room : 8;
    void *wider = pf_alloc(arena, *room, size);
    if (n > 0)
        memcpy(wider, items, n * size);
    return wider;
}

static char *ini_trimmed(const char *from, size_t length, pf_arena *arena)
{
    while (length > 0 && isspace((unsigned char)*from)) {
        from++;
        length--;
    }
    while (length > 0 && isspace((unsigned char)from[length - 1]))
        length--;
    char *text = pf_alloc(arena, length + 1, 1);
    memcpy(text, from, length);
    return text;
}

/* `line` stands at a '['. A header that does not end is left to inih, which refuses it. */
static void ini_header(ini_state *state, const char *line)
{
    const char *end = strchr(line, ']');
    if (!end)
        return;
    pf_ini *ini = state->ini;
    char *kind = ini_trimmed(line + 1, (size_t)(end - line) - 1, state->arena);
    size_t word = strcspn(kind, " \t");
    const char *name = ini_trimmed(kind + word, strlen(kind + word), state->arena);
    kind[word] = '\0';
    ini->sections =
        ini_grow(ini->sections, ini->n, &state->section_room, sizeof(pf_section), state->arena);
    ini->sections[ini->n++] = (pf_section){.kind = kind, .name = name, .line = state->line};
    state->key_room = 0;
}

/* fgets for inih: one line, without its indentation. */
static char *ini_line(char *line, int room, void *stream)
{
    ini_state *state = stream;
    if (*state->rest == '\0' || state->failed)
        return NULL;
    size_t length = strcspn(state->rest, "\n");
    const char *start = state->rest;
    state->rest += length + (start[length] == '\n');
    state->line++;
    if (length > LINE_MOST || (size_t)room <= length + 1) {
        pf_ini_fail(state->ini, state->line, state->error,
                    "the line has %zu bytes, more than %d; repeat the section or use a range",
                    length, LINE_MOST);
        state->failed = true;
        return NULL;
    }
    const char *text = ini_trimmed(start, length, state->arena);
    if (*text == '[')
        ini_header(state, text);
    snprintf(line, (size_t)room, "%s\n", text);
    return line;
}

static int ini_take(void *user, const char *header, const char *name, const char *value)
{
    (void)header;
    ini_state *state = user;
    pf_ini *ini = state->ini;
    if (state->failed)
        return 0;
    if (ini->n == 0) {
        pf_ini_fail(ini, state->line, state->error, "'%s' stands before the first [section]",
                    name);
        state->failed = true;
        return 0;
    }
    pf_section *section = &ini->sections[ini->n - 1];
    for (size_t i = 0; i < section->n; i++) {
        if (strcmp(section->keys[i].name, name) == 0) {
            pf_ini_fail(ini, state->line, state->error,
                        "'%s' is given twice in this section, first on line %zu", name,
                        section->keys[i].line);
            state->failed = true;
            return 0;
        }
    }
    section->keys =
        ini_grow(section->keys, section->n, &state->key_room, sizeof(pf_ini_key), state->arena);
    section->keys[section->n++] = (pf_ini_key){.name = pf_copy_text(state->arena, name),
                                               .value = pf_copy_text(state->arena, value),
                                               .line = state->line};
    return 1;
}

pf_status pf_ini_parse(const char *path, const char *text, size_t file_lines, pf_arena *arena,
                       pf_ini *ini, pf_error *error)
{
    *ini = (pf_ini){.path = path, .file_lines = file_lines};
    ini_state state = {.ini = ini, .rest = text, .arena = arena, .error = error};
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        state.rest += 3; /* byte order mark */
    int bad = ini_parse_stream(ini_line, &state, ini_take, &state);
    if (state.failed && (bad == 0 || (size_t)bad >= state.line))
        return PF_INVALID;
    if (bad > 0)
        return pf_ini_fail(ini, (size_t)bad, error,
                           "neither [section] nor key = value nor a comment");
    return PF_OK;
}
