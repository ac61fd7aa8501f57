"""The alternative store: a directory, or any server that takes HTTP PUT and gives back by GET.

An object is written once, under a name made from its content's commitment, and read back before it counts.
"""

import hashlib
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.manifest import StoredEntry
from cairn_pipeline.files import write_atomic

RETRY_LATER = {408, 425, 429}


def publish(
    store: str, name: str, data: bytes, *, token: str | None = None, timeout: float = 30.0
) -> StoredEntry:
    """Puts data under name into store (a path, or an http or https address). The same data again is no error.

    token: sent as a bearer token. timeout: seconds for one request. Raises DaError: store-unavailable (try
    again), option-invalid (the store says no), store-conflict (other bytes are there).
    """
    if "://" not in store:
        url = _to_directory(Path(store), name, data)
    elif urlsplit(store).scheme in ("http", "https"):
        url = _to_server(store, name, data, token, timeout)
    else:
        raise DaError(Reason.OPTION_INVALID, f"store {store}: wanted a directory or an http or https address")
    return StoredEntry(name=name, url=url, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _to_directory(directory: Path, name: str, data: bytes) -> str:
    path = directory / name
    try:
        if not directory.is_dir():
            raise DaError(Reason.OPTION_INVALID, f"store {directory}: no such directory")
        if not path.exists():
            write_atomic(path, data)
        found = path.read_bytes()
    except OSError as error:
        raise DaError(Reason.STORE_UNAVAILABLE, f"{path}: {error.strerror}") from None
    _compare(str(path), found, data)
    return path.resolve().as_uri()


def _to_server(store: str, name: str, data: bytes, token: str | None, timeout: float) -> str:
    url = f"{store.rstrip('/')}/{name}"
    found = _request(url, None, token, timeout)
    if found is None:
        _request(url, data, token, timeout)
        found = _request(url, None, token, timeout)
        if found is None:
            raise DaError(Reason.STORE_UNAVAILABLE, f"{url}: was put and is not there")
    _compare(url, found, data)
    return url


def _request(url: str, data: bytes | None, token: str | None, timeout: float) -> bytes | None:
    """PUT if there is data, else GET; None if a GET finds nothing."""
    request = urllib.request.Request(url, data=data, method="GET" if data is None else "PUT")
    request.add_header("Content-Type", "application/octet-stream")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        if data is None and error.code in (404, 410):
            return None
        later = error.code >= 500 or error.code in RETRY_LATER
        reason = Reason.STORE_UNAVAILABLE if later else Reason.OPTION_INVALID
        raise DaError(reason, f"{url}: {request.method} answered {error.code} {error.reason}") from None
    except (OSError, ValueError) as error:  # no connection, a torn one, a time-out, no such address
        raise DaError(Reason.STORE_UNAVAILABLE, f"{url}: {request.method}: {error}") from None


def _compare(where: str, found: bytes, data: bytes) -> None:
    if found != data:
        raise DaError(
            Reason.STORE_CONFLICT,
            f"{where}: holds other bytes ({len(found)}) than the block's data ({len(data)})",
        )
