"""What doctor looks at. Nothing is changed but a probe file in the run's folder."""

import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from cairn_pipeline.contract import StageError
from cairn_pipeline.run_state import Run
from cairn_pipeline.site import Site
from cairn_pipeline.slurm_client import Slurm, one_line


@dataclass
class Finding:
    what: str
    mark: str  # ok, warning or missing
    words: str


def examine(run: Run | None, site: Site) -> list[Finding]:
    """All findings, in the order in which a run would meet them."""
    found = [program("sbatch"), *slurm_answers(site), program(site.launcher), pmix(site), cairn(site)]
    if run is not None:
        found += [disk(run), shared_folder(run, site), *settlement(run)]
    return [finding for finding in found if finding is not None]


def program(name: str) -> Finding:
    path = shutil.which(name)
    return Finding(name, "ok", path) if path else Finding(name, "missing", "is not on the PATH")


def slurm_answers(site: Site) -> list[Finding]:
    try:
        answer = Slurm(timeout_s=20).ask("sinfo", "-h", "-o", "%R")
    except StageError as error:
        return [Finding("slurmctld", "missing", error.reason)]
    partitions = set(answer.split())
    found = [Finding("slurmctld", "ok", f"partitions {', '.join(sorted(partitions))}")]
    for stage, name in site.partition.items():
        if name not in partitions:
            found.append(Finding(f"partition of {stage}", "missing", f"there is no {name}"))
    return found


def pmix(site: Site) -> Finding | None:
    if site.launcher != "srun":
        return None
    try:
        result = Slurm(timeout_s=20).run("srun", "--mpi=list")
    except StageError as error:
        return Finding("pmix", "missing", error.reason)
    words = one_line(result.stdout + result.stderr)
    if "pmix" in words:
        return Finding("pmix", "ok", words)
    return Finding(
        "pmix", "missing", f'srun knows {words}: install Slurm\'s PMIx plugin, or launcher = "mpirun"'
    )


def cairn(site: Site) -> Finding:
    try:
        result = subprocess.run(
            [site.cairn, "version"], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError as error:
        return Finding(
            "cairn", "missing", f"{site.cairn}: {error.strerror}: ./run build, and name it in the site file"
        )
    words = one_line(result.stdout + result.stderr)
    return Finding("cairn", "ok" if result.returncode == 0 else "missing", words)


def disk(run: Run) -> Finding:
    free = shutil.disk_usage(run.path).free
    return Finding(
        "disk", "ok" if free > 10 << 30 else "warning", f"{free / 2**30:.1f} GiB free at {run.path}"
    )


def shared_folder(run: Run, site: Site) -> Finding:
    """Writes a token here and reads it on a node."""
    token = run.path / ".doctor"
    token.write_text("seen")
    argv = ["srun", "--immediate=30", "-N1", "-n1", "-t1", "--mpi=none", *site.extra_of("snos")]
    if site.account:
        argv.append(f"--account={site.account}")
    if site.partition_of("snos"):
        argv.append(f"--partition={site.partition_of('snos')}")
    probe = "import cairn_pipeline, sys; print(open(sys.argv[1]).read())"
    try:
        result = Slurm(timeout_s=90).run(*argv, str(site.python), "-c", probe, str(token))
    except StageError as error:
        return Finding("shared folder", "missing", error.reason)
    finally:
        token.unlink(missing_ok=True)
    if result.returncode == 0 and "seen" in result.stdout:
        return Finding("shared folder", "ok", f"a node reads {run.path} and runs {site.python}")
    return Finding("shared folder", "missing", f"a node does not: {one_line(result.stderr)}")


def settlement(run: Run) -> list[Finding]:
    """The node and the key that the settle stage names."""
    stage = run.config.stages.get("settle")
    options = stage.options if stage else {}
    found = []
    url = options.get("rpc_url")
    if isinstance(url, str):
        request = urllib.request.Request(
            url,
            data=b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                found.append(Finding("settlement node", "ok", one_line(answer.read(500).decode())))
        except (OSError, ValueError) as error:
            found.append(Finding("settlement node", "missing", f"{url}: {error}"))
    for name in ("keystore", "password_file"):
        if isinstance(options.get(name), str):
            found.append(secret(name, Path(options[name])))
    return found


def secret(name: str, path: Path) -> Finding:
    if not path.is_file():
        return Finding(name, "missing", f"{path}: is missing")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding(name, "missing", f"{path}: mode {mode:o}, wanted 600: others can read it")
    return Finding(name, "ok", str(path))
