"""A stage that does what its option `plan` says for the block: a list of words, one for each life.

ok; sleep:SECONDS; wait:FILE (until it exists); transient, capacity, bad-input, refused; kill (SIGKILL to
itself); silent (ends with 0 and no out.json). The last word is repeated. Every life adds a line to `trace`.
"""

import os
import signal
import sys
import time
from pathlib import Path

from cairn_pipeline.contract import ErrorClass, StageError, StageInput, StageResult, stage_main
from cairn_pipeline.files import append_line, locked


def stub(stage_input: StageInput) -> StageResult:
    """Does what the plan says."""
    options = stage_input.options
    begin = time.time()
    trace = Path(options["trace"])
    with locked(trace.with_suffix(".lock")):
        append_line(
            trace, [stage_input.stage, stage_input.block, stage_input.attempt, stage_input.job["life"]]
        )
    plan = options.get("plan", {}).get(str(stage_input.block), ["ok"])
    marks = Path(options["trace"]).with_name(f"{stage_input.stage}.{stage_input.block}.lives")
    with open(marks, "ab") as file:
        file.write(b".")
    word = plan[min(marks.stat().st_size, len(plan)) - 1]
    verb, _, argument = word.partition(":")
    if verb == "sleep":
        time.sleep(float(argument))
    elif verb == "wait":
        while not Path(argument).exists():
            time.sleep(0.05)
    elif verb == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "silent":
        sys.exit(0)
    elif verb != "ok":
        raise StageError(ErrorClass(verb), f"block {stage_input.block} was planned to fail")
    output = stage_input.work_dir / f"{stage_input.stage}.txt"
    output.write_text(f"{stage_input.stage} {stage_input.block} {sorted(stage_input.facts)}\n")
    # Seconds since the epoch, for hand_over.py.
    (stage_input.work_dir / "times.json").write_text(f"[{begin}, {time.time()}]")
    return StageResult({stage_input.stage: output}, {f"{stage_input.stage}_fact": stage_input.block})


if __name__ == "__main__":
    stage_main(stub)
