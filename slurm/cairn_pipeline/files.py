"""Files that are whole or absent: atomic publication, digests, locks. Knows nothing of the pipeline."""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_atomic(path: Path, data: bytes | str, mode: int = 0o644) -> None:
    """Publishes data under path: temporary file beside it, fsync, rename, fsync of the folder.

    Whoever reads path sees the old content or the new one, also after a crash. Raises OSError.
    """
    raw = data.encode() if isinstance(data, str) else data
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Publishes value as indented JSON, like write_atomic."""
    write_atomic(path, json.dumps(value, indent=1, sort_keys=False, default=str) + "\n")


def append_line(path: Path, value: Any) -> None:
    """Appends one JSON line and syncs it. The caller holds the file's lock if there are several writers."""
    line = json.dumps(value, separators=(",", ":"), default=str) + "\n"
    with open(path, "ab") as file:
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Makes a rename in this folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_file(path: Path) -> str:
    """The file's SHA-256 in hex. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the exclusive lock of path (a file made for it) while the block runs; waits for another holder.

    fcntl record locks: they work between hosts on NFS, Lustre and GPFS, and the kernel frees them when
    their holder dies. Not reentrant, and of no use between threads of one process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN)
