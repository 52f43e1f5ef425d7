#!/bin/sh
# `sh bench/quickstart.sh` in a copy of the sources: ends by naming a report and a figure that
# exist, and a second run does nothing twice. The packages are there, so no network is needed.
# SOURCE: the checkout.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$SOURCE"
git ls-files | tar -cf - -T - | tar -xf - -C "$work"
cd "$work"

sh bench/quickstart.sh >first 2>err || { cat first err; exit 1; }
report=$(sed -n 's/^  report   //p' first)
figure=$(sed -n 's/^  figure   //p' first)
[ -n "$report" ] && [ -s "$report" ]
[ -n "$figure" ] && [ -s "$figure" ]
grep -q '<svg' "$figure"
before=$(md5sum <out/quickstart/run/results.tsv)
sh bench/quickstart.sh >second 2>err || { cat second err; exit 1; }
[ "$before" = "$(md5sum <out/quickstart/run/results.tsv)" ]
