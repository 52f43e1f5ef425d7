#!/bin/sh
# What a user meets first: help, names, exit codes, and messages in the right place.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    printf 'FAILED: %s\n' "$1"
    printf -- '--- stdout\n'
    cat out
    printf -- '--- stderr\n'
    cat err
    exit 1
}

# run WANTED-CODE ARGUMENT...
run() {
    wanted=$1
    shift
    code=0
    "$PREFRONT" "$@" >out 2>err || code=$?
    [ "$code" = "$wanted" ] || fail "prefront $* ended with $code, wanted $wanted"
}

# says FILE WORDS: out or err holds these words.
says() {
    grep -qF -- "$2" "$1" || fail "$1 does not say '$2'"
}

# refuses WORDS ARGUMENT...: exit code 2, one line on stderr that says the words, nothing on
# stdout.
refuses() {
    words=$1
    shift
    run 2 "$@"
    says err "$words"
    [ ! -s out ] || fail "prefront $* wrote to stdout"
    [ "$(wc -l <err)" = 1 ] || fail "prefront $* wrote more than one line"
}

for command in list describe sample solve run; do
    run 0 --help
    says out 'Usage: prefront COMMAND'
    says out "  $command "
    run 0 "$command" --help
    says out "Usage: prefront $command "
    [ ! -s err ] || fail "$command --help wrote to stderr"
done
run 0 --version
says out 'prefront 0.'
run 2
says err 'Usage: prefront COMMAND'

refuses "no command 'slove'; did you mean 'solve'?" slove
refuses "no command 'frobnicate'" frobnicate
refuses "no option '--sed'; did you mean '--seed'?" solve dpo canonical --sed 3
refuses "option '--seed' requires an argument" solve dpo canonical --seed
refuses "invalid option" solve dpo canonical -q
refuses "Too many arguments" solve dpo canonical more
refuses "give a solver and a problem" solve dpo
refuses "--seed x: expected an integer" solve dpo canonical --seed x

refuses "no solver 'mopoo'; did you mean 'mopo'?" solve mopoo canonical
refuses "no problem 'canonicl'; did you mean 'canonical'?" solve dpo canonicl
refuses "mopo has no option 'threshhold'; did you mean 'threshold'?" \
    solve mopo:threshhold=0.5 canonical
refuses "dpo: beta=-1: expected number in" solve dpo:beta=-1 canonical
refuses "'beta' is not key=value" solve dpo:beta canonical
refuses "'beta' is given twice" solve dpo:beta=1,beta=2 canonical
refuses "case=b: expected one of" solve dpo canonical:case=b
refuses "the weights sum to" solve morlhf:weights=0.5/0.6 canonical:case=bt
refuses "pairs=exat: neither exact, nor a number" solve dpo canonical:case=bt --pairs exat
refuses "none.tsv" solve dpo canonical:case=bt --pairs none.tsv
refuses "at least one pair" solve dpo canonical:case=bt --pairs 0
refuses "none.json" solve dpo none.json
refuses "cannot write" solve dpo canonical:case=bt --trace /proc/none/trace.tsv
refuses "did you mean 'problems'?" list problem
refuses "nothing is called 'mopp'; did you mean 'mopo'?" describe mopp
refuses "give the number of pairs with -n" sample canonical
refuses "--format xml: expected tsv or jsonl" sample canonical -n 3 --format xml
refuses "cannot write" sample canonical -n 3 -o /proc/none/pairs.tsv
refuses "none.ini" run none.ini
refuses "-j 0: expected an integer" run none.ini -j 0

# A run that fails is not bad input: the answer is on stdout, the exit code 1.
run 1 solve dpo canonical:case=deterministic --json
says out '"status": "separable"'
says out '"policy": null'
[ ! -s err ] || fail 'a failed run wrote to stderr'
run 1 solve dpo:iterations=2 canonical:case=bt
says out 'unconverged after 2 iterations'
run 1 solve mopo:threshold=0.9 canonical:case=unsupported
says out 'infeasible'

# What list names, describe explains, both for people and for programs.
run 0 list solvers
cut -d ' ' -f 1 out >names
[ -s names ] || fail 'list solvers is empty'
while read -r name; do
    run 0 describe "$name"
    says out "$name (solver)"
    if awk 'length > 96' out | grep -q .; then
        fail "describe $name has overlong lines"
    fi
    run 0 describe "$name" --json
    says out "\"name\": \"$name\""
done <names
run 0 list --json
says out '"problems": ['
says out '"losses": ['

# The numbers of the exact answer, as programs read them.
run 0 solve mopo:tau=0.08,threshold=0.5 canonical:case=unsupported --json
for words in '"solver": "mopo"' '"problem": "canonical:case=unsupported"' '"seed": 1' \
    '"pairs": "exact"' '"status": "ok"' '"target": {"threshold": [0.5]}' '"value": null' \
    '"policy": [[0.31056' '"multipliers": [1.2939' '"winrate": [0.5218' '"kl": 0.1313' \
    '"converged": true' '"oracle": {' '"policy_tv": ' '"gap": '; do
    says out "$words"
done

# sample draws the pairs that solve learns from, and the same ones every time.
run 0 sample canonical:case=bt -n 20 --seed 3
[ "$(head -n 1 out | tr '\t' ' ')" = 'x a b objective-1 objective-2' ] || fail 'header'
[ "$(wc -l <out)" = 21 ] || fail 'not 20 pairs'
mv out pairs.tsv
run 0 sample canonical:case=bt -n 20 --seed 3 -o again.tsv
cmp pairs.tsv again.tsv || fail 'the same seed drew other pairs'
run 0 solve ipo canonical:case=bt --pairs 20 --seed 3 --json
sed 's/.*"policy": //; s/"oracle.*//' out >drawn
run 0 solve ipo canonical:case=bt --pairs pairs.tsv --seed 3 --json
sed 's/.*"policy": //; s/"oracle.*//' out >read
cmp drawn read || fail 'solve --pairs 20 and the sampled file differ'
run 0 sample canonical:case=bt -n 5 --seed 3 --format jsonl --objective 1
says out '{"prompt": "context 0", "chosen": "response '
run 0 sample canonical:case=bt -n 5 --seed 3 --format jsonl -o pairs
[ "$(cat pairs.objective-1.jsonl pairs.objective-2.jsonl | wc -l)" = 10 ] || fail 'jsonl files'

# A problem whose behaviour policy has one response only has no pairs; nothing waits for one.
printf '%s' '{"format": "prefront-problem", "version": 1, "name": "one", "objectives": ["a b",
 "a-b"], "contexts": [1], "reference": [[1, 0]], "reward": [[[1, 0], [0, 1]]]}' >one.json
refuses 'draws one response only' sample one.json -n 3
refuses 'draws one response only' solve dpo one.json --pairs 3
refuses "--objective: no objective 'x'" sample canonical -n 3 --objective x --format jsonl
refuses 'needs a file' sample canonical -n 3 --format jsonl -o ''

# Objectives whose names make the same file name still have a file each.
sed 's/1, 0\]\],/0.5, 0.5]],/' one.json >two.json
run 0 sample two.json -n 4 --format jsonl -o same
[ "$(cat same.a-b.jsonl same.1.a-b.jsonl | wc -l)" = 8 ] || fail 'jsonl files of alike names'

# A trace has a row an iteration, from the start on.
run 0 solve dpo canonical:case=bt --trace trace.tsv --json
head -n 1 trace.tsv | grep -q '^iteration.objective.gradient_norm.v1.v2.g1.g2.kl' ||
    fail 'trace header'
iterations=$(sed 's/.*"iterations": \([0-9]*\).*/\1/' out)
[ "$(wc -l <trace.tsv)" = $((iterations + 2)) ] || fail 'trace rows'

# One line each, whatever stands in the words.
refuses "no command 'a?b'" "a
b"
refuses "no list 'a?b'" list "a
b"
refuses "nothing is called 'a?[31mb'" describe "$(printf 'a\033[31mb')"
refuses "option '--help' doesn't allow an argument" list --help=3

# A full disk and a closed output are told, and no file takes the place of the closed one.
for command in list --help --version 'describe mopo --json' 'solve --help' 'sample canonical -n 3'; do
    code=0
    # shellcheck disable=SC2086
    "$PREFRONT" $command >&- 2>err || code=$?
    [ "$code" = 2 ] || fail "$command: a closed output went unnoticed"
    [ -c /dev/full ] || continue
    code=0
    # shellcheck disable=SC2086
    "$PREFRONT" $command >/dev/full 2>err || code=$?
    [ "$code" = 2 ] || fail "$command: a full disk went unnoticed"
    [ "$(wc -l <err)" -eq 1 ] || fail "$command: a full disk was told more than once"
done

# What is no plain file is written to and stays what it is.
ln -s target link
mkdir folder
"$PREFRONT" solve dpo canonical:case=bt --trace link >out
[ -L link ] && [ -s target ] || fail 'a link was replaced'
refuses 'cannot write folder' sample canonical -n 3 -o folder
if [ -c /dev/full ]; then
    ln -s /dev/full full
    refuses 'cannot write full: No space left' sample canonical -n 3 -o full
    refuses 'full: No space left' problem canonical -o full
    refuses 'cannot write full: No space left' solve dpo canonical:case=bt --trace full
    [ -c full ] || fail 'a device was replaced'
fi
echo 'cli_basics: ok'
