"""A run's folder. Every change of a block is made under its lock, journalled, and published by rename."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cairn_pipeline.config import RunConfig
from cairn_pipeline.contract import ErrorClass, StageError, write_model
from cairn_pipeline.files import append_line, locked, write_atomic
from cairn_pipeline.json_log import JsonLog
from cairn_pipeline.run_state.model import BlockState, RunState, StageState, Status, now
from cairn_pipeline.site import Site

Model = TypeVar("Model", bound=BaseModel)


class Run:
    """Paths and transactions of one run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @classmethod
    def create(cls, path: Path, config: RunConfig, site: Site) -> "Run":
        """Makes the folder; the same configuration again is a no-op. Raises StageError(configuration)."""
        path.mkdir(parents=True, exist_ok=True)
        run = cls(path)
        with run.locked():
            if (path / "run.json").exists() and run.config != config:
                raise StageError(
                    ErrorClass.CONFIGURATION,
                    f"{path}: holds a run of another configuration; a run's is frozen: init another folder",
                )
            if (
                any(path.iterdir())
                and not (path / "run.json").exists()
                and any(entry.name != ".lock" for entry in path.iterdir())
            ):
                raise StageError(ErrorClass.CONFIGURATION, f"{path}: is not empty and holds no run")
            write_model(path / "site.json", site)
            write_model(path / "run.json", config)
            (path / "blocks").mkdir(exist_ok=True)
        return run

    @cached_property
    def config(self) -> RunConfig:
        return self._read("run.json", RunConfig)

    @cached_property
    def site(self) -> Site:
        return self._read("site.json", Site)

    def _read(self, name: str, model: type[Model]) -> Model:
        try:
            return model.model_validate_json((self.path / name).read_bytes())
        except (OSError, ValidationError) as error:
            raise StageError(
                ErrorClass.CONFIGURATION,
                f"{self.path}: no run: {name}: {error}; make one with cairn-pipeline init",
            ) from error

    @cached_property
    def log(self) -> JsonLog:
        """RUN/log.jsonl: every change of every block, for log collectors."""
        return JsonLog(self.path / "log.jsonl", run=self.config.run)

    @property
    def paused(self) -> bool:
        return (self.path / "PAUSE").exists()

    def pause(self) -> None:
        write_atomic(self.path / "PAUSE", now().isoformat() + "\n")

    def unpause(self) -> None:
        (self.path / "PAUSE").unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held by whoever decides what to submit or cancel."""
        with locked(self.path / ".lock"):
            yield

    def block_dir(self, block: int) -> Path:
        return self.path / "blocks" / str(block)

    def attempt_dir(self, block: int, stage: str, attempt: int) -> Path:
        return self.block_dir(block) / stage / str(attempt)

    def blocks(self) -> list[int]:
        """Numbers of all blocks of the run, ascending."""
        folder = self.path / "blocks"
        if not folder.is_dir():
            return []
        return sorted(int(entry.name) for entry in folder.iterdir() if re.fullmatch(r"[0-9]+", entry.name))

    def add(self, block: int) -> None:
        """Takes a block into the run, all stages waiting; a no-op if it is there."""
        self.block_dir(block).mkdir(parents=True, exist_ok=True)
        with self.changing(block):
            pass

    def read(self, block: int) -> BlockState:
        """The last published state. Raises StageError(bug) if it cannot be read."""
        path = self.block_dir(block) / "state.json"
        try:
            state = BlockState.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            state = BlockState(block=block)
        except (OSError, ValidationError) as error:
            raise StageError(ErrorClass.BUG, f"{path}: {error}") from error
        for name in self.config.order():
            state.stages.setdefault(name, StageState())
        return state

    @contextmanager
    def changing(self, block: int) -> Iterator[BlockState]:
        """The block's state under its lock; published, and journalled by stage, if the body changed it."""
        folder = self.block_dir(block)
        with locked(folder / ".lock"):
            state = self.read(block)
            before = state.model_copy(deep=True)
            yield state
            changed = [name for name in state.stages if state.stages[name] != before.stages.get(name)]
            for name in changed:
                line = entry(block, name, before.stages.get(name), state.stages[name])
                append_line(folder / "journal.jsonl", line)
                self.log.write(str(state.stages[name].status), **line)
            if state != before or not (folder / "state.json").exists():
                write_model(folder / "state.json", state)

    def read_all(self) -> dict[int, BlockState]:
        return {block: self.read(block) for block in self.blocks()}


def entry(block: int, name: str, old: StageState | None, new: StageState) -> dict[str, Any]:
    """One line of the journal: what changed, and the evidence."""
    line: dict[str, Any] = {"ts": now().isoformat(timespec="milliseconds"), "block": block, "stage": name}
    line |= {"from": (old or StageState()).status.value, "to": new.status.value, "attempt": new.attempt}
    line |= {"job": new.job_id, "restarts": new.restarts}
    if new.error is not None:
        line["error"] = new.error.model_dump(by_alias=True, mode="json")
    if new.exit_code is not None:
        line["exit_code"] = new.exit_code
    if new.status is Status.RUNNING:
        line["inputs"] = new.inputs
    if new.status is Status.DONE:
        line["outputs"] = {key: value.sha256 for key, value in new.outputs.items()}
    return line


def read_run(path: Path) -> RunState:
    """Reads a whole run from its files; takes no lock, asks nobody. Raises StageError(configuration)."""
    run = Run(path)
    return RunState(path=run.path, config=run.config, site=run.site, paused=run.paused, blocks=run.read_all())
