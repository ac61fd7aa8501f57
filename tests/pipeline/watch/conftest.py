"""A run's folder with every state that a block can be in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from story import EVIL, Story

from cairn_pipeline.contract import ErrorClass, StageFailure
from cairn_pipeline.run_state import Status


@pytest.fixture
def night(tmp_path: Path) -> Story:
    """Blocks 1 settled, 2 proven and waiting for settlement, 3 failed in prove, 4 in the queue."""
    story = Story(tmp_path / "run")
    report = {"seconds": 50.0, "steps": 10000, "steps_per_second": 200.0, "ranks": 3, "segments": 4}
    report |= {"proof_bytes": 12_000_000, "security_bits": 100.4}
    report["phases"] = [{"phase": "read", "seconds": 10.0}, {"phase": "prove", "seconds": 40.0}]
    for block, start in ((1, 0.0), (2, 10.0)):
        story.stage(block, "snos", (start, start + 1, start + 5), facts={"steps": 10000})
        story.stage(
            block,
            "prove",
            (start, start + 7, start + 60 * block),
            outputs=story.artifact(block, "prove_report", report),
            facts={"prove_seconds": "50.0"},
            restarts=block - 1,
        )
        story.stage(block, "verify", (start, start + 60 * block + 1, start + 60 * block + 2))
    receipt = story.artifact(1, "receipt", {"fee_wei": 2_000_000_000_000_000})
    story.stage(1, "settle", (0, 63, 70), outputs=receipt, facts={"tx_hash": "0xabc"})
    story.stage(2, "settle", (10,))
    story.stage(3, "snos", (20, 21, 25), facts={"steps": 5})
    story.stage(
        3,
        "prove",
        (20, 30, 40),
        status=Status.FAILED,
        job_id=77,
        error=StageFailure(class_=ErrorClass.BAD_INPUT, reason=f"memory.bin: cell 7 {EVIL}"),
    )
    story.stage(4, "snos", (200,))
    return story


@pytest.fixture
def samples() -> Callable[[bytes], dict[str, float]]:
    """Prometheus text as {"name{label=value,...}": number}, without the label `run`."""

    def read(text: bytes) -> dict[str, float]:
        from prometheus_client.parser import text_string_to_metric_families

        result = {}
        for family in text_string_to_metric_families(text.decode()):
            for sample in family.samples:
                assert sample.labels.get("run") == "night", sample
                labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()) if k != "run")
                result[f"{sample.name}{{{labels}}}"] = sample.value
        return result

    return read
