#!/bin/sh
# isa.sh PROGRAM RECORD: the kernels linked into PROGRAM give the recorded bits. Status 77, which
# is ctest's "skipped", when they are pinned to an instruction set that this machine lacks.
set -u
found=$("$1")
status=$?
if [ $status -eq 77 ]; then
    echo "$found"
    exit 77
fi
if [ $status -ne 0 ]; then
    echo "FAILED: $1 ends with $status"
    exit 1
fi
if echo "$found" | diff "$2" -; then
    echo "isa: ok"
else
    echo "FAILED: the kernels changed their bits. If every instruction set shows the same change"
    echo "and it is meant, renew the record: $1 >$2"
    exit 1
fi
