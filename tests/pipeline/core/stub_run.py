"""Runs whose stages are stubs: everything of the pipeline but proofs and chains."""

import json
import sys
from pathlib import Path
from typing import Any

from cairn_pipeline.config import RunConfig, Stage
from cairn_pipeline.run_state import Run, Status
from cairn_pipeline.site import Site

STUB = [sys.executable, str(Path(__file__).with_name("stub_stage.py"))]


def stub_run(
    path: Path, plans: dict[str, dict[str, list[str]]] | None = None, window: int = 20, **changes: Any
) -> Run:
    """snos -> prove -> settle, all stubs; plans by stage and block; changes are Stage fields by stage."""
    stages = {}
    base: dict[str, dict[str, Any]] = {"snos": {}, "prove": {"after": ["snos"]}}
    base["settle"] = {"after": ["prove"], "in_order": True}
    for name, fields in base.items():
        options = {"trace": str(path / "trace.jsonl"), "plan": (plans or {}).get(name, {})}
        retry = {"lives": 3, "backoff_s": 0.1}
        stages[name] = Stage.model_validate(
            {"program": STUB, "minutes": 10, "options": options, "retry": retry}
            | fields
            | changes.get(name, {})
        )
    site = Site(python=Path(sys.executable))
    return Run.create(path, RunConfig(run=path.name, window=window, stages=stages), site)


def statuses(run: Run, stage: str) -> dict[int, Status]:
    return {block: state.stages[stage].status for block, state in run.read_all().items()}


def settled(run: Run) -> bool:
    return all(state.done for state in run.read_all().values())


def at_rest(run: Run) -> bool:
    return not any(state.live for state in run.read_all().values())


def trace(run: Run) -> list[list[Any]]:
    """What ran, in order: [stage, block, attempt, life]"""
    path = run.path / "trace.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
