#!/bin/sh
# What bench/quickstart.sh and tests/run.sh say when a package is missing and nobody may install
# it, and that nothing is touched when all are there. SOURCE: the checkout.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir bin
ln -s "$(command -v sh)" bin/sh
# A system of which only `here` is installed, seen by a user who is not root and has no sudo.
cat >bin/dpkg-query <<'END'
#!/bin/sh
for package in "$@"; do :; done
[ "$package" = here ] && printf installed
END
printf '#!/bin/sh\necho 1000\n' >bin/id
printf '#!/bin/sh\necho "apt-get $*" >>called\n' >bin/apt-get
chmod +x bin/*

code=0
PATH=$work/bin sh -c ". $SOURCE/bench/packages.sh; prefront_packages here not-here nor-this" \
    >out 2>err || code=$?
[ "$code" = 1 ]
grep -q 'These Debian packages are missing: not-here nor-this' err
grep -q 'apt-get install not-here nor-this' err
[ ! -s out ]

PATH=$work/bin sh -c ". $SOURCE/bench/packages.sh; prefront_packages here" >out 2>err
[ ! -s out ]
[ ! -s err ]
[ ! -e called ]
