#!/bin/sh
# What a user of `prefront indicators` sees: numbers, the reference used, and one clear message
# with exit code 2 for every kind of bad input.
set -u
cases=$SOURCE/tests/cases/hv
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

complain() {
    echo "FAILED: $1"
    sed 's/^/    /' "$work/out" "$work/err"
    failures=$((failures + 1))
}

# says TEXT ARGUMENT...: exit 0, nothing on stderr, stdout contains the text.
says() {
    text=$1
    shift
    "$PREFRONT" indicators "$@" >"$work/out" 2>"$work/err" || complain "$* exits with $?"
    [ ! -s "$work/err" ] || complain "$* writes to stderr"
    grep -qF -e "$text" "$work/out" || complain "$* does not say: $text"
}

# refuses TEXT ARGUMENT...: exit 2, nothing on stdout, one line on stderr with the text.
refuses() {
    text=$1
    shift
    "$PREFRONT" indicators "$@" >"$work/out" 2>"$work/err"
    code=$?
    [ $code -eq 2 ] || complain "$* exits with $code, not 2"
    [ ! -s "$work/out" ] || complain "$* writes to stdout"
    [ "$(wc -l <"$work/err")" -eq 1 ] || complain "$* does not write one line"
    grep -qF -e "$text" "$work/err" || complain "$* does not say: $text"
}

printf '1 2\n2 1\n\n0 3\n0 3\n' >"$work/two"
printf '1 2\n3 4 5\n' >"$work/ragged"
printf '1 2\nnan 4\n' >"$work/nan"
printf '4 5\n' >"$work/point"
: >"$work/empty"

# By hand: (1,2) (2,1) dominate (4-1)(5-2) + (4-2)(2-1) = 11 below (4,5); (0,3) twice 4*2 = 8.
says '"hv": 11.0' "$work/two" --ref '4 5' --json
says '"hv": 8.0' "$work/two" --ref '4, 5' --json
says '"ref": [4.0, 5.0], "ref_rule": "file:' "$work/two" --ref "file:$work/point" --json
says '"contributions": [3.0, 2.0]' "$work/two" --ref '4 5' --contributions --json
says '"contributions": [0.0, 0.0]' "$work/two" --ref '4 5' --contributions --json
says '"ranks": [0, 1]' "$work/two" --direction min,max --ref '4 0' --ranks --json
says '"direction": ["max", "max"]' "$work/two" --max --json
says '"igd": null, "igd_plus": null, "gd": null, "eps_add": null, "eps_mult": null' \
    "$work/two" --json
says '"igd": 0.0, "igd_plus": 0.0, "gd": 0.0, "eps_add": 0.0, "eps_mult": 1.0' \
    "$work/point" --reference-set "$work/point" --json
# The front of the union of both sets spans 0..2 and 1..3, so 10% are 0.2.
says '"ref": [2.2000000000000002, 3.2000000000000002], "ref_rule": "nadir+10%"' \
    "$work/two" --json
says 'reference 2.2 3.2 (nadir+10%), directions min,min' "$work/two"
says 'reference 3 4 (nadir+50%), directions min,min' "$work/two" --ref nadir+50%
says 'hypervolume 0: no point beats the reference in objective 1: the best value is 3, the reference 2' \
    "$work/two" --ref '4 2'
says 'none beats it in all of them' "$cases/zero_d03_n8.txt" --ref '1.1 1.1 1.1' --json
"$PREFRONT" indicators - --ref '4 5' <"$work/two" >"$work/out" 2>"$work/err" ||
    complain 'standard input is not read'
grep -q '^- *1 .* 8$' "$work/out" || complain 'standard input: the second set has another volume'

refuses 'missing cannot be opened: No such file' "$work/missing"
refuses 'ragged, line 2: the row has 3 numbers, that of line 1 has 2' "$work/ragged"
refuses "nan, line 2, column 1: 'nan' is not a finite number" "$work/nan"
refuses 'empty has no points: it is empty' "$work/empty"
refuses "--ref has 3 numbers, but $work/two has 2 objectives" "$work/two" --ref '1 1 1'
refuses "--ref: 'nadir-10%' is not a finite number" "$work/two" --ref nadir-10%
refuses "--ref: 'nan' is not a finite number" "$work/two" --ref '1 nan'
refuses "two has 4 rows" "$work/two" --ref "file:$work/two"
refuses '--direction names 3 objectives' "$work/two" --direction max,min,max
refuses "--direction: 'up' is neither max nor min" "$work/two" --direction max,up
refuses '--max and --direction exclude each other' "$work/two" --direction max,min --max
refuses 'has 3 objectives and' "$work/two" "$cases/ties_d03_n120.txt"
printf '1e308 -1e308\n-1e308 1e308\n' >"$work/far"
"$PREFRONT" indicators "$work/far" >"$work/out" || fail 'far points'
grep -q 'hypervolume none: the measure is larger than any double' "$work/out" || fail 'far points'
refuses 'no FILE of points'
refuses "did you mean '--ranks'" "$work/two" --rank5

[ $failures -eq 0 ] || echo "$failures failed"
[ $failures -eq 0 ]
