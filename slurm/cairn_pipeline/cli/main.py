"""The program cairn-pipeline: options to calls, errors to one line and an exit code."""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from cairn_pipeline import control
from cairn_pipeline.cli.table import failures, run_table
from cairn_pipeline.compose.commands import compose_app
from cairn_pipeline.config import load_config
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.jobs.reconcile import reconcile
from cairn_pipeline.jobs.submit import Submitted, rehearse
from cairn_pipeline.run_state import Run, read_run
from cairn_pipeline.site import load_site
from cairn_pipeline.slurm_client import Slurm
from cairn_pipeline.watch.commands import metrics, report

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, help=__doc__)
console = Console(soft_wrap=True)
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="the run's folder")]
Blocks = Annotated[str, typer.Option("--blocks", "-b", help="such as 5, 5..9 or 5,7..9")]


@app.command()
def init(
    path: RunPath,
    config: Annotated[Path | None, typer.Option(help="the run's TOML file")] = None,
    site: Annotated[Path | None, typer.Option(help="the site's TOML file")] = None,
) -> None:
    """Make a run's folder and freeze its configuration there."""
    run = Run.create(path, load_config(config, path.resolve().name), load_site(site))
    print(run.path)


@app.command()
def submit(
    path: RunPath,
    blocks: Blocks,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="print scripts and sbatch's opinion only")
    ] = False,
    close: Annotated[
        bool, typer.Option("--close", help="end a unit with the last block (runs that aggregate)")
    ] = False,
) -> None:
    """Submit blocks: each stage a job that depends on those before it. Prints BLOCK STAGE JOB lines."""
    run, numbers = Run(path), control.parse_blocks(blocks)
    if dry_run:
        for step in rehearse(run, Slurm(), numbers):
            print(f"### block {step.block} {step.stage}, after {', '.join(step.after) or 'nothing'}")
            print(f"### sbatch --test-only: {step.answer}")
            print(step.script)
        return
    show(control.submit(run, Slurm(), numbers, close))


def show(submitted: list[Submitted]) -> None:
    for one in submitted:
        print(f"{one.block} {one.stage} {one.job_id}")


@app.command()
def status(
    path: RunPath,
    as_json: Annotated[bool, typer.Option("--json", help="everything, for programs")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="until all blocks are done or stopped")] = False,
    recent: Annotated[int | None, typer.Option(help="the last N blocks and those that stopped")] = None,
    interval: Annotated[float, typer.Option(help="seconds between looks of --watch")] = 10.0,
    slurm: Annotated[bool, typer.Option(help="ask Slurm too, not the files alone")] = True,
) -> None:
    """Show blocks and stages. Asks Slurm once for all jobs and corrects what it finds wrong."""
    run = Run(path)
    if watch:
        with Live(console=console, auto_refresh=False) as live:
            while True:
                refresh(run, slurm)
                state = read_run(path)
                live.update(run_table(state, recent), refresh=True)
                if not any(block.live for block in state.blocks.values()):
                    break
                time.sleep(interval)
    else:
        refresh(run, slurm)
        state = read_run(path)
        if as_json:
            print(state.model_dump_json(indent=1, by_alias=True))
            return
        console.print(run_table(state, recent))
    for line in failures(state):
        console.print(line, style="red", markup=False, highlight=False)


def refresh(run: Run, slurm: bool) -> None:
    """Corrects the files by Slurm; if that does not answer, the files alone are shown."""
    if not slurm:
        return
    try:
        with run.locked():
            reconcile(run, Slurm())
    except StageError as error:
        print(f"Slurm was not asked: {error.reason}", file=sys.stderr)


@app.command()
def logs(
    path: RunPath,
    block: int,
    stage: str,
    attempt: Annotated[int | None, typer.Option(help="default: the last")] = None,
) -> None:
    """Print the log of a stage of a block."""
    run = Run(path)
    control.check_known(run, [block])
    state = run.read(block).stages.get(stage)
    if state is None:
        raise StageError(
            ErrorClass.CONFIGURATION,
            f"{stage} is no stage; there are {', '.join(run.config.order())}",
        )
    log = run.attempt_dir(block, stage, attempt or state.attempt) / "log"
    if not log.is_file():
        raise StageError(ErrorClass.CONFIGURATION, f"{log}: there is no log yet; {stage} is {state.status}")
    sys.stdout.write(log.read_text(errors="replace"))


@app.command()
def retry(
    path: RunPath,
    blocks: Blocks,
    stage: Annotated[list[str] | None, typer.Option(help="run this one again, and all after it")] = None,
) -> None:
    """Submit failed and cancelled stages again, with the tail of their chains."""
    show(control.retry(Run(path), Slurm(), control.parse_blocks(blocks), stage or []))


@app.command()
def cancel(path: RunPath, blocks: Blocks) -> None:
    """End the jobs of blocks. `retry` takes them up again."""
    for job in control.cancel(Run(path), Slurm(), control.parse_blocks(blocks)):
        print(job)


@app.command()
def pause(path: RunPath) -> None:
    """Start, submit and send nothing more; what runs goes on."""
    control.pause(Run(path), Slurm())


@app.command()
def resume(path: RunPath) -> None:
    """End a pause."""
    show(control.resume(Run(path), Slurm()))


@app.command()
def gc(
    path: RunPath,
    proofs: Annotated[bool, typer.Option("--proofs", help="proofs of finished blocks too")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say only what would be removed")] = False,
) -> None:
    """Remove what finished blocks need no more."""
    gone = control.collect_garbage(Run(path), proofs, dry_run)
    for removed, size in gone:
        print(f"{size:12d} {removed}")
    print(f"{sum(size for _, size in gone):12d} bytes{' would go' if dry_run else ''}", file=sys.stderr)


@app.command()
def doctor(
    path: Annotated[
        Path | None, typer.Argument(metavar="[RUN]", help="check this run's site and options")
    ] = None,
    site: Annotated[Path | None, typer.Option(help="or this site file")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say what this machine and cluster offer and what is missing."""
    from cairn_pipeline.cli.doctor import examine

    findings = examine(Run(path) if path else None, load_site(site) if path is None else Run(path).site)
    if as_json:
        print(json.dumps([finding.__dict__ for finding in findings], indent=1))
    else:
        for finding in findings:
            console.print(f"{finding.mark:8} {finding.what}: {finding.words}", markup=False, highlight=False)
    if any(finding.mark == "missing" for finding in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="kept: the run's folder and logs")] = Path(
        "build/demo/pipeline"
    ),
    data: Annotated[Path | None, typer.Option(help="folder of consecutive NUMBER.pie.zip")] = None,
    ranks: Annotated[int, typer.Option(min=1, help="of every proof")] = 2,
    own_cluster: Annotated[bool, typer.Option("--own-cluster", help="even where there is a Slurm")] = False,
) -> None:
    """Three blocks from PIE to settled state root on this machine, with a private Slurm and Ethereum node."""
    from cairn_pipeline.cli.demo import demo as run_demo

    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    run_demo(console, folder.resolve(), data, ranks, own_cluster)


app.add_typer(compose_app, name="compose")
app.command()(metrics)
app.command()(report)


def main() -> None:
    """Runs the program; an expected failure is one line on stderr."""
    try:
        app()
    except StageError as error:
        print(f"cairn-pipeline: {error.reason}", file=sys.stderr)
        sys.exit(error.error_class.exit_code)


if __name__ == "__main__":
    main()
