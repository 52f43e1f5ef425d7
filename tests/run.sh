#!/bin/sh
# Installs what is missing (Debian 12), builds, and runs every test: first the quick ones with
# warnings as errors under ASan and UBSan (build-dev/), then all of them as users get the program
# (build/). Ends with ctest's summary. Offline when the packages are there.
set -eu
cd "$(dirname "$0")/.."
. bench/packages.sh

# shellcheck disable=SC2086 # lists of words
prefront_packages $prefront_build_packages $prefront_draw_packages libcmocka-dev git
jobs=$(nproc)

cmake --preset dev
cmake --build --preset dev
ctest --preset dev --no-tests=error -j "$jobs" -LE slow

cmake --preset release
cmake --build --preset release
ctest --preset release --no-tests=error -j "$jobs"
