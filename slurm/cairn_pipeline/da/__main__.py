"""python -m cairn_pipeline.da inspect FILE... | check OUTPUT [SEGMENT]"""

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from cairn_pipeline.contract import StageError
from cairn_pipeline.da.felts import read_felts
from cairn_pipeline.da.inspect import Facts, inspect_file
from cairn_pipeline.da.manifest import Mode
from cairn_pipeline.da.prepare import DaOptions, plan
from cairn_pipeline.da.snos_output import parse, without_aggregator_input

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Data availability of a block.")
Json = Annotated[bool, typer.Option("--json", help="One JSON object a file.")]


@app.command()
def inspect(files: Annotated[list[Path], typer.Argument()], as_json: Json = False) -> None:
    """Shows what blobs, DA segments or program outputs hold."""
    for file in files:
        try:
            show(str(file), inspect_file(file), as_json)
        except StageError as error:
            end(error)


@app.command()
def check(
    output: Annotated[Path, typer.Argument(help="Program output: JSON array of felts.")],
    segment: Annotated[
        Path | None, typer.Argument(help="DA segment; without KZG the output holds it.")
    ] = None,
    mode: Annotated[Mode | None, typer.Option(help="By default as the output says.")] = None,
    as_json: Json = False,
) -> None:
    """Holds a DA segment against its program output, as the da stage does; sends and writes nothing."""
    try:
        parsed = parse(without_aggregator_input(read_felts(output)), str(output))
        words = read_felts(segment) if segment else parsed.da_segment
        store = "." if mode is Mode.ALT_DA else None
        manifest = plan(parsed, words, DaOptions(mode=mode, store=store)).manifest
    except StageError as error:
        end(error)
    facts: Facts = {
        "mode": manifest.mode.value,
        "block": manifest.block,
        "kind": manifest.segment.kind,
        "words": manifest.segment.words,
        "call data bytes": manifest.calldata_bytes,
        "state transition fact": manifest.state_transition_fact,
    }
    facts |= {f"versioned hash {i}": value for i, value in enumerate(manifest.versioned_hashes)}
    show(str(output), facts, as_json)


def show(title: str, facts: Facts, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"file": title, **facts}))
        return
    table = Table(title=title, show_header=False, title_justify="left")
    for name, value in facts.items():
        table.add_row(name, str(value))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def end(error: StageError) -> NoReturn:
    print(error.reason, file=sys.stderr)
    raise typer.Exit(error.error_class.exit_code)


if __name__ == "__main__":
    app()
