#!/bin/sh
# From a fresh clone to a report: installs what is missing (Debian 12), builds the program into
# build/, runs a small suite, draws a figure, writes the report page, and says where they are.
# Run it again whenever you like: what is done is not done again.
set -eu
cd "$(dirname "$0")/.."
. bench/packages.sh

# shellcheck disable=SC2086 # lists of words
prefront_packages $prefront_build_packages $prefront_draw_packages
jobs=$(nproc)

echo "Building build/prefront ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { cmake --preset release && cmake --build --preset release --target prefront; } \
    >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi

out=out/quickstart
build/prefront run bench/suites/quick.ini -o "$out/run" -j "$jobs"
build/prefront report "$out/run" -o "$out/report.html"
build/prefront figure mopo-front --quick -o "$out/figures" -j "$jobs"

echo
echo "Done. Open these:"
echo "  report   $(pwd)/$out/report.html"
for figure in "$out"/figures/*.svg; do
    echo "  figure   $(pwd)/$figure"
done
echo "The numbers behind them: $out/run/results.tsv, $out/figures/*.tsv"
echo "Next: build/prefront --help, and the tour in README.md"
