/* Outcomes: what a function returns when something expected goes wrong, and how it says so.
 *
 * A caller's bug is an assert. An expected failure is a pf_status plus one written sentence;
 * the first function that fails writes the sentence, and it names the file, line, option or
 * cell. Nothing in the library prints or exits. */
#ifndef PF_CORE_STATUS_H
#define PF_CORE_STATUS_H

#include <stdbool.h>

/* X(identifier, word in tables, exit code of a command that ends so, sentence) */
#define PF_STATUS_TABLE(X)                                                                     \
    X(PF_OK, "ok", 0, "done")                                                                  \
    X(PF_INVALID, "invalid", 2, "the input is not usable")                                     \
    X(PF_IO, "io", 2, "a file cannot be read or written")                                      \
    X(PF_UNSUPPORTED, "unsupported", 2, "the method does not apply to this problem")           \
    X(PF_UNAVAILABLE, "unavailable", 2, "a program that this needs is not installed")          \
    X(PF_SEPARABLE, "separable", 1, "the data have no finite optimum")                         \
    X(PF_INFEASIBLE, "infeasible", 1, "no policy meets the thresholds")                        \
    X(PF_DIVERGED, "diverged", 1, "the numbers left the finite range")                         \
    X(PF_UNCONVERGED, "unconverged", 1, "the budget ended before the tolerance was met")

#define PF_STATUS_ENUM(id, word, code, sentence) id,
typedef enum pf_status { PF_STATUS_TABLE(PF_STATUS_ENUM) PF_STATUS_COUNT } pf_status;
#undef PF_STATUS_ENUM

/* One sentence for a person, without a final newline. Owned by the caller. */
typedef struct pf_error {
    char text[1024];
} pf_error;

/* The word written in result tables ("ok", "separable", ...). */
const char *pf_status_word(pf_status status);

/* The general sentence of a status. */
const char *pf_status_sentence(pf_status status);

/* Exit code of a command that ends with this status: 0 done, 1 a run failed, 2 bad input. */
int pf_status_exit(pf_status status);

/* The status whose word this is; PF_STATUS_COUNT when there is none. */
pf_status pf_status_of_word(const char *word);

/* Writes the sentence, as one line of UTF-8 (whatever name stands in it) and cut at the end of
 * the buffer, and returns the status, so that a
 * failing function ends with `return pf_fail(error, PF_INVALID, "...")`. */
pf_status pf_fail(pf_error *error, pf_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The analyser sees one file at a time; so it knows what a failure returns. */
#ifdef __clang_analyzer__
#define pf_fail(error, status, ...) (pf_fail((error), (status), __VA_ARGS__), (status))
#endif

/* Passes a failure up; the error was written where it happened. */
#define PF_TRY(call)                                                                           \
    do {                                                                                       \
        pf_status pf_try_status = (call);                                                      \
        if (pf_try_status != PF_OK)                                                            \
            return pf_try_status;                                                              \
    } while (0)

#endif
