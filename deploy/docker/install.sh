#!/bin/sh
# Installs the reconciler into a virtual environment of its own; the Dockerfile runs it, and so may any machine.
#
#   install.sh dependencies PREFIX LOCK    what requirements/LOCK.txt pins (base, or platform for the embedded platform)
#   install.sh project PREFIX              this checkout, as a wheel
#
# Nothing is installed whose hash is not written down, the build tools included. Where packages come from is pip's own
# configuration. Run it from the root of a checkout; PYTHON names the interpreter (default python3, 3.11 or newer).
set -eu

pip() {
    python=$1 verb=$2
    shift 2
    "$python" -m pip "$verb" --quiet --disable-pip-version-check --no-cache-dir "$@"
}

install_locked() {
    "${PYTHON:-python3}" -m venv "$1"
    pip "$1/bin/python" install --require-hashes --requirement "requirements/$2.txt"
}

install_project() {
    build=$(mktemp -d)
    trap 'rm -rf "$build"' EXIT
    install_locked "$build/tools" build
    pip "$build/tools/bin/python" wheel --no-deps --no-build-isolation --wheel-dir "$build" .
    pip "$1/bin/python" install --no-deps "$build"/*.whl
}

case "${1:-}:$#" in
    dependencies:3) install_locked "$2" "$3" ;;
    project:2) install_project "$2" ;;
    *)
        sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
        exit 3
        ;;
esac
