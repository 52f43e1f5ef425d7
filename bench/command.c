#include "bench/command.h"

#include "core/text.h"

#include <argp.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const pf_command *const command_all[] = {
#define PF_COMMAND(word) &pf_command_##word,
#include "bench/commands.def"
#undef PF_COMMAND
};

#define PF_COMMAND(word) COMMAND_##word,
enum {
#include "bench/commands.def"
    COMMANDS
};
#undef PF_COMMAND

enum { LONG_OPTIONS_MOST = 64 };

size_t pf_command_count(void)
{
    return COMMANDS;
}

const pf_command *pf_command_at(size_t i)
{
    return command_all[i];
}

const char *pf_version(void)
{
    return PF_VERSION;
}

/* What argp said while parsing. */
typedef struct command_session {
    void *input; /* the command's own */
    FILE *log;
} command_session;

static error_t command_hook(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    command_session *session = state->input;
    state->child_inputs[0] = session->input;
    state->err_stream = session->log;
    return 0;
}

/* The long option of that name (a unique beginning is enough), or NULL; `names` collects all
 * long names. */
static const struct argp_option *command_long(const struct argp *parser, const char *word,
                                              size_t length, size_t *n, const char **names)
{
    const struct argp_option *found = NULL;
    for (const struct argp_option *o = parser->options; o && (o->name || o->key || o->doc);
         o++) {
        if (!o->name || *n == LONG_OPTIONS_MOST)
            continue;
        names[(*n)++] = o->name;
        if (strncmp(o->name, word, length) == 0 && (!found || strlen(o->name) == length))
            found = o;
    }
    return found;
}

static const struct argp_option *command_short(const struct argp *parser, int key)
{
    for (const struct argp_option *o = parser->options; o && (o->name || o->key || o->doc); o++)
        if (o->key == key)
            return o;
    return NULL;
}

/* Looks at one word before argp does. Returns 0 to go on, 1 when the next word is this one's
 * argument, 2 for --help, 3 when it is no option of the command (said on stderr). */
static int command_look(const struct argp *parser, const char *owner, const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return 2;
    if (word[0] != '-' || word[1] == '\0')
        return 0;
    if (word[1] != '-') {
        const struct argp_option *option = command_short(parser, word[1]);
        return option && option->arg && word[2] == '\0';
    }
    size_t n = 0, length = strcspn(word + 2, "=");
    const char *names[LONG_OPTIONS_MOST + 1];
    const struct argp_option *option = command_long(parser, word + 2, length, &n, names);
    if (option)
        return option->arg && !(option->flags & OPTION_ARG_OPTIONAL) &&
               word[2 + length] == '\0';
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, word + 2);
    names[n++] = "help";
    const char *nearest = pf_nearest(name, n, names);
    pf_error error;
    if (strcmp(name, "help") == 0)
        pf_fail(&error, PF_INVALID, "option '--help' doesn't allow an argument");
    else if (nearest)
        pf_fail(&error, PF_INVALID, "no option '--%s'; did you mean '--%s'?", name, nearest);
    else
        pf_fail(&error, PF_INVALID, "no option '--%s'; `%s --help` names them", name, owner);
    fprintf(stderr, "%s: %s\n", owner, error.text);
    return 3;
}

static void command_help(const pf_command *command, const struct argp *root, char *owner)
{
    printf("Usage: %s %s\n", owner, command->usage);
    printf("%c%s.\n\n", toupper((unsigned char)command->summary[0]), command->summary + 1);
    setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
    /* Docs begin with \v, and asking for what comes before it would print them twice. */
    argp_help(root, stdout, ARGP_HELP_LONG | ARGP_HELP_POST_DOC, owner);
}

/* Shows what argp logged as one line, without its pointing to --help. */
static void command_complain(char *log)
{
    char *hint = strstr(log, "\nTry `");
    if (hint)
        *hint = '\0';
    size_t length = strlen(log);
    if (length > 0 && log[length - 1] == '\n')
        log[length - 1] = '\0';
    if (*log && strncmp(log, "Try `", 5) != 0)
        fprintf(stderr, "%s\n", pf_clean_text(log));
}

int pf_command_parse(const pf_command *command, const struct argp *parser, int argc,
                     char **argv, void *input)
{
    static const struct argp_option help[] = {
        {"help", 'h', NULL, 0, "show this page", -1},
        {0},
    };
    struct argp_child children[] = {{parser, 0, NULL, 0}, {0}};
    struct argp root = {.options = help, .parser = command_hook, .children = children};
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        int seen = command_look(parser, argv[0], argv[i]);
        if (seen == 2)
            return command_help(command, &root, argv[0]), 0;
        if (seen == 3)
            return 2;
        i += seen;
    }
    char *log = NULL;
    size_t size = 0;
    command_session session = {.input = input, .log = open_memstream(&log, &size)};
    error_t failed = argp_parse(&root, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &session);
    fclose(session.log);
    bool bad = failed != 0 || size > 0;
    command_complain(log);
    free(log);
    return bad ? 2 : -1;
}

int pf_command_word(const char *word, const char **kept)
{
    if (*kept)
        return ARGP_ERR_UNKNOWN;
    *kept = word;
    return 0;
}

int pf_command_fail(const pf_command *command, pf_status status, const pf_error *error)
{
    const char *sentence = *error->text ? error->text : pf_status_sentence(status);
    fprintf(stderr, "prefront %s: %s\n", command->name, sentence);
    return pf_status_exit(status);
}

int pf_command_serve(const pf_command *command, const struct argp *parser, int argc,
                     char **argv, void *input, pf_command_answer *answer)
{
    int code = pf_command_parse(command, parser, argc, argv, input);
    if (code >= 0)
        return code;
    pf_arena *arena = pf_arena_new();
    pf_error error = {""};
    pf_status status = answer(input, arena, &error);
    pf_arena_free(arena);
    return status == PF_OK ? 0 : pf_command_fail(command, status, &error);
}
