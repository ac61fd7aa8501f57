"""The batch script of one stage of one block: slurm/NAME.sbatch with this run's and site's lines in it."""

import shlex
from pathlib import Path

from cairn_pipeline.config import Stage, built_in
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.files import write_atomic
from cairn_pipeline.run_state import Run

WRAPPERS = Path(__file__).resolve().parents[2]


def job_name(run: Run, stage: str) -> str:
    return f"{run.config.run}.{stage}"


def token(run: Run, block: int, stage: str, attempt: int) -> str:
    """In the job's comment: tells whose job it is, also if the submitter died before he wrote it down."""
    return f"cairn:{run.path}:{block}:{stage}:{attempt}"


def directives(run: Run, block: int, name: str, attempt: int) -> list[str]:
    """The run's and the site's #SBATCH arguments. Stages without `gpus` never ask for one."""
    site, stage = run.site, run.config.stages[name]
    folder = run.attempt_dir(block, name, attempt)
    lines = [f"--job-name={job_name(run, name)}", f"--comment={token(run, block, name, attempt)}"]
    lines += [f"--output={folder / 'log'}", f"--chdir={folder}"]
    lines += [f"--ntasks={stage.ranks}", f"--cpus-per-task={stage.cpus_per_rank}", f"--time={stage.minutes}"]
    lines.append(f"--signal=B:USR1@{min(site.signal_seconds, stage.minutes * 30)}")
    if stage.memory_mb is not None:
        lines.append(f"--mem-per-cpu={-(-stage.memory_mb // stage.cpus_per_rank)}")
    if site.account:
        lines.append(f"--account={site.account}")
    if site.qos:
        lines.append(f"--qos={site.qos}")
    if site.partition_of(name):
        lines.append(f"--partition={site.partition_of(name)}")
    return lines + gpu_directives(run, stage) + site.extra_of(name)


def gpu_directives(run: Run, stage: Stage) -> list[str]:
    """Rank 0 coordinates and gets no GPU, unless it is alone."""
    count = max(stage.ranks - 1, 1) * run.site.gpus_per_rank
    if not stage.gpus or count == 0:
        return []
    kind = f"{run.site.gpu_type}:" if run.site.gpu_type else ""
    return [f"--gpus={kind}{count}"]


def environment(run: Run, block: int, name: str, attempt: int) -> list[str]:
    """Shell lines: the site's modules and variables, and which stage this job is."""
    lines = ["module purge"] if run.site.module_purge else []
    lines += [f"module load {shlex.quote(module)}" for module in run.site.modules]
    values = {"CAIRN_PYTHON": str(run.site.python), "CAIRN_RUN": str(run.path), "CAIRN_BLOCK": str(block)}
    values |= {"CAIRN_STAGE": name, "CAIRN_ATTEMPT": str(attempt)} | run.site.environment
    return lines + [f"export {key}={shlex.quote(value)}" for key, value in values.items()]


def render(run: Run, block: int, name: str, attempt: int) -> str:
    """The whole script. A stage without a wrapper of its own gets that of `command`."""
    wrapper = WRAPPERS / f"{built_in(name)}.sbatch"
    if not wrapper.is_file():
        wrapper = WRAPPERS / "command.sbatch"
    lines = wrapper.read_text().splitlines()
    last = max(index for index, line in enumerate(lines) if line.startswith("#SBATCH"))
    ours = [f"#SBATCH {quote(argument)}" for argument in directives(run, block, name, attempt)]
    body: list[str] = []
    shared = (WRAPPERS / "stage.sh").read_text().splitlines()  # its first line is for shellcheck
    for line in lines[last + 1 :]:
        if line.startswith("# shellcheck source="):
            continue
        if line.startswith("source "):
            body += environment(run, block, name, attempt) + [
                "",
                *shared[1:],
            ]
        else:
            body.append(line)
    return "\n".join([*lines[: last + 1], *ours, *body]) + "\n"


def quote(argument: str) -> str:
    if any(character in argument for character in "\n\"'\\"):
        raise StageError(
            ErrorClass.CONFIGURATION, f"sbatch argument {argument!r}: quotes and backslashes do not pass"
        )
    key, _, value = argument.partition("=")
    return f'{key}="{value}"' if " " in value else argument


def write_script(run: Run, block: int, name: str, attempt: int) -> Path:
    folder = run.attempt_dir(block, name, attempt)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "job.sh"
    write_atomic(path, render(run, block, name, attempt), mode=0o755)
    return path


def dependency(job_ids: list[int]) -> list[str]:
    """afterok is judged once: when a parent fails, Slurm ends this job, and `retry` submits it anew."""
    return [f"--dependency=afterok:{':'.join(map(str, sorted(job_ids)))}"] if job_ids else []
