#!/bin/sh
# Every command that README.md and the folder READMEs show, in their order, must do its job.
# PREFRONT: the program; SOURCE: the checkout. The two scripts of the README are the business of
# continuous integration and of slow_quickstart.sh.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir build
ln -s "$PREFRONT" build/prefront
for folder in bench tests problems; do
    ln -s "$SOURCE/$folder" "$folder"
done
PATH=$work/build:$PATH
export PATH

shown=0
for page in "$SOURCE"/README.md "$SOURCE"/*/README.md; do
    sed -n '/^```sh$/,/^```$/p; /^    prefront /p' "$page" | sed 's/^ *//' |
        grep -v '^```' | grep -v '^sh bench/quickstart.sh$\|^sh tests/run.sh$' >.commands || true
    while read -r command; do
        wanted=0
        case $command in
        *"solve dpo canonical:case=deterministic"*) wanted=1 ;; # shown as an answer that fails
        esac
        code=0
        sh -c "$command" >.stdout 2>.stderr </dev/null || code=$?
        if [ "$code" != "$wanted" ] || ! [ -s .stdout ] && ! echo "$command" | grep -q -- '-o '; then
            echo "$page: \`$command\` ended with exit code $code"
            cat .stdout .stderr
            exit 1
        fi
        shown=$((shown + 1))
    done <.commands
done
[ "$shown" -ge 20 ] || { echo "only $shown commands were found"; exit 1; }
echo "$shown commands"
