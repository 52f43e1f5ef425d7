#include "plots/draw/whole.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Renaming over a device, a pipe or a link would put a file in its place. */
static bool whole_is_replaceable(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) != 0 || S_ISREG(facts.st_mode);
}

pf_status pf_whole_open(const char *path, pf_arena *arena, pf_whole *whole, pf_error *error)
{
    whole->path = pf_copy_text(arena, path);
    whole->part = whole_is_replaceable(path)
                      ? pf_format(arena, "%s.%ld.part", path, (long)getpid())
                      : NULL;
    whole->stream = fopen(whole->part ? whole->part : path, "we");
    return whole->stream ? PF_OK
                         : pf_fail(error, PF_IO, "cannot write %s: %s", path, strerror(errno));
}

pf_status pf_whole_finish(pf_whole *whole, pf_error *error)
{
    bool failed = ferror(whole->stream);
    errno = failed ? ENOSPC : 0; /* what an earlier write most likely met */
    failed = fclose(whole->stream) != 0 || failed;
    if (!failed && (!whole->part || rename(whole->part, whole->path) == 0))
        return PF_OK;
    pf_fail(error, PF_IO, "cannot write %s: %s", whole->path, strerror(errno));
    if (whole->part)
        unlink(whole->part);
    return PF_IO;
}

void pf_whole_drop(pf_whole *whole)
{
    fclose(whole->stream);
    if (whole->part)
        unlink(whole->part);
}

/* Everything that is left of a stream; NULL when reading failed. */
static char *whole_rest(FILE *stream, pf_arena *arena, size_t *size)
{
    size_t room = 1 << 14;
    char *text = PF_NEW(arena, char, room);
    *size = 0;
    for (;;) {
        size_t got = fread(text + *size, 1, room - *size - 1, stream);
        *size += got;
        if (got == 0)
            break;
        if (*size + 1 == room) {
            char *wider = PF_NEW(arena, char, 2 * room);
            memcpy(wider, text, *size);
            text = wider;
            room *= 2;
        }
    }
    text[*size] = '\0';
    return ferror(stream) ? NULL : text;
}

pf_status pf_read_whole(const char *path, pf_arena *arena, size_t *size, char **text,
                        pf_error *error)
{
    FILE *stream = fopen(path, "re");
    *text = stream ? whole_rest(stream, arena, size) : NULL;
    if (!*text)
        pf_fail(error, PF_IO, "cannot read %s: %s", path, strerror(errno));
    if (stream)
        fclose(stream);
    return *text ? PF_OK : PF_IO;
}
