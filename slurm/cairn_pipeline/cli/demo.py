"""The command demo: three blocks from PIE to settled state root, and everything stopped at the end."""

import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.live import Live

from cairn_pipeline import control
from cairn_pipeline.cli.table import failures, run_table
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.demo import (
    block_numbers,
    find_cairn,
    find_data,
    make_run,
    private_chain,
    private_slurm,
    read_pie,
    slurm_answers,
)
from cairn_pipeline.jobs.reconcile import reconcile
from cairn_pipeline.run_state import Run, read_run
from cairn_pipeline.slurm_client import Slurm


def on_signal(number: int, _frame: object) -> NoReturn:
    raise StageError(ErrorClass.TRANSIENT, f"stopped by {signal.Signals(number).name}")


def demo(console: Console, folder: Path, data: Path | None, ranks: int, own_cluster: bool) -> None:
    """Raises StageError(refused) if a block was not settled."""
    signal.signal(signal.SIGTERM, on_signal)
    cairn, source = find_cairn(), (data or find_data()).resolve()
    numbers = block_numbers(source)[:3]
    if not numbers:
        raise StageError(ErrorClass.CONFIGURATION, f"{source}: holds no NUMBER.pie.zip")
    with ExitStack() as stack:
        if own_cluster or not slurm_answers():
            # The sockets' folder must have a short name.
            short = stack.enter_context(tempfile.TemporaryDirectory(prefix="cairn-", dir="/tmp"))
            stack.enter_context(private_slurm(Path(short), "--nodes", "1", "--cpus", "16"))
            console.print("private Slurm of one node: started")
        first = source / f"{numbers[0]}.pie.zip"
        chain = stack.enter_context(private_chain(folder / "ethereum", cairn, first))
        console.print(
            f"private Ethereum node at {chain.devnet.node.url}: started, core contract {chain.core.address}"
        )
        run = make_run(folder / "run", cairn, source, chain.options, ranks)
        control.submit(run, Slurm(), numbers)
        watch(console, run)
        for number in numbers:
            if not run.read(number).done:
                raise StageError(ErrorClass.REFUSED, f"block {number} was not settled; its logs: {run.path}")
        output, _ = read_pie(cairn, source / f"{numbers[-1]}.pie.zip")
        if not chain.holds(output):
            raise StageError(
                ErrorClass.REFUSED, f"the contract holds {chain.core.state()}, wanted {output.new_root:#x}"
            )
        console.print(f"the core contract holds block {output.new_number}: root {output.new_root:#x}")
    console.print("everything is stopped again")


def watch(console: Console, run: Run) -> None:
    """Shows the table until nothing is left to do; a plain line per change where there is no terminal."""
    last = ""
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while True:
            with run.locked():
                reconcile(run, Slurm())
            state = read_run(run.path)
            if console.is_terminal:
                live.update(run_table(state), refresh=True)
            else:
                done = sum(s.status == "done" for b in state.blocks.values() for s in b.stages.values())
                line = f"{done} of {len(state.blocks) * len(state.config.stages)} stages done"
                if line != last:
                    console.print(line)
                    last = line
            if not any(block.live for block in state.blocks.values()):
                break
            time.sleep(0.5)
    if not console.is_terminal:
        console.print(run_table(state))
    for line in failures(state):
        console.print(line, style="red", markup=False)
