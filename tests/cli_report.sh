#!/bin/sh
# report: one self-contained page, with and without gnuplot, for two and more objectives.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
fail() { echo "cli_report: $*" >&2; exit 1; }
code() { want=$1; shift; got=0; "$@" >"$place/out" 2>"$place/err" || got=$?
         [ "$got" -eq "$want" ] || { cat "$place/out" "$place/err" >&2; fail "exit $got, wanted $want: $*"; }; }

cat >"$place/suite.ini" <<'S'
[suite]
name = tiny
seed = 3
pairs = exact, 500
[problem canonical]
case = bt, unsupported, deterministic
[problem random]
objectives = 4
contexts = 2
responses = 4
[solver mopo]
threshold = 20%, 80%
[solver modpo]
weights = grid 3
[solver dpo]
objective = 0, 1
S
"$PREFRONT" run "$place/suite.ini" -o "$place/run" -j 2 >/dev/null 2>&1 || [ $? -eq 1 ]

# Nothing outside is needed.
alone() {
    grep -qi '</html>' "$1" || fail "not a whole page"
    if grep -Eo "(src|href) *= *[\"']?[^\"' >]*" "$1" | grep -Ev "href=[\"'](#|data:)"; then
        fail "the page refers to something outside"
    fi
    ! grep -Eq '@import|<link|<iframe' "$1" || fail "the page loads something"
}

mkdir "$place/bin"
code 0 env PATH="$place/bin" "$PREFRONT" report "$place/run" -o "$place/bare.html"
alone "$place/bare.html"
grep -q gnuplot-nox "$place/err" || fail "no hint at the package"
grep -q 'gnuplot-nox' "$place/bare.html" || fail "no note in the place of a picture"
! grep -q '<svg' "$place/bare.html" || fail "a picture from nowhere"
[ "$(grep -o 'download="front-[1-4].tsv"' "$place/bare.html" | wc -l)" -eq 4 ] || fail "no data"
grep -q separable "$place/bare.html" || fail "failures are not told"

code 2 "$PREFRONT" report "$place/nothing"
grep -q "$place/nothing" "$place/err" || fail "the message does not name the directory"
code 2 "$PREFRONT" report "$place/run" -o "$place/no/such/page.html"
code 2 "$PREFRONT" report

command -v gnuplot >/dev/null || { echo "gnuplot is not installed: pictures not tested"; exit 0; }
code 0 "$PREFRONT" report "$place/run"
alone "$place/run/report.html"
[ "$(grep -c '<svg' "$place/run/report.html")" -eq 4 ] || fail "not a picture per problem"
cp "$place/run/report.html" "$place/first.html"
code 0 "$PREFRONT" report "$place/run"
cmp "$place/first.html" "$place/run/report.html" || fail "the same run gives another page"
