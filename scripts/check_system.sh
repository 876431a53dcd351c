#!/usr/bin/env bash
# Says what the system lacks before an installation fails half-way with a compiler's words.
set -u
python="${1:-python3}"
missing=()
command -v "$python" >/dev/null || missing+=("Python 3.11 or newer ($python is not there)")
if command -v "$python" >/dev/null; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || missing+=("Python 3.11 or newer ($("$python" --version 2>&1) is too old)")
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=("Python's venv module")
  "$python" -c 'import os, sysconfig, sys; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' \
    || missing+=("Python's headers (Python.h)")
fi
command -v cc >/dev/null || command -v gcc >/dev/null || missing+=("a C compiler (aacgmv2 is compiled)")
if [ "${#missing[@]}" -gt 0 ]; then
  printf 'This system lacks:\n' >&2
  printf '  - %s\n' "${missing[@]}" >&2
  printf 'On Debian or Ubuntu: sudo apt-get install python3 python3-venv python3-dev gcc make\n' >&2
  exit 1
fi
