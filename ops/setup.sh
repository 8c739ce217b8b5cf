#!/bin/sh
# Prepares this checkout: `setup.sh base|dev` makes .venv and installs the hash-locked packages, `setup.sh browser` looks for a Chromium.
# What comes from Debian is installed when this runs as root; otherwise the one line that does it is printed.
set -eu
cd "$(dirname "$0")/.."

apt_install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $* ..." >&2
        export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 # installed, not started
        apt-get update -q >&2 </dev/null
        apt-get install -q -y --no-install-recommends "$@" >&2 </dev/null
    else
        return 1
    fi
}

usable() { # a Python of 3.11 or later that can make environments: Debian splits ensurepip off into python3-venv
    command -v "$1" >/dev/null && "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-} /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
        if usable "$name"; then
            echo "$name"
            return
        fi
    done
    return 1
}

make_environment() {
    [ -x .venv/bin/pip ] && return
    python=$(find_python) || {
        apt_install python3 python3-venv make git || {
            echo "Portico needs Python 3.11 or later with venv. On Debian or Ubuntu: sudo apt install python3 python3-venv make git" >&2
            exit 1
        }
        python=$(find_python) || {
            echo "The python3 of this system is older than 3.11; install a newer one and run: make PYTHON=/path/to/python3 run" >&2
            exit 1
        }
    }
    "$python" -m venv .venv
}

install_locked() {
    make_environment
    echo "Installing the locked packages of requirements/$1.txt ..." >&2
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$1.txt" </dev/null
    touch .venv/base.stamp ".venv/$1.stamp"
}

find_browser() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || [ -x "${PORTICO_CHROMIUM:-/nonexistent}" ] && return
    apt_install chromium fonts-noto-cjk || echo "!!! No Chromium here: the browser tests will be SKIPPED. To run them: sudo apt install chromium fonts-noto-cjk" >&2
}

find_programs() { # Debian's programs that drills put between, and one that judges alerts: `setup.sh haproxy pgbouncer promtool`
    for name in "$@"; do
        package=$name
        [ "$name" = promtool ] && package=prometheus
        command -v "$name" >/dev/null || [ -x "/usr/sbin/$name" ] || apt_install "$package" ||
            echo "!!! No $name here: what needs it will be SKIPPED. To run it: sudo apt install $package" >&2
    done
}

case "${1:-}" in
base | dev) install_locked "$1" ;;
browser) find_browser ;;
haproxy | pgbouncer | promtool) find_programs "$@" ;;
*) echo "usage: setup.sh base|dev|browser|haproxy|pgbouncer|promtool" >&2 && exit 64 ;;
esac
