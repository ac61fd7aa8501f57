"""The state of a run as files: one journal and one state.json per block, safe for several operators."""

from cairn_pipeline.run_state.model import BlockState, RunState, StageState, Status, finished, waits_for
from cairn_pipeline.run_state.run import Run, read_run

__all__ = ["BlockState", "Run", "RunState", "StageState", "Status", "finished", "read_run", "waits_for"]
