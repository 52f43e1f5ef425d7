#!/bin/sh
# `prefront front`: known fronts, what the options change, and how misuse is answered.
set -u
command=front
# shellcheck source=tests/errand.sh
. "$(dirname "$0")/errand.sh"

# The number behind a key of the last answer.
number() {
    sed -n "s/.*\"$1\": \([-+.0-9e]*\)[],}].*/\1/p" "$scratch/out"
}

# near KEY WANTED TOLERANCE
near() {
    number "$1" | awk -v wanted="$2" -v tolerance="$3" '
        { difference = $1 - wanted; if (difference < 0) difference = -difference
          found = 1; bad = difference > tolerance }
        END { exit !found || bad }' || fail "$1 is $(number "$1"), wanted $2"
}

front() {
    ask "$@"
}

# Arms 0, 2 and 3 are on the hull: .3625 * .15 + .2125 * .35 below the chain. The ends touch the
# reference, so only the middle vertex has volume: (.425 - .2125) * (.6 - .3).
front canonical:case=unsupported --space winrate --json
says '"space": "winrate"'
says '"responses": [[0], [2], [3]]'
says '"policies": [[[1.0, 0.0, 0.0, 0.0]], [[0.0, 0.0, 1.0, 0.0]], [[0.0, 0.0, 0.0, 1.0]]]'
near area 0.12875 1e-12
near hv 0.06375 1e-12

# With rewards the default space is theirs: vertices (2,-1) and (1,1.2) above (-1,-1).
front canonical:case=bt --json
says '"space": "reward"'
says '"points": [[2.0, -1.0], [1.0, 1.2]]'
says '"ref": [-1.0, -1.0]'
near area 5.5 1e-12
near hv 4.4 1e-12

# A curve has one policy for every weight; at weight (1,0) and beta 1 the policy is the softmax
# of r1 = (2,1,0,-1).
front canonical:case=bt --beta 1 -n 2 --json
says '"beta": 1.0'
says '"weights": [[1.0, 0.0], [0.0, 1.0]]'
says '"responses": null'
says '"policies": [[[0.6439'
front canonical:case=bt --beta 1 --json
[ "$(grep -o '\], \[' "$scratch/out" | wc -l)" -gt 200 ] || fail "not 101 points"

# For people: a heading, and a row for every vertex.
front canonical:case=unsupported
says 'Exact front of canonical:case=unsupported in win rates: 3 vertices'
[ "$(grep -c '^ *0\.' "$scratch/out")" -eq 3 ] || fail "not 3 rows"
front canonical:case=bt --beta 1 -n 4
says 'KL-regularised optima of canonical:case=bt at beta 1'

refuses "which problem" --json
refuses "did you mean 'canonical'" canonicl
refuses "did you mean 'winrate'" canonical --space winrat
refuses "--beta" canonical --beta 0
refuses "--beta" canonical --beta nan
refuses "-n is '1'" canonical -n 1
refuses "did you mean '--space'" canonical --spaces reward
refuses "no rewards" canonical:case=unsupported --space reward
refuses "missing.json" "$scratch/missing.json"

[ $failures -eq 0 ]
