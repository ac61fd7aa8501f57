"""Runs programs as Slurm jobs, which go on when the process that submitted them dies.

The job writes its exit code to a file by rename; squeue is asked, once for all jobs and not too often, only
to notice jobs that ended without (killed, node lost, cancelled).
"""

import shlex
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

from cairn_pipeline.compose.executor import Exit, Work
from cairn_pipeline.compose.pipeline_file import SlurmOptions
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.files import write_atomic

TICK_SECONDS = 0.2
SQUEUE_SECONDS = 2.0
# A shared file system may show a file of another node late.
LATE_SECONDS = 10.0


class SlurmQueue:
    """The jobs that Slurm knows of, asked for at most every SQUEUE_SECONDS by all executors of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = 0.0
        self._jobs: dict[str, str] = {}

    def jobs(self, fresh: bool = False) -> dict[str, str]:
        """Job id to name. Raises StageError(transient) if squeue fails."""
        with self._lock:
            if fresh or time.monotonic() - self._asked >= SQUEUE_SECONDS:
                lines = run_slurm(["squeue", "--noheader", "--me", "--format=%i %j"]).splitlines()
                self._jobs = dict(line.split(maxsplit=1) for line in lines if " " in line.strip())
                self._asked = time.monotonic()
            return self._jobs


def run_slurm(command: list[str]) -> str:
    """stdout of a Slurm command. Raises StageError: transient if it fails, configuration if there is none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except FileNotFoundError as error:
        raise StageError(
            ErrorClass.CONFIGURATION, f"{command[0]}: not found; is Slurm installed here?"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise StageError(ErrorClass.TRANSIENT, f"{command[0]}: no answer within 120 s") from error
    if done.returncode != 0:
        raise StageError(ErrorClass.TRANSIENT, f"{command[0]}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class SlurmExecutor:
    """An Executor."""

    def __init__(self, options: SlurmOptions, queue: SlurmQueue) -> None:
        self.options, self.queue = options, queue

    def start(self, work: Work) -> dict[str, Any]:
        # Between sbatch and the note of its answer we may die: the job's name tells that it was submitted.
        for job, name in self.queue.jobs(fresh=True).items():
            if name == work.name:
                return self._handle(job, work)
        script = work.work_dir / "job.sh"
        write_atomic(script, job_script(work), mode=0o755)
        answer = run_slurm(["sbatch", "--parsable", *self._arguments(work), str(script)])
        return self._handle(answer.strip().partition(";")[0], work)

    @staticmethod
    def _handle(job: str, work: Work) -> dict[str, Any]:
        return {"job": job, "exit_code": str(work.work_dir / "exit_code")}

    def _arguments(self, work: Work) -> list[str]:
        wanted = self.options
        arguments = [
            f"--job-name={work.name}",
            f"--output={work.log_path}",
            "--open-mode=append",
            f"--chdir={work.work_dir}",
            f"--time={wanted.time_minutes}",
            f"--ntasks={wanted.tasks}",
            f"--cpus-per-task={wanted.cpus_per_task}",
        ]
        for flag, value in (
            ("partition", wanted.partition),
            ("account", wanted.account),
            ("gpus", wanted.gpus or None),
            ("mem", None if wanted.memory_mib is None else f"{wanted.memory_mib}M"),
        ):
            if value is not None:
                arguments.append(f"--{flag}={value}")
        return arguments + wanted.arguments

    def wait(self, handle: dict[str, Any], tick: Callable[[], bool]) -> Exit | None:
        missing_since: float | None = None
        while tick():
            code = read_exit_code(handle["exit_code"])
            if code is not None:
                return Exit(code)
            if self._is_known(handle["job"]):
                missing_since = None
            elif missing_since is None:
                missing_since = time.monotonic()
            elif time.monotonic() - missing_since > LATE_SECONDS:
                return Exit(
                    None, f"Slurm job {handle['job']} ended without an exit code: killed, or its node lost"
                )
            time.sleep(TICK_SECONDS)
        return None

    def _is_known(self, job: str) -> bool:
        try:
            return job in self.queue.jobs()
        except StageError:
            return True  # a controller that restarts has not lost the job

    def stop(self, handle: dict[str, Any]) -> None:
        subprocess.run(["scancel", handle["job"]], capture_output=True, check=False, timeout=120)

    def survives(self) -> bool:
        return True

    def adopt(self, handle: dict[str, Any]) -> bool:
        return read_exit_code(handle["exit_code"]) is not None or handle["job"] in self.queue.jobs(fresh=True)


def read_exit_code(path: str) -> int | None:
    try:
        with open(path) as file:
            return int(file.read())
    except FileNotFoundError:
        return None


def job_script(work: Work) -> str:
    """The batch script: chooses the program for its node's machine, leaves the exit code in a file."""
    exports = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in work.environment.items())
    cases = []
    for platform, command in sorted(work.commands.items(), key=lambda item: item[0] == ""):
        pattern = "*" if platform == "" else platform
        cases.append(f"  {pattern}) command=({shlex.join(work.arguments(command))}) ;;")
    if "" not in work.commands:
        known = ", ".join(sorted(work.commands))
        cases.append(f'  *) echo "no program for $platform, only for {known}" >&2; command=(false) ;;')
    folder = shlex.quote(str(work.work_dir))
    return f"""#!/usr/bin/env bash
set -uo pipefail
{exports}case $(uname -m) in x86_64) machine=amd64 ;; aarch64) machine=arm64 ;; *) machine=$(uname -m) ;; esac
platform=$(uname -s | tr '[:upper:]' '[:lower:]')/$machine
command=()
case $platform in
{chr(10).join(cases)}
esac
"${{command[@]}}" &
child=$!
trap 'kill -TERM $child 2>/dev/null' TERM USR1
wait $child
code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
echo $code >{folder}/.exit_code && sync {folder}/.exit_code && mv {folder}/.exit_code {folder}/exit_code
exit $code
"""
