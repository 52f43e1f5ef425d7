/* prefront COMMAND: finds the command and hands its words over. */
#include "bench/command.h"
#include "core/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void main_section(const char *section, FILE *stream)
{
    fprintf(stream, "\n%s\n", section);
    for (size_t i = 0; i < pf_command_count(); i++) {
        const pf_command *command = pf_command_at(i);
        if (strcmp(command->section, section) == 0)
            fprintf(stream, "  %-12s%s\n", command->name, command->summary);
    }
}

/* Commands under their headings, a heading where its first command stands. */
static void main_help(FILE *stream)
{
    fputs("Usage: prefront COMMAND [ARGUMENT...]\n"
          "Benchmark harness for multi-objective preference optimisation.\n",
          stream);
    for (size_t i = 0; i < pf_command_count(); i++) {
        const char *section = pf_command_at(i)->section;
        size_t first = 0;
        while (strcmp(pf_command_at(first)->section, section) != 0)
            first++;
        if (first == i)
            main_section(section, stream);
    }
    fputs("\n`prefront COMMAND --help` explains a command; `prefront --version` names the "
          "build.\n",
          stream);
}

static const pf_command *main_find(const char *word)
{
    const char *names[64];
    size_t n = pf_command_count() < 64 ? pf_command_count() : 64;
    for (size_t i = 0; i < n; i++) {
        names[i] = pf_command_at(i)->name;
        if (strcmp(names[i], word) == 0)
            return pf_command_at(i);
    }
    pf_error error;
    const char *nearest = pf_nearest(word, n, names);
    if (nearest)
        pf_fail(&error, PF_INVALID, "no command '%s'; did you mean '%s'?", word, nearest);
    else
        pf_fail(&error, PF_INVALID, "no command '%s'; `prefront --help` names them", word);
    fprintf(stderr, "prefront: %s\n", error.text);
    return NULL;
}

/* A standard stream that the caller closed would be the next file opened, and what is printed
 * would land in it. Reading nothing stands in its place: writing still fails, and is told. */
static void main_keep_streams(void)
{
    int file;
    do
        file = open("/dev/null", O_RDONLY);
    while (file >= 0 && file <= STDERR_FILENO);
    if (file >= 0)
        close(file);
}

/* Runs what the words ask for; `name` is what its messages begin with. */
static int main_run(int argc, char **argv, size_t size, char *name)
{
    if (argc < 2) {
        main_help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        main_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("prefront %s\n", pf_version());
        return 0;
    }
    const pf_command *command = main_find(argv[1]);
    if (!command)
        return 2;
    snprintf(name, size, "prefront %s", command->name);
    argv[1] = name;
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    char name[64] = "prefront";
    main_keep_streams();
    int code = main_run(argc, argv, sizeof name, name);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (code < 2) /* else it said why already */
            fprintf(stderr, "%s: cannot write to standard output\n", name);
        return 2;
    }
    return code;
}
