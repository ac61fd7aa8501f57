"""log.jsonl: every change of every block as one line of JSON."""

import json
import threading
from pathlib import Path

from cairn_pipeline.json_log import JsonLog


def test_every_change_of_a_block_is_a_line(night) -> None:
    lines = [json.loads(line) for line in (night.run.path / "log.jsonl").read_text().splitlines()]
    failed = next(line for line in lines if line["event"] == "failed")
    expected = {"run": "night", "block": 3, "stage": "prove", "job": 77, "attempt": 1, "level": "error"}
    assert expected.items() <= failed.items() and failed["error"]["class"] == "bad-input"
    assert {"ts", "host", "pid"} <= failed.keys()
    assert len(lines) == sum(len(p.read_text().splitlines()) for p in night.run.path.rglob("journal.jsonl"))


def test_lines_of_several_writers_stay_whole(tmp_path: Path) -> None:
    log = JsonLog(tmp_path / "log.jsonl", run="r")

    def write(number: int) -> None:
        for _ in range(100):
            log.write("event", block=number, text="x" * 3000)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    assert len(lines) == 400 and all(line["text"] == "x" * 3000 for line in lines)
