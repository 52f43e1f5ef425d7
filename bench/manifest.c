#include "bench/manifest.h"

#include "bench/command.h"
#include "bench/json.h"
#include "core/kernels.h"
#include "plots/draw/whole.h"

#include <gsl/gsl_version.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

const char *pf_manifest_time(pf_arena *arena)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[32];
    gmtime_r(&now, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return pf_copy_text(arena, text);
}

static json_t *manifest_program(void)
{
    return json_pack("{ssssssssss}", "version", pf_version(), "compiler", __VERSION__, "flags",
                     PF_FLAGS, "build", PF_BUILD_TYPE, "kernels", pf_kernel_isa());
}

static json_t *manifest_host(int threads)
{
    struct utsname host;
    if (uname(&host) != 0)
        return json_null();
    return json_pack("{sssssssIsi}", "name", host.nodename, "system", host.sysname, "release",
                     host.release, "processors", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN),
                     "threads", threads);
}

pf_status pf_manifest_write(const char *path, const pf_suite *suite, int threads,
                            const char *started, const char *finished, pf_arena *arena,
                            pf_error *error)
{
    pf_whole whole;
    char whole_path[PATH_MAX]; /* rows name files from the suite's folder, wherever we are later
                                */
    const char *suite_path = realpath(suite->path, whole_path) ? whole_path : suite->path;
    json_t *document =
        json_pack("{sssisososIsIsssosossss*so}", "format", "prefront-run", "version", 1, "name",
                  pf_json_text(suite->name), "suite_file", pf_json_text(suite_path), "seed",
                  (json_int_t)suite->seed, "jobs", (json_int_t)suite->job_count, "suite",
                  suite->text, "program", manifest_program(), "libraries",
                  json_pack("{ssss}", "gsl", gsl_version, "jansson", jansson_version_str()),
                  "started", started, "finished", finished, "host", manifest_host(threads));
    if (!document)
        return pf_fail(error, PF_INVALID, "%s: not UTF-8 text", suite->path);
    if (pf_whole_open(path, arena, &whole, error) != PF_OK) {
        json_decref(document);
        return PF_IO;
    }
    json_dumpf(document, whole.stream, JSON_INDENT(2));
    json_decref(document);
    fputc('\n', whole.stream);
    return pf_whole_finish(&whole, error);
}
