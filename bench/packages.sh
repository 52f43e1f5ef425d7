# Sourced by bench/quickstart.sh and tests/run.sh: installs the Debian packages that are missing,
# and touches nothing (not even the network) when all are there.

# prefront_packages NAME...
prefront_packages() {
    missing=
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
        [ "$state" = installed ] || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "These Debian packages are missing:$missing" >&2
            echo "Installing them takes root: run this script as root, install sudo, or ask for" >&2
            echo "    apt-get install$missing" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "Installing:$missing"
    # shellcheck disable=SC2086 # the list is meant to be split into words
    if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends $missing >/dev/null; }; then
        echo "apt-get could not install:$missing" >&2
        return 1
    fi
}

# What building takes, and what drawing takes.
prefront_build_packages="gcc libc6-dev cmake ninja-build pkg-config libgsl-dev libinih-dev
libjansson-dev librandom123-dev libglpk-dev"
prefront_draw_packages="gnuplot-nox fontconfig fonts-dejavu-core"
