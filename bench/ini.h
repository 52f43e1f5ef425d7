/* INI text as sections and keys with their lines; the words are the caller's to judge.
 *
 * [kind name] opens a section, `key = value` fills it, ; and # begin a comment line, and ` ;` a
 * comment behind a value. A repeated header is a section of its own; indentation means nothing;
 * a line has at most 197 bytes. */
#ifndef PF_BENCH_INI_H
#define PF_BENCH_INI_H

#include "core/arena.h"
#include "core/status.h"

#include <stddef.h>

typedef struct pf_ini_key {
    const char *name, *value;
    size_t line;
} pf_ini_key;

typedef struct pf_section {
    const char *kind; /* first word of the header */
    const char *name; /* the rest of it, or "" */
    size_t line;
    size_t n;
    pf_ini_key *keys; /* [n] */
} pf_section;

typedef struct pf_ini {
    const char *path;
    size_t file_lines; /* lines above this number were given with --set */
    size_t n;
    pf_section *sections; /* [n] */
} pf_ini;

/* Parses `text`; PF_INVALID names file and line. `file_lines` as above. */
pf_status pf_ini_parse(const char *path, const char *text, size_t file_lines, pf_arena *arena,
                       pf_ini *ini, pf_error *error);

/* Writes "FILE:LINE: sentence" ("--set: sentence" for a line that is not the file's). */
pf_status pf_ini_fail(const pf_ini *ini, size_t line, pf_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
