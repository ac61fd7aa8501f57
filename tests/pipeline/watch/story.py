"""Writes what stages did into a run's folder, without a cluster."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cairn_pipeline.config import RunConfig
from cairn_pipeline.contract import Artifact
from cairn_pipeline.run_state import Run, Status
from cairn_pipeline.site import Site

BEGIN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVIL = "</code><script>document.title='owned'</script>"


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


class Story:
    """Writes what stages did into a run."""

    def __init__(self, path: Path) -> None:
        stages: dict[str, Any] = {
            "snos": {},
            "prove": {"after": ["snos"], "gpus": True, "sla_seconds": 100},
            "verify": {"after": ["prove"]},
            "settle": {"after": ["verify"], "in_order": True},
        }
        config = RunConfig.model_validate({"run": "night", "stages": stages})
        self.run = Run.create(path, config, Site())

    def stage(self, block: int, name: str, times: tuple[float | None, ...], **fields: Any) -> None:
        """times: submitted, started, ended; done if all three are given, else running or queued."""
        self.run.add(block)
        submitted, started, ended = (None if time is None else at(time) for time in (*times, None, None)[:3])
        with self.run.changing(block) as state:
            stage = state.stages[name]
            stage.submitted, stage.started, stage.ended = submitted, started, ended
            stage.status = Status.DONE if ended else Status.RUNNING if started else Status.QUEUED
            stage.attempt = 1
            for key, value in fields.items():
                setattr(stage, key, value)

    def artifact(self, block: int, name: str, value: dict[str, Any]) -> dict[str, Artifact]:
        path = self.run.block_dir(block) / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
        return {name: Artifact.of(path)}
