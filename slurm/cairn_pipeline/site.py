"""What depends on the cluster and not on the run: account, partitions, modules, launcher, GPUs, scratch."""

import shutil
import sys
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from cairn_pipeline.config import built_in, explain, read_toml
from cairn_pipeline.contract import Strict


class Site(Strict):
    account: str = ""
    qos: str = ""
    partition: dict[str, str] = {}  # by stage; "default" for the others; prove_block is as prove
    extra: dict[str, list[str]] = {}  # more sbatch arguments, by stage; "default" for all
    modules: list[str] = []
    module_purge: bool = False
    environment: dict[str, str] = {}  # exported in every job
    launcher: Literal["mpirun", "srun"] = "mpirun"
    launcher_args: list[str] = []  # for srun: --mpi=pmix is the default
    gpus_per_rank: int = Field(0, ge=0)  # rank 0 of a proof coordinates and gets none
    gpu_type: str = ""
    scratch: Path | None = None  # where proving keeps what a resume needs; default: the run's own folder
    python: Path = Path(sys.executable)  # with cairn_pipeline; must be the same path on the nodes
    cairn: str = "cairn"
    submit_from_jobs: bool = True  # compute nodes may call sbatch; if not, `submit` again moves the window
    signal_seconds: int = Field(120, ge=10)  # a job is told so long before its time limit

    def partition_of(self, stage: str) -> str:
        places = (stage, built_in(stage), "default")
        return next((self.partition[place] for place in places if place in self.partition), "")

    def extra_of(self, stage: str) -> list[str]:
        return self.extra.get("default", []) + self.extra.get(stage, self.extra.get(built_in(stage), []))

    def launch(self, ranks: int) -> list[str]:
        """The words before the program that is started on so many ranks."""
        if self.launcher == "srun":
            # mpirun ends all ranks when one is killed; srun has to be told.
            return ["srun", "--kill-on-bad-exit=1", *(self.launcher_args or ["--mpi=pmix"]), "-n", str(ranks)]
        return ["mpirun", *self.launcher_args, "-n", str(ranks)]


def load_site(path: Path | None) -> Site:
    """Raises StageError(configuration)."""
    try:
        site = Site.model_validate(read_toml(path) if path else {})
    except ValidationError as error:
        raise explain(path or Path("(defaults)"), error) from error
    found = shutil.which(site.cairn)
    return site.model_copy(update={"cairn": str(Path(found).resolve())}) if found else site
