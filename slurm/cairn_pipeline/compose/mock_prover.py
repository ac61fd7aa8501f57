"""A prover that proves nothing: it sleeps and leaves a marked file. For trying out a pipeline's flow.

Takes both formats. With --seconds S it sleeps so long, with --name N it calls itself so, with --parts K it
splits a block in K steps; a list (gathered steps) it makes one proof of. Its proofs say that they are mocks.
"""

import argparse
import hashlib
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

from cairn_pipeline.files import write_json


def proof(block: int, prover: str, of: Any) -> dict[str, Any]:
    digest = hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()
    return {"block": block, "prover": prover, "proof": f"mock:{digest}", "machine": platform.machine()}


def plain(value: Any, prover: str, parts: int) -> Any:
    """A number: its proof, or its steps; a step: its proof; a list of step proofs: one proof."""
    if isinstance(value, int):
        if parts == 0:
            return proof(value, prover, value)
        return [{"block": value, "step_id": step, "payload": f"{value}/{step}"} for step in range(parts)]
    if isinstance(value, list):
        return proof(value[0]["data"]["block"], prover, value)
    if "step_id" in value:
        task = {"group_id": value["block"], "task_id": str(value["step_id"])}
        return task | {"data": proof(value["block"], prover, value)}
    return proof(value["block"], prover, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input-path", type=Path, required=True)
    parser.add_argument("--output-path", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--name", default="mock")
    parser.add_argument("--parts", type=int, default=0)
    arguments = parser.parse_args()
    value = json.loads(arguments.input_path.read_bytes())
    time.sleep(arguments.seconds)
    if not (isinstance(value, dict) and "work_dir" in value):
        write_json(arguments.output_path, plain(value, arguments.name, arguments.parts))
        return

    # Imported here: pydantic takes longer to load than a mock proof takes to make.
    from cairn_pipeline.contract import StageInput, StageResult, run_stage

    def stage(stage_input: StageInput) -> StageResult:
        path = stage_input.work_dir / f"{arguments.name}.mock.json"
        write_json(path, proof(stage_input.block, arguments.name, stage_input.facts))
        return StageResult({f"proof_{arguments.name}": path}, {f"mock_{arguments.name}": True})

    sys.exit(run_stage(stage, StageInput.model_validate(value), arguments.output_path))


if __name__ == "__main__":
    main()
