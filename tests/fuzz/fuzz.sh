#!/usr/bin/env bash
# fuzz.sh CAIRN FOLDER [ARGUMENT...]: fuzz.py with PyPI's cairo-lang, which is installed first if need be.
# CAIRO_VENV names a virtual environment that has it; CAIRN_FUZZ_SEEDS=FIRST:END chooses other programs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${CAIRO_VENV:-$here/../../build/cairo-lang}
if [[ ! -x $venv/bin/cairo-compile ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet cairo-lang==0.14.0.1
fi
exec "$venv/bin/python" "$here/fuzz.py" "$@" ${CAIRN_FUZZ_SEEDS:+--seeds "$CAIRN_FUZZ_SEEDS"}
