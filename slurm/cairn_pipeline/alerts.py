"""Tells operators of failures: a webhook, a mail command; once per cause and run."""

import json
import re
import subprocess
import urllib.request
from typing import Any

from cairn_pipeline.contract import StageFailure
from cairn_pipeline.files import append_line, locked
from cairn_pipeline.run_state import Run
from cairn_pipeline.run_state.model import now


def cause(stage: str, failure: StageFailure) -> str:
    """What is one and the same to an operator: numbers and paths are left out."""
    words = re.sub(r"\S*/\S*", "PATH", failure.reason)
    return f"{stage}: {failure.class_.value}: " + re.sub(r"0x[0-9a-fA-F]+|[0-9]+", "#", words)


def alert(run: Run, block: int, stage: str, failure: StageFailure) -> bool:
    """Tells of a failure unless its cause was told before; returns whether it did. Never raises for a
    recipient that cannot be reached: that is written to alerts.jsonl."""
    key = cause(stage, failure)
    path = run.path / "alerts.jsonl"
    with locked(run.path / ".alerts.lock"):
        told = path.read_text().splitlines() if path.exists() else []
        if any(json.loads(line)["cause"] == key for line in told):
            return False
        message = {
            "ts": now().isoformat(),
            "run": run.config.run,
            "block": block,
            "stage": stage,
            "cause": key,
        }
        message |= {"class": failure.class_.value, "reason": failure.reason}
        append_line(path, message | {"delivery": deliver(run, message)})
    return True


def deliver(run: Run, message: dict[str, Any]) -> dict[str, str]:
    """Sends to all recipients; says of each "ok" or what went wrong."""
    config, result = run.config.alerts, {}
    subject = f"cairn {message['run']}: block {message['block']} {message['stage']}: {message['class']}"
    if config.webhook_url_file is not None:
        try:
            request = urllib.request.Request(
                config.webhook_url_file.read_text().strip(),
                data=json.dumps(message).encode(),
                headers={"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                result["webhook"] = "ok" if answer.status < 300 else f"HTTP {answer.status}"
        except (OSError, ValueError) as error:
            result["webhook"] = str(error)
    if config.command:
        argv = [word.replace("{subject}", subject) for word in config.command]
        body = "\n".join(f"{key}: {value}" for key, value in message.items()) + "\n"
        try:
            code = subprocess.run(argv, input=body, text=True, timeout=60, check=False).returncode
            result["command"] = "ok" if code == 0 else f"exit {code}"
        except (OSError, subprocess.TimeoutExpired) as error:
            result["command"] = str(error)
    return result
