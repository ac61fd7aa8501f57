#!/usr/bin/env bash
# Everything that a machine with an NVIDIA GPU should run first: tests/gpu.sh [FOLDER-FOR-RESULTS].
# Builds for the GPU at hand, then: the suite, CPU beside GPU with every buffer compared, equal digests,
# compute-sanitizer, Nsight Compute on the five hottest kernels, the benchmark. Each part says ok, FAILED
# or absent; the exit code is 0 if none failed. What is there to be read lies in the folder.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
out=${1:-build/gpu}
mkdir -p "$out"
if ! nvidia-smi -L; then
  echo "no NVIDIA GPU here, or no driver: nothing to run" >&2
  exit 4
fi
nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv >"$out/device.csv"
git rev-parse HEAD >"$out/commit" 2>/dev/null || true

failed=0
# part NAME COMMAND...: runs it, its output in NAME.log.
part() {
  local name=$1 start=$SECONDS
  shift
  if "$@" >"$out/$name.log" 2>&1; then
    echo "ok      $name ($((SECONDS - start)) s)"
  else
    echo "FAILED  $name (exit code $?): see $out/$name.log"
    failed=1
  fi
}
absent() { echo "absent  $1: $2"; }

bin=build/cuda/bin
part build ./run build cuda
if ((failed)); then exit 1; fi

# The suite; kernels' tests run on the backend cuda by themselves.
CAIRN_PRESET=cuda part suite ./run test
part kernels "$bin/test_kernels" '--gtest_filter=*/cuda'
# Nothing may pass because nothing ran.
part kernels-ran grep -qE '^\[  PASSED  \] [1-9][0-9]* tests' "$out/kernels.log"

# Whole proofs: every buffer of both backends compared, then the digests.
same_digest=(python3 -c 'import json, sys
a, b = (json.load(open(name))["proof_digest"] for name in sys.argv[1:])
sys.exit(a != b or not a)')
for pie in tests/data/pie/*.zip; do
  name=$(basename "$pie" .pie.zip)
  part "dual-$name" "$bin/cairn" prove "$pie" --backend dual -o "$out/$name.dual.h5"
  for backend in cpu cuda; do
    part "$backend-$name" "$bin/cairn" prove "$pie" --backend "$backend" -o "$out/$name.$backend.h5" \
      --report "$out/$name.$backend.json"
  done
  part "digest-$name" "${same_digest[@]}" "$out/$name.cpu.json" "$out/$name.cuda.json"
done

# Memory, races between threads, barriers, reads of what nobody wrote. Sizes that take minutes under a
# sanitizer are left out.
if command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck synccheck initcheck; do
    part "sanitizer-$tool" compute-sanitizer --tool "$tool" --error-exitcode 1 "$bin/test_kernels" \
      '--gtest_filter=*/cuda:-*Monomials*:*AnyNumberOfColumns*:*AnyWidth*'
  done
else
  absent sanitizer "compute-sanitizer is not on PATH"
fi

# Leaves, both tiles of the transform, the sums of openings, the widest common constraints.
part bench "$bin/cairn" bench kernels --backend cuda --log-height 20 --repeat 5
part bench-json "$bin/cairn" bench kernels --backend cuda --log-height 20 --repeat 5 --json
if command -v ncu >/dev/null; then
  for kernel in hash_subtrees run_tile AccumulateColumns WeightedSums Constraints; do
    command=("$bin/cairn" bench kernels --backend cuda --log-height 20 --repeat 1)
    if [[ $kernel == WeightedSums || $kernel == Constraints ]]; then
      command=("$bin/cairn" prove tests/data/pie/primes.pie.zip --backend cuda -o "$out/ncu.h5")
    fi
    # The clocks stay as they are: the card may be others' too.
    part "ncu-$kernel" ncu --clock-control none --set full --kernel-name-base demangled \
      --kernel-name "regex:$kernel" --launch-count 4 --csv --page details "${command[@]}"
  done
else
  absent ncu "Nsight Compute is not on PATH"
fi

# Transforms and hashing beside their bounds (design: 36 bytes a trace cell; copy is the roof measured in
# the same run).
python3 - "$out/bench-json.log" <<'PYTHON' | tee "$out/bounds.txt"
import json
import sys

try:
    text = open(sys.argv[1]).read()
    rates = {kernel["name"]: kernel["rate"] for kernel in json.loads(text[text.index("{"):])["kernels"]}
    roof = rates["copy"] * 1e3 / 36  # M trace cells/s
    print(f"extend: {rates['extend']:.0f} M cells/s, {100 * rates['extend'] / roof:.0f} % of what copy allows")
    for name in ("merkle blake3", "merkle poseidon"):
        roof = rates["copy"] * 1e3 / 4  # M elements/s: each is read once
        print(f"{name}: {rates[name]:.0f} M elements/s, {100 * rates[name] / roof:.0f} % of reading alone")
except (OSError, ValueError, KeyError) as error:
    print(f"no table of bounds: {error!r}")
PYTHON
exit "$failed"
