"""One queue in files: messages stay, and every consumer group keeps its own account of them.

    messages/ID.json                 published once; the first of equal ids wins
    groups/GROUP/claims/ID.NNNN.json delivery NNNN: who works on it, since when, how it ended
    groups/GROUP/results/ID.json     what the work gave, before it is published
    groups/GROUP/done/ID             published
    groups/GROUP/dead/ID.json        parked, with the evidence

Several processes and hosts use the same folder; what decides is link(2), which fails when the name exists.
"""

import os
import tempfile
import time
from pathlib import Path

from cairn_pipeline.compose.message import Message
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.files import sync_directory

# A listing made this soon after a folder's last change may have missed a change of the same clock tick.
TICK_SECONDS = 1.0


def publish_once(path: Path, data: str) -> bool:
    """Publishes data under path if there is no such file yet; False if there is. Durable in both cases."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return False
        sync_directory(path.parent)
        return True
    finally:
        os.unlink(name)


class Listing:
    """The names in a folder, read again only when the folder changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamp = -1
        self._names: frozenset[str] = frozenset()

    def names(self) -> frozenset[str]:
        stamp = self.folder.stat().st_mtime_ns
        if stamp != self._stamp:
            now = time.time_ns()
            with os.scandir(self.folder) as entries:
                self._names = frozenset(entry.name for entry in entries if not entry.name.startswith("."))
            self._stamp = stamp if now - stamp > TICK_SECONDS * 1e9 else -1
        return self._names


class QueueStore:
    """The messages of one queue."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.folder = root / "queues" / name
        self.messages = self.folder / "messages"
        self.messages.mkdir(parents=True, exist_ok=True)
        self._listing = Listing(self.messages)

    def publish(self, message: Message) -> bool:
        """Puts a message in the queue; False if one of its id is there already. Raises OSError."""
        return publish_once(
            self.messages / f"{message.id}.json", message.model_dump_json(by_alias=True) + "\n"
        )

    def ids(self) -> list[str]:
        """All ids ever published, by block."""
        return sorted(name.removesuffix(".json") for name in self._listing.names())

    def __contains__(self, message_id: str) -> bool:
        return (self.messages / f"{message_id}.json").exists()

    def read(self, message_id: str) -> Message:
        """Raises StageError(bad-input) if it is missing or not a message."""
        path = self.messages / f"{message_id}.json"
        try:
            return Message.model_validate_json(path.read_bytes())
        except (OSError, ValueError) as error:
            reason = f"{path}: not a message: {error}"
            raise StageError(ErrorClass.BAD_INPUT, reason) from error
