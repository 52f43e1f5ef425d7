/* report: one self-contained page of a run directory. */
#include "bench/command.h"
#include "bench/report.h"

#include <argp.h>
#include <stdio.h>

typedef struct report_input {
    const char *directory, *path;
} report_input;

static const struct argp_option report_options[] = {
    {"output", 'o', "FILE", 0, "where the page goes (default: DIR/report.html)", 0},
    {0},
};

static const char report_doc[] =
    "\vThe page needs no network and no other file: pictures, data and scripts are inside. "
    "Without gnuplot it is written with a note in the place of each picture.\n\n"
    "Exit code: 0 when the page is written, 2 when DIR is not a run directory or the page "
    "cannot be written.";

static error_t report_parse(int key, char *arg, struct argp_state *state)
{
    report_input *input = state->input;
    switch (key) {
    case 'o':
        input->path = arg;
        return 0;
    case ARGP_KEY_ARG:
        return pf_command_word(arg, &input->directory);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "give a run directory, such as `prefront run` writes");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static pf_status report_tell(const void *given, pf_arena *arena, pf_error *error)
{
    const report_input *input = given;
    pf_error instead = {""};
    const char *path =
        input->path ? input->path : pf_format(arena, "%s/report.html", input->directory);
    pf_status status = pf_report_write(input->directory, path, &instead, error);
    if (status == PF_OK)
        printf("%s\n", path);
    if (instead.text[0])
        fprintf(stderr, "prefront report: no pictures: %s\n", instead.text);
    return status;
}

static int report_run(int argc, char **argv)
{
    report_input input = {0};
    const struct argp parser = {
        .options = report_options, .parser = report_parse, .doc = report_doc};
    return pf_command_serve(&pf_command_report, &parser, argc, argv, &input, report_tell);
}

const pf_command pf_command_report = {
    .name = "report",
    .section = "Suites",
    .usage = "DIR [-o FILE.html]",
    .summary = "writes fronts and tables of a run directory as one page",
    .run = report_run,
};
