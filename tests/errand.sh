# shellcheck shell=sh disable=SC2154 # command: see below
# For the scripts about one command, which set `command` to its name and read this file.
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# says WORDS: the last answer holds them, byte for byte.
says() {
    grep -qF -- "$1" "$scratch/out" || fail "no '$1' in: $(cat "$scratch/out")"
}

# ask ARGUMENT...: the answer that says looks at.
ask() {
    "$PREFRONT" "$command" "$@" >"$scratch/out" 2>"$scratch/err" || fail "$command $*: exit $?"
}

# refuses WORDS ARGUMENT...: exit 2, nothing on stdout, one line on stderr with these words.
refuses() {
    words=$1
    shift
    "$PREFRONT" "$command" "$@" >"$scratch/out" 2>"$scratch/err"
    code=$?
    [ $code -eq 2 ] || fail "$command $*: exit $code, wanted 2"
    [ ! -s "$scratch/out" ] || fail "$command $*: wrote to stdout"
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$command $*: $(cat "$scratch/err")"
    grep -qF -- "$words" "$scratch/err" || fail "$command $*: $(cat "$scratch/err")"
}
