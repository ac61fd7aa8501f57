#!/usr/bin/env bash
# Remakes tests/data/pie from tests/data/programs with PyPI's cairo-lang (not needed to build or test).
#   make_pies.sh                 the PIEs of this folder, and expected.json where the oracle is at hand
#   make_pies.sh --large FOLDER  the measuring programs at 2^17 and 2^20 steps (minutes, gigabytes)
# CAIRO_VENV names a virtual environment that has cairo-lang; by default one is made in build/cairo-lang.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=${CAIRO_VENV:-$root/build/cairo-lang}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ ! -x $venv/bin/cairo-compile ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet cairo-lang==0.14.0.1
fi

# pie NAME OUT N LAYOUT [FLAG...]: compiles programs/NAME.cairo (N replaced, if not "-") and runs it.
pie() {
  local name=$1 out=$2 n=$3 layout=$4
  shift 4
  cp "$here/programs/$name.cairo" "$work/$name.cairo"
  if [[ $n != - ]]; then sed -i "s/^const N = .*/const N = $n;/" "$work/$name.cairo"; fi
  "$venv/bin/cairo-compile" "$work/$name.cairo" --output "$work/$name.json"
  "$venv/bin/python" "$here/cairo_run.py" --program "$work/$name.json" --layout "$layout" \
    --cairo_pie_output "$work/raw.zip" "$@" >/dev/null
  # Neither times nor the runner's compression in the file: the same program gives the same bytes.
  "$venv/bin/python" - "$work/raw.zip" "$out" <<'PYTHON'
import sys, zipfile
raw = zipfile.ZipFile(sys.argv[1])
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for name in raw.namelist():
        out.writestr(zipfile.ZipInfo(name), raw.read(name), zipfile.ZIP_DEFLATED, 9)
PYTHON
  echo "$out: $(stat -c %s "$out") bytes"
}

full=(starknet_with_keccak --allow_missing_builtins)
if [[ ${1:-} == --large ]]; then
  folder=${2:?usage: make_pies.sh --large FOLDER}
  mkdir -p "$folder"
  pie factorial "$folder/factorial.2p17.pie.zip" 26197 "${full[@]}"
  pie fib_jmp "$folder/fib_jmp.2p17.pie.zip" 32746 "${full[@]}"
  pie range_check "$folder/range_check.2p17.pie.zip" 18711 "${full[@]}"
  pie factorial "$folder/factorial.2p20.pie.zip" 209697 "${full[@]}"
  pie fib_jmp "$folder/fib_jmp.2p20.pie.zip" 262122 "${full[@]}"
  pie range_check "$folder/range_check.2p20.pie.zip" 149783 "${full[@]}"
  exit 0
fi

out=$here/pie
mkdir -p "$out"
for name in empty generic opcodes output pages pedersen primes segments; do
  pie $name "$out/$name.pie.zip" - small
done
pie builtins "$out/builtins.pie.zip" - all_cairo
pie segments "$out/segments.merged.pie.zip" - small --merge_extra_segments
for name in factorial fib fib_jmp range_check; do
  pie $name "$out/$name.n100.pie.zip" 100 "${full[@]}"
done

# random SEED SHAPES BUILTINS: a random program.
random() {
  "$venv/bin/python" "$here/../fuzz/random_pie.py" "$work" --seeds "$1:$(($1 + 1))" --shapes "$2" --builtins "$3"
  mv "$work/fuzz.$1.pie.zip" "$out/random.$1.pie.zip"
}
for seed in 0 1 2; do random $seed 48 output,range_check; done
random 3 32 output,pedersen,range_check,bitwise,ec_op,keccak,poseidon,range_check96
random 4 48 ""

oracle=${CAIRN_SHARED:-$root/../shared}/tools/oracle/expected.py
if [[ -f $oracle ]]; then
  python3 "$oracle" "$out" "$out/expected.json"
else
  echo "no oracle at $oracle: expected.json is left as it is" >&2
fi
