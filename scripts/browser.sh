#!/bin/sh
# Prints the path of a Chromium for the browser tests; installs Debian's where that is possible.
# There is no way to pass without one: a run that cannot find or install it fails here.
set -eu

find_browser() {
    for candidate in ${CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$candidate"; then
            return
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

find_browser && exit 0
if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "Installing Debian's chromium for the browser tests ..." >&2
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
    find_browser && exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium) or name it: make test CHROMIUM=/path/to/chromium" >&2
exit 1
