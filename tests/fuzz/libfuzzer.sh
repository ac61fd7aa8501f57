#!/usr/bin/env bash
# libfuzzer.sh WRITE_CORPUS [TARGET...]: builds the fuzz targets with clang, then runs each for
# CAIRN_FUZZ_SECONDS (600) from what WRITE_CORPUS writes and from what earlier runs found. Stops at the first
# finding, whose input then lies in build/fuzz/findings.
set -euo pipefail
write_corpus=$1
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
build=build/fuzz
seconds=${CAIRN_FUZZ_SECONDS:-600}
command -v clang++-19 >/dev/null || { echo 'no clang++-19: ./run setup --fuzz' >&2; exit 1; }
targets=("$@")
if [[ ${#targets[@]} == 0 ]]; then targets=(archive pie proof_file proof segment messages); fi

cmake --preset fuzz >/dev/null
cmake --build "$build" -j "$(nproc)" --target "${targets[@]/#/fuzz_}"
"$write_corpus" "$build/seeds"
mkdir -p "$build/findings"
for target in "${targets[@]}"; do
  printf '== %s: %s s\n' "$target" "$seconds"
  corpus=$build/corpus/$target
  mkdir -p "$corpus"
  "$build/bin/fuzz_$target" -max_total_time="$seconds" -timeout=120 -rss_limit_mb=3072 -malloc_limit_mb=1024 \
    -max_len=131072 -print_final_stats=1 -verbosity=0 -artifact_prefix="$build/findings/$target." \
    "$corpus" "$build/seeds/$target"
done
