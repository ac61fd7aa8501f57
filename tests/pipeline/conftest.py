"""Fixtures for all tests of the pipeline: a private Slurm, the built `cairn`, recorded blocks."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
CLUSTER = ROOT / "slurm" / "private-cluster"
# Nothing here is decided by time: these are only how long a broken thing may keep a test waiting.
DEADLINE_S = 600.0

sys.path.insert(0, str(Path(__file__).parent / "core"))


def wait_until(what: str, condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
    """Polls until condition holds; fails the test, naming what was waited for, at the deadline."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {deadline_s:g} s for: {what}\n{what_runs()}")
        time.sleep(0.2)


def what_runs() -> str:
    """Jobs and processes, for who reads of a test that waited in vain."""
    look = "squeue -a; ps -N --ppid 2 -o pid,stat,etime,args --forest"
    answer = subprocess.run(["bash", "-c", look], capture_output=True, text=True, check=False).stdout
    return "\n".join(line[:200] for line in answer.splitlines())


class Cluster:
    """A private Slurm of three virtual nodes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def call(self, command: str, *arguments: str) -> str:
        result = subprocess.run(
            [str(CLUSTER), command, str(self.folder), *arguments], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def start(self, *arguments: str) -> None:
        for line in self.call("start", *arguments).splitlines():
            for word in line.removeprefix("export ").split():
                key, _, value = word.partition("=")
                os.environ[key] = value


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Real slurmctld, slurmd, munge, and the environment for them. Skips where Slurm is not installed."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    if shutil.which("slurmctld", path=path) is None:
        pytest.skip("Slurm is not installed: ./run setup --slurm")
    os.environ["PATH"] = path
    before = dict(os.environ)
    # Short: there are sockets below it.
    with tempfile.TemporaryDirectory(prefix="cairn-slurm-", dir="/tmp") as folder:
        one = Cluster(Path(folder))
        try:
            one.start("--nodes", "3", "--cpus", "8")
            yield one
        finally:
            one.call("stop")
            os.environ.clear()
            os.environ.update(before)


@pytest.fixture(scope="session")
def cairn() -> str:
    """The built program: $CAIRN, or the newest of build/*/bin/cairn."""
    found = [Path(os.environ["CAIRN"])] if "CAIRN" in os.environ else list(ROOT.glob("build/*/bin/cairn"))
    if not found:
        pytest.skip("cairn is not built: ./run build, or CAIRN=path")
    return str(max(found, key=lambda path: path.stat().st_mtime))


@pytest.fixture(scope="session")
def snos_data() -> Path:
    """Recorded OS runs: chain/ (three blocks, KZG) and empty-chain/ (five blocks, calldata)."""
    folder = DATA / "snos"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: the recorded blocks are not part of the repository")
    return folder
