"""JSON lines: one object a line, with run, block, job and stage, for grep, jq and log collectors."""

import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LEVELS = {"failed": "error", "source failed": "warning", "retry": "warning", "cancelled": "warning"}


class JsonLog:
    """Appends to a log file. Several processes and threads may write one file: a line is one write."""

    def __init__(self, path: Path, run: str, echo: bool = False) -> None:
        self.path, self.run, self.echo = path, run, echo
        self._host = socket.gethostname()

    def write(self, event: str, **fields: Any) -> None:
        """One line. Fields of None are left out; a ts among them is the event's own time. Raises OSError."""
        record: dict[str, Any] = {
            "ts": fields.pop("ts", None) or datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": LEVELS.get(event, "info"),
            "run": self.run,
        }
        for key in ("block", "stage", "job", "attempt"):
            if fields.get(key) is not None:
                record[key] = fields.pop(key)
        record["event"] = event
        record |= {key: value for key, value in fields.items() if value is not None}
        record |= {"host": self._host, "pid": os.getpid()}
        line = json.dumps(record, separators=(",", ":"), default=str) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
        if self.echo:
            print(self._short(record), file=sys.stderr, flush=True)

    @staticmethod
    def _short(record: dict[str, Any]) -> str:
        place = " ".join(str(record[key]) for key in ("stage", "block") if key in record)
        reason = f": {record['error']}" if record.get("error") else ""
        return f"{record['ts'][11:19]} {place} {record['event']}{reason}"
