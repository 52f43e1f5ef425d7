#include "tests/check.h"

#include "plots/draw/gnuplot.h"
#include "plots/draw/style.h"
#include "plots/draw/whole.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/prefront-gnuplot-XXXXXX";
static const char *old_path;

static int open_directory(void **state)
{
    (void)state;
    old_path = getenv("PATH") ? strdup(getenv("PATH")) : strdup("");
    return mkdtemp(directory) ? 0 : -1;
}

static int close_directory(void **state)
{
    (void)state;
    free((void *)(uintptr_t)old_path);
    return rmdir(directory);
}

static int restore_path(void **state)
{
    (void)state;
    return setenv("PATH", old_path, 1);
}

static const char *place(const char *name, pf_arena *arena)
{
    return pf_format(arena, "%s/%s", directory, name);
}

static void write_text(const char *path, const char *text)
{
    put_file(path, strlen(text), text);
}

static void quoting_leaves_nothing_to_run(void **state)
{
    (void)state;
    static const struct {
        const char *text, *quoted;
    } cases[] = {
        {"", "''"},
        {"plain", "'plain'"},
        {"it's", "'it''s'"},
        {"''", "''''''"},
        {"a\nb\tc\r\x7f", "'a b c  '"},
        {"`rm -rf x` \"y\" \\n $(z) {a}_b^c", "'`rm -rf x` \"y\" \\n $(z) {a}_b^c'"},
        {"\xce\xb2 = 0,1", "'\xce\xb2 = 0,1'"},
    };
    pf_arena *arena = pf_arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(pf_gnuplot_quoted(cases[i].text, arena), cases[i].quoted);
    pf_arena_free(arena);
}

static void a_shell_in_a_title_is_not_run(void **state)
{
    (void)state;
    pf_arena *arena = pf_arena_new();
    pf_error error;
    const char *proof = place("proof", arena), *script = place("title.gp", arena);
    FILE *stream = fopen(script, "w");
    pf_gnuplot_begin(PF_SVG, 300, 200, "it's `touch proof`", stream);
    const char *evil =
        pf_format(arena, "x' `touch %s` \"`touch %s`\" \n`touch %s`", proof, proof, proof);
    fprintf(stream, "set title %s\nset xlabel %s\nplot x\n", pf_gnuplot_quoted(evil, arena),
            pf_gnuplot_quoted("a_b^{c} @d &e", arena));
    pf_gnuplot_end(stream);
    fclose(stream);
    const char *scripts[] = {"title.gp"};
    pf_status status = pf_gnuplot_run(directory, 1, scripts, &error);
    unlink(script);
    if (status == PF_UNAVAILABLE) {
        pf_arena_free(arena);
        skip();
    }
    assert_ok(status, &error);
    assert_int_equal(access(proof, F_OK), -1);
    const char *svg = place("it's `touch proof`.svg", arena);
    size_t size;
    char *text;
    assert_ok(pf_read_whole(svg, arena, &size, &text, &error), &error);
    unlink(svg);
    assert_non_null(strstr(text, "a_b^{c} @d &amp;e")); /* drawn as it stands */
    pf_arena_free(arena);
}

static void a_script_begins_with_terminal_and_output(void **state)
{
    (void)state;
    char text[2000] = "";
    FILE *stream = fmemopen(text, sizeof text, "w");
    pf_gnuplot_begin(PF_SVG, 640, 480, "name", stream);
    fclose(stream);
    assert_non_null(strstr(text, "reset\n"));
    assert_non_null(strstr(text, "set terminal svg noenhanced size 640,480 "));
    assert_non_null(strstr(text, "set output 'name.svg'\n"));
    stream = fmemopen(text, sizeof text, "w");
    pf_gnuplot_begin(PF_DUMB, 640, 480, "name", stream);
    fclose(stream);
    assert_non_null(strstr(text, "set terminal dumb noenhanced size 80,30\n"));
    assert_null(strstr(text, "set output"));
}

static void terminals_are_found_by_word(void **state)
{
    (void)state;
    pf_error error;
    pf_terminal terminal;
    for (int i = 0; i < PF_TERMINAL_COUNT; i++) {
        assert_ok(pf_terminal_find(pf_terminal_word((pf_terminal)i), &terminal, &error),
                  &error);
        assert_int_equal(terminal, i);
    }
    assert_fails(pf_terminal_find("pgn", &terminal, &error), PF_INVALID, &error, "'png'");
}

static void a_missing_gnuplot_names_its_package(void **state)
{
    (void)state;
    pf_error error;
    pf_arena *arena = pf_arena_new();
    const char *program, *scripts[] = {"a.gp"};
    static const char *const paths[] = {"", ":", "/nonexistent:", "::/nonexistent"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        setenv("PATH", paths[i], 1);
        assert_fails(pf_gnuplot_find(arena, &program, &error), PF_UNAVAILABLE, &error,
                     "gnuplot-nox");
        assert_fails(pf_gnuplot_run(directory, 1, scripts, &error), PF_UNAVAILABLE, &error,
                     "gnuplot-nox");
    }
    pf_arena_free(arena);
}

/* A gnuplot of our own tells what the driver passes and shows how it treats the outcome. */
static void the_driver_passes_arguments_and_words(void **state)
{
    (void)state;
    pf_error error;
    pf_arena *arena = pf_arena_new();
    const char *fake = place("gnuplot", arena), *seen = place("seen", arena);
    write_text(fake, "#!/bin/sh\necho \"$0 $*\" >seen\npwd >>seen\n"
                     "echo '  \"a.gp\" line 3:   bad' >&2\n[ \"$2\" != 'bad one.gp' ]\n");
    chmod(fake, 0755);
    setenv("PATH", pf_format(arena, "/nonexistent:%s", directory), 1);
    const char *good[] = {"a.gp", "it's.gp"}, *bad[] = {"bad one.gp"};
    assert_ok(pf_gnuplot_run(directory, 2, good, &error), &error);
    size_t size;
    char *text;
    assert_ok(pf_read_whole(seen, arena, &size, &text, &error), &error);
    assert_string_equal(
        text, pf_format(arena, "%s/gnuplot -d a.gp it's.gp\n%s\n", directory, directory));
    assert_fails(pf_gnuplot_run(directory, 1, bad, &error), PF_IO, &error,
                 "gnuplot failed: \"a.gp\" line 3: bad");
    write_text(fake, "#!/bin/sh\nkill -9 $$\n");
    assert_fails(pf_gnuplot_run(directory, 1, good, &error), PF_IO, &error, "signal 9");
    write_text(fake, "#!/bin/sh\necho 'Pango: failed to choose a font' >&2\n");
    assert_fails(pf_gnuplot_run(directory, 1, good, &error), PF_UNAVAILABLE, &error, "no font");
    unlink(seen);
    unlink(fake);
    pf_arena_free(arena);
}

static void the_same_script_gives_the_same_bytes(void **state)
{
    (void)state;
    pf_error error;
    pf_arena *arena = pf_arena_new();
    const char *script = place("same.gp", arena), *svg = place("same.svg", arena);
    const char *scripts[] = {"same.gp"};
    FILE *stream = fopen(script, "w");
    pf_gnuplot_begin(PF_SVG, 300, 200, "same", stream);
    fprintf(stream, "plot sin(x) with linespoints\n");
    pf_gnuplot_end(stream);
    fclose(stream);
    pf_status status = pf_gnuplot_run(directory, 1, scripts, &error);
    if (status == PF_UNAVAILABLE) {
        unlink(script);
        pf_arena_free(arena);
        skip();
    }
    size_t size;
    char *first, *second;
    assert_ok(status, &error);
    assert_ok(pf_read_whole(svg, arena, &size, &first, &error), &error);
    assert_ok(pf_gnuplot_run(directory, 1, scripts, &error), &error);
    assert_ok(pf_read_whole(svg, arena, &size, &second, &error), &error);
    assert_string_equal(first, second);
    unlink(script);
    unlink(svg);
    pf_arena_free(arena);
}

static void series_of_one_plot_are_told_apart(void **state)
{
    (void)state;
    const char *labels[] = {"mopo lag=true", "mopo",         "morlhf", "modpo margin=true",
                            "modpo",         "soup",         "dpo-lw", "dpo",
                            "stranger",      "stranger b=2", "other"};
    enum { N = sizeof labels / sizeof *labels };
    pf_style styles[N], alone[1];
    pf_style_assign(N, labels, styles);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(styles[i].mark, styles[j].mark);
    assert_string_equal(styles[0].colour, styles[1].colour); /* one method, one colour */
    assert_string_equal(styles[8].colour, styles[9].colour);
    assert_string_not_equal(styles[6].colour, styles[7].colour); /* dpo-lw is not dpo */
    pf_style_assign(1, labels + 4, alone);
    assert_string_equal(alone[0].colour, styles[4].colour); /* whatever else is drawn */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting_leaves_nothing_to_run),
        cmocka_unit_test(a_shell_in_a_title_is_not_run),
        cmocka_unit_test(a_script_begins_with_terminal_and_output),
        cmocka_unit_test(terminals_are_found_by_word),
        cmocka_unit_test_teardown(a_missing_gnuplot_names_its_package, restore_path),
        cmocka_unit_test_teardown(the_driver_passes_arguments_and_words, restore_path),
        cmocka_unit_test(the_same_script_gives_the_same_bytes),
        cmocka_unit_test(series_of_one_plot_are_told_apart),
    };
    return cmocka_run_group_tests(tests, open_directory, close_directory);
}
