"""Stage prove: `mpirun -n RANKS cairn prove`. Outputs: proof, prove_report.

Killed and started again, it goes on from the segment proofs in keep_dir, which outlives lives and attempts.
"""

import json
import shutil
from pathlib import Path

from cairn_pipeline.contract import StageInput, StageResult, stage_main
from cairn_pipeline.stages.options import Options, read_options
from cairn_pipeline.stages.process import run


class ProveOptions(Options):
    launch: list[str] = []  # words before the program: mpirun -n 3
    keep_dir: Path | None = None
    resume: bool = True  # keep finished segments in keep_dir and take up those that are there
    life: int = 0
    memory_mb: int | None = None  # per rank; halved in each life after the second, for smaller bundles
    backend: str = "auto"
    hash: str = "blake3"
    threads: int | None = None
    arguments: list[str] = []  # more words for `cairn prove`


def prove(stage_input: StageInput) -> StageResult:
    """Proves a block's PIE under MPI."""
    options = read_options(stage_input, ProveOptions)
    pie = stage_input.require("pie")
    proof = stage_input.work_dir / "proof.h5"
    report = stage_input.work_dir / "prove_report.json"
    skip_steps(options)
    run([*options.launch, *command(options, pie, proof, report)], stage_input.work_dir)
    if options.resume and options.keep_dir is not None:
        shutil.rmtree(options.keep_dir, ignore_errors=True)
    read = json.loads(report.read_text())
    facts = {"proof_digest": read["proof_digest"], "prove_seconds": str(round(read["seconds"], 3))}
    facts |= {"committed_cells": read["committed_cells"], "proof_bytes": read["proof_bytes"]}
    return StageResult({"proof": proof, "prove_report": report}, facts)


def skip_steps(options: ProveOptions) -> None:
    """Gives this life's step under srun a number of its own.

    A node that is lost keeps what Slurm's PMIx plugin had put there for the step, and then cannot start one
    of the same job and number again; but a requeued job counts its steps from 0.
    """
    if options.launch[:1] == ["srun"]:
        for _ in range(options.life):
            run(["srun", "--mpi=none", "--nodes=1", "--ntasks=1", "true"], Path("/"))


def command(options: ProveOptions, pie: Path, proof: Path, report: Path) -> list[str]:
    argv = [options.cairn, "prove", str(pie), "-o", str(proof), "--report", str(report)]
    argv += ["--backend", options.backend, "--hash", options.hash]
    memory = "any"
    if options.memory_mb is not None:
        memory = f"{max(options.memory_mb >> max(options.life - 1, 0), 256)}M"
        argv += ["--memory", memory]
    if options.threads is not None:
        argv += ["--threads", str(options.threads)]
    if options.resume and options.keep_dir is not None:
        keep = options.keep_dir / memory  # work is of no use under another cap: its plan is another
        keep.mkdir(parents=True, exist_ok=True)
        # Slurm runs one job of a stage at a time, so whoever held the folder is over; if a node that was
        # given up for lost still runs it, the loss of its lock ends it.
        argv += ["--work", str(keep), "--steal-lock"]
    return argv + options.arguments


if __name__ == "__main__":
    stage_main(prove)
