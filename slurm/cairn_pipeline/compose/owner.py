"""Who works on a message, and whether he still lives.

On the same host the kernel answers at once and for certain; for another host there is only the lease, which
the owner renews by touching his claim.
"""

import os
import socket
from functools import cache
from pathlib import Path

from cairn_pipeline.contract import Strict


class Owner(Strict):
    """A worker: the place whose process numbers mean something, the process, and which of its workers."""

    place: str  # host, boot and process namespace
    pid: int
    started: int  # clock ticks after boot: tells a process from a later one of the same number
    worker: str

    def is_gone(self) -> bool | None:
        """True or False where this host can tell, None for a process of another one."""
        if self.place != this_place():
            return None
        return process_start(self.pid) != self.started


@cache
def this_place() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{socket.gethostname()}/{boot}/{os.readlink('/proc/self/ns/pid')}"


def process_start(pid: int) -> int | None:
    """When the process started, in clock ticks after boot; None if there is none or it is a zombie."""
    try:
        # The second field, the command's name, may hold anything, also brackets and spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def this_owner(worker: str) -> Owner:
    pid = os.getpid()
    started = process_start(pid)
    assert started is not None  # it is us
    return Owner(place=this_place(), pid=pid, started=started, worker=worker)
