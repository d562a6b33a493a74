#!/usr/bin/env bash
# Print a Python that can make virtual environments: `find-python.sh 3.12`, or without a version the first of 3.11
# and newer. Looks on PATH, then among pyenv's versions. Exits 1 and says so where there is none.
set -euo pipefail

works() { # COMMAND VERSION: it runs, has that version or a newer one, and can make environments
    "$1" - "${2:-}" >/dev/null 2>&1 <<'PYTHON'
import ensurepip, sys, venv
found = f"{sys.version_info[0]}.{sys.version_info[1]}"
sys.exit(sys.version_info < (3, 11) or sys.argv[1] not in ("", found))
PYTHON
}

candidates() {
    local version=$1
    printf '%s\n' "python$version"
    compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version.*/bin/python$version" || true
}

versions=(3.11 3.12 3.13 3.14)
[ $# -gt 0 ] && versions=("$1")
for version in "${versions[@]}"; do
    while read -r command; do
        if works "$command" "$version"; then
            command -v "$command"
            exit 0
        fi
    done < <(candidates "$version")
done
if [ $# -eq 0 ] && works python3; then
    command -v python3
    exit 0
fi
echo "no Python ${1:-3.11 or newer} with the modules venv and ensurepip (Debian: python3-venv) is here" >&2
exit 1
