"""Prints what each step costs for six full blobs: python tests/pipeline/da/measure.py"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from cairn_pipeline.da import kzg, stateless
from cairn_pipeline.da.blob import build_blob, chunks
from cairn_pipeline.da.equivalence import point
from cairn_pipeline.da.scalar_field import SIZE, evaluate, evaluate_at, interpolate
from cairn_pipeline.da.snos_output import Layout, split_commitment

Result = TypeVar("Result")
BLOBS = 6


def step(name: str, work: Callable[[], Result]) -> Result:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    print(f"{name:28s}{time.process_time() - cpu:9.3f} s CPU{time.perf_counter() - wall:9.3f} s", flush=True)
    return result


def main() -> None:
    generator = random.Random(1)
    segment = [generator.randrange(2**251) for _ in range(BLOBS * SIZE)]
    parts = chunks(segment)
    step("trusted setup", lambda: kzg.commit(bytes(32 * SIZE)))
    values = step("transform", lambda: [evaluate(part) for part in parts])
    step("inverse transform", lambda: [interpolate(v) for v in values])
    blobs = [build_blob(part) for part in parts]
    commitments = step("commitments", lambda: [kzg.commit(blob) for blob in blobs])
    words = [word for commitment in commitments for word in split_commitment(commitment)]
    z = step("z", lambda: point(segment, words, Layout.CURRENT))
    step("y", lambda: [evaluate_at(part, z) for part in parts])
    step("opening proofs", lambda: [kzg.open_at(blob, z) for blob in blobs])
    step("EIP-4844 proofs", lambda: [kzg.blob_proof(b, c) for b, c in zip(blobs, commitments, strict=True)])
    step("EIP-7594 cell proofs", lambda: [kzg.cell_proofs(blob) for blob in blobs])
    diff = [generator.randrange(2 ** generator.choice([8, 20, 64, 128, 251])) for _ in range(90_000)]
    compressed = step("compress 90,000 words", lambda: stateless.compress(diff))
    step("decompress", lambda: stateless.decompress(compressed))


if __name__ == "__main__":
    main()
