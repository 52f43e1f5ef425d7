#!/bin/sh
# An installed prefront is found by CMake and by pkg-config, and its program and suites are there.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$BUILD" --prefix "$work/prefix" >"$work/log" || {
    cat "$work/log"
    exit 1
}

# What only the library's own files include stays out.
if [ -e "$work/prefix/include/prefront/core/elementary.h" ]; then
    echo 'core/elementary.h is private, but installed'
    exit 1
fi

# A consumer is linked with what the library was instrumented with.
flags=
if grep -q '^PREFRONT_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt"; then
    flags='-fsanitize=address,undefined'
fi
if grep -q '^PREFRONT_COVERAGE:BOOL=ON' "$BUILD/CMakeCache.txt"; then
    flags='--coverage'
fi

mkdir "$work/consumer"
cd "$work/consumer"
cat >main.c <<'C'
#include "problems/model/optimum.h"
#include "solvers/run.h"

#include <math.h>
#include <stdio.h>

/* Rewards 2, 1, 0, -1 and beta 1: the optimum is their softmax. */
int main(void)
{
    pf_error error;
    pf_method method;
    const pf_problem *problem;
    pf_random random;
    pf_arena *arena = pf_arena_new();
    if (pf_problem_build("canonical:case=bt", arena, &problem, &error) != PF_OK ||
        pf_method_read("morlhf:beta=1,weights=1/0", arena, &method, &error) != PF_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    pf_random_open(&random, 1, "consumer", "", 0);
    pf_request request = {.problem = problem, .method = method, .random = &random};
    pf_outcome outcome = pf_solve(&request, arena);
    double z = exp(2) + exp(1) + 1 + exp(-1);
    int wrong = outcome.status != PF_OK || fabs(outcome.policy[0] - exp(2) / z) > 1e-12;
    pf_arena_free(arena);
    return wrong;
}
C
cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(prefront 0.1 REQUIRED)
add_executable(consumer main.c)
target_link_libraries(consumer PRIVATE prefront::prefront m)
CMAKE
cmake -G Ninja -B build -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_FLAGS="$flags" >log 2>&1 &&
    cmake --build build >>log 2>&1 || {
    cat log
    exit 1
}
build/consumer
echo 'find_package: ok'

PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name prefront.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046,SC2086
${CC:-cc} -std=c17 $flags main.c $(pkg-config --cflags --libs prefront) -o by-pkg-config
./by-pkg-config
echo 'pkg-config: ok'

"$work/prefix/bin/prefront" --version
"$work/prefix/bin/prefront" run "$work/prefix/share/prefront/suites/quick.ini" -o run
