#!/bin/sh
# Fills .venv from a lock file: `scripts/install.sh runtime` (requirements.lock) or `dev` (requirements-dev.lock).
# Uses uv when it is there, else venv and pip; both check the hash of every file. When nothing changed it only
# compares two small copies, so that a warm start costs nothing. A .venv made for development holds everything
# the runtime needs and is never cut down again.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
python=$venv/bin/python
want=${1:?runtime or dev}

say() { printf '%s\n' "$*" >&2; }

base_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "incidens72 needs Python 3.11 or newer, and none was found on the PATH."
    say "Install one (Debian: apt-get install python3 python3-venv) or name it: make install PYTHON=/path/to/python3.11"
    return 1
}

make_venv() {
    found=$(base_python)
    if [ -n "$uv" ]; then
        uv venv --quiet --clear --no-python-downloads --python "$found" "$venv"
    elif ! "$found" -m venv --clear "$venv"; then
        rm -rf "$venv"
        say "$found could not make a virtual environment (Debian: apt-get install python3-venv)."
        return 1
    fi
}

usable() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    [ -n "$uv" ] || "$python" -c 'import pip' 2>/dev/null
}

fill() {
    if [ -n "$uv" ]; then
        # Compiled once here, as pip does: where Python may write no bytecode, every start would compile everything.
        uv pip sync --quiet --compile-bytecode --python "$python" --require-hashes "$lock"
        uv pip install --quiet --python "$python" --no-deps --no-build-isolation --editable .
    else
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
        "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    fi
}

if [ "$want" = runtime ] && [ -f "$venv/installed-dev.lock" ]; then
    want=dev
fi
case $want in
    runtime) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) say "runtime or dev, not $want"; exit 2 ;;
esac
stamp=$venv/installed-$want.lock

if [ -x "$venv/bin/incidens72" ] && cmp -s "$lock" "$stamp" && cmp -s pyproject.toml "$venv/installed-pyproject.toml"; then
    exit 0
fi

uv=$(command -v uv || true)
say "Installing the $want packages into $venv with ${uv:-venv and pip} ..."
usable || make_venv
rm -f "$stamp"
fill
cp pyproject.toml "$venv/installed-pyproject.toml"
cp "$lock" "$stamp"
