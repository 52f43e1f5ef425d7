/* The command line: one command is one word, one file cmd_WORD.c and one line in commands.def.
 */
#ifndef PF_BENCH_COMMAND_H
#define PF_BENCH_COMMAND_H

#include "core/arena.h"
#include "core/status.h"

#include <stddef.h>

typedef struct pf_command {
    const char *name;
    const char *section; /* heading in `prefront --help` */
    const char *usage;   /* arguments as help shows them: "SPEC [--json]" */
    const char *summary; /* one line */
    /* argv[0] is "prefront NAME" (for argp's messages). Returns the exit code: 0 done, 1 a run
     * failed or a comparison found a difference, 2 usage or bad input. */
    int (*run)(int argc, char **argv);
} pf_command;

/* pf_command_list, pf_command_describe, ... */
#define PF_COMMAND(word) extern const pf_command pf_command_##word;
#include "bench/commands.def"
#undef PF_COMMAND

size_t pf_command_count(void);
const pf_command *pf_command_at(size_t i);

/* "0.1.0" */
const char *pf_version(void);

/* Parses with argp so that every command behaves alike: --help on stdout with exit 0, a usage
 * error is one line on stderr and exit 2 (an unknown long option suggests the nearest). A
 * parser reports its own with argp_error(state, ...) and returns; never with argp_usage.
 * Returns -1 to go on, else the exit code to return. `parser` is a const struct argp *,
 * `input` its cookie. */
struct argp;
int pf_command_parse(const pf_command *command, const struct argp *parser, int argc,
                     char **argv, void *input);

/* Keeps the one word that a command takes beside its options; refuses a second. To be returned
 * for ARGP_KEY_ARG. */
int pf_command_word(const char *word, const char **kept);

/* Prints "prefront NAME: sentence" on stderr and returns the status's exit code. */
int pf_command_fail(const pf_command *command, pf_status status, const pf_error *error);

/* A whole command for most: parses into `input`, then calls `answer` with an arena of its own
 * and says what went wrong. Returns the exit code. */
typedef pf_status pf_command_answer(const void *input, pf_arena *arena, pf_error *error);
int pf_command_serve(const pf_command *command, const struct argp *parser, int argc,
                     char **argv, void *input, pf_command_answer *answer);

#endif
