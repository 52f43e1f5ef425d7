#include "core/status.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    int exit_code;
    const char *sentence;
} status_table[] = {
#define STATUS_ROW(id, word, code, sentence) {word, code, sentence},
    PF_STATUS_TABLE(STATUS_ROW)
#undef STATUS_ROW
};

const char *pf_status_word(pf_status status)
{
    return status_table[status].word;
}

const char *pf_status_sentence(pf_status status)
{
    return status_table[status].sentence;
}

int pf_status_exit(pf_status status)
{
    return status_table[status].exit_code;
}

pf_status pf_status_of_word(const char *word)
{
    int status = 0;
    while (status < PF_STATUS_COUNT && strcmp(status_table[status].word, word) != 0)
        status++;
    return (pf_status)status;
}

#undef pf_fail

pf_status pf_fail(pf_error *error, pf_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    pf_clean_text(error->text);
    return status;
}
