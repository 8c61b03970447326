#!/bin/sh
# Makes .venv with what `make demo` (run) or `make test` (test) needs, from the hashed lock. Does nothing when it is there.
set -eu
what=${1:-run}
cd "$(dirname "$0")/.."

say() { printf 'stillforsale: %s\n' "$*" >&2; }

python=
for candidate in python3.13 python3.12 python3.11 python3 python3.14; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "Python 3.11 or newer is needed; on Debian or Ubuntu: apt-get install python3 python3-venv"
    exit 2
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    say "this Python has no venv or pip; on Debian or Ubuntu: apt-get install python3-venv"
    exit 2
fi

stamp=.venv/.stillforsale-$what
wanted=$(cat "requirements/$what.txt" pyproject.toml | cksum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
    say "installing into .venv (once; about a minute with a near package index)"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$what.txt"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    printf '%s' "$wanted" >"$stamp"
fi

if [ "$what" = test ] && ! command -v chromium >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing Debian's chromium"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core; } >/dev/null 2>&1 ||
            say "chromium could not be installed; the tests that need it are skipped"
    else
        say "chromium is not here and can't be installed without root and apt; the tests that need it are skipped"
    fi
fi
