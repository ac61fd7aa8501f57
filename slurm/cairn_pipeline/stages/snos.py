"""Stage snos: gets a block's PIE. Three sources: inbox, cairo, command.

inbox    the sequencer's own SNOS leaves NUMBER.pie.zip, and NUMBER.da.json if there is one, in a folder
cairo    runs a compiled Cairo program with an input under a Cairo VM and takes its PIE
command  any program with --input-path and --output-path that leaves the output `pie`, and `da_segment` if any

Outputs: pie, snos_output (JSON array of the program's output as hex), da_segment. The PIE is checked by
`cairn inspect`: one that Cairn cannot prove is refused before anything is spent on it.
"""

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any, Literal

from cairn_pipeline.contract import (
    ErrorClass,
    StageError,
    StageInput,
    StageResult,
    read_output,
    stage_main,
    write_model,
)
from cairn_pipeline.files import sync_directory, write_json
from cairn_pipeline.stages.options import Options, read_options
from cairn_pipeline.stages.process import run


class SnosOptions(Options):
    source: Literal["inbox", "cairo", "command"] = "inbox"
    inbox: Path | None = None
    pie_name: str = "{block}.pie.zip"
    da_name: str = "{block}.da.json"
    wait_seconds: float = 0  # for a PIE that is not there yet; then the stage ends as transient
    program: list[str] = []  # command: the program; cairo: the runner, with {program} {input} {layout} {pie}
    cairo_program: Path | None = None
    cairo_input: str = ""  # path with {block}; empty: the program takes none
    layout: str = "all_cairo"
    minimum_output: int = 0  # felts that the program's output must have at least


# Both cairo-lang's cairo-run and cairo-vm's command line understand these.
CAIRO_RUN = ["cairo-run", "--program", "{program}", "--layout", "{layout}", "--cairo_pie_output", "{pie}"]


def snos(stage_input: StageInput) -> StageResult:
    """Gets a block's PIE."""
    options = read_options(stage_input, SnosOptions)
    sources = {"inbox": from_inbox, "cairo": from_cairo, "command": from_command}
    outputs = sources[options.source](stage_input, options)
    facts = inspect(options, outputs["pie"], stage_input.work_dir / "snos_output.json")
    return StageResult({**outputs, "snos_output": stage_input.work_dir / "snos_output.json"}, facts)


def from_inbox(stage_input: StageInput, options: SnosOptions) -> dict[str, Path]:
    if options.inbox is None:
        raise StageError(
            ErrorClass.CONFIGURATION, "stage snos: source inbox needs the option inbox, a folder"
        )
    pie = options.inbox / options.pie_name.format(block=stage_input.block)
    end = time.monotonic() + options.wait_seconds
    while not pie.is_file():
        if time.monotonic() >= end:
            raise StageError(ErrorClass.TRANSIENT, f"{pie}: is not there yet")
        time.sleep(min(1.0, max(0.05, options.wait_seconds / 20)))
    outputs = {"pie": take(pie, stage_input.work_dir / "pie.zip")}
    segment = options.inbox / options.da_name.format(block=stage_input.block)
    if segment.is_file():
        outputs["da_segment"] = take(segment, stage_input.work_dir / "da_segment.json")
    return outputs


def take(source: Path, target: Path) -> Path:
    """A copy of our own: what the sequencer does with its files later does not change this block."""
    temporary = target.with_name(f".{target.name}.tmp")
    shutil.copyfile(source, temporary)
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_directory(target.parent)
    return target


def from_cairo(stage_input: StageInput, options: SnosOptions) -> dict[str, Path]:
    if options.cairo_program is None:
        raise StageError(ErrorClass.CONFIGURATION, "stage snos: source cairo needs the option cairo_program")
    pie = stage_input.work_dir / "pie.zip"
    template = list(options.program or CAIRO_RUN)
    if options.cairo_input and not options.program:
        template += ["--program_input", "{input}"]
    words = {"program": str(options.cairo_program), "layout": options.layout, "pie": str(pie)}
    words["input"] = options.cairo_input.format(block=stage_input.block)
    words["block"] = str(stage_input.block)
    try:
        argv = [word.format(**words) for word in template]
    except (KeyError, IndexError) as error:
        raise StageError(ErrorClass.CONFIGURATION, f"option program: {error} is no placeholder") from error
    run(argv, stage_input.work_dir)
    if not pie.is_file():
        raise StageError(ErrorClass.BAD_INPUT, f"{argv[0]} ended with 0 and left no PIE at {pie}")
    return {"pie": pie}


def from_command(stage_input: StageInput, options: SnosOptions) -> dict[str, Path]:
    if not options.program:
        raise StageError(ErrorClass.CONFIGURATION, "stage snos: source command needs the option program")
    folder = stage_input.work_dir / "command"
    folder.mkdir(exist_ok=True)
    write_model(folder / "in.json", stage_input.model_copy(update={"work_dir": folder}))
    (folder / "out.json").unlink(missing_ok=True)
    paths = ["--input-path", str(folder / "in.json"), "--output-path", str(folder / "out.json")]
    try:
        run([*options.program, *paths], folder)
    except StageError:
        failed = read_output(folder / "out.json")
        if failed is not None and failed.error is not None:
            raise StageError(failed.error.class_, failed.error.reason) from None
        raise
    output = read_output(folder / "out.json")
    if output is None:
        raise StageError(ErrorClass.BAD_INPUT, f"{options.program[0]} ended with 0 and left no out.json")
    wrong = output.verify()
    if wrong is not None or "pie" not in output.outputs:
        raise StageError(
            ErrorClass.BAD_INPUT, f"{options.program[0]}: {wrong or 'its out.json has no output pie'}"
        )
    return {name: artifact.path for name, artifact in output.outputs.items() if name in ("pie", "da_segment")}


def inspect(options: SnosOptions, pie: Path, output_path: Path) -> dict[str, Any]:
    """Checks the PIE, writes its output, returns facts of the run."""
    report = json.loads(run([options.cairn, "inspect", "--json", str(pie)], pie.parent))
    if report.get("kind") != "pie":
        raise StageError(ErrorClass.BAD_INPUT, f"{pie}: is a {report.get('kind')}, wanted a PIE")
    if report.get("missing"):
        raise StageError(ErrorClass.BAD_INPUT, f"{pie}: cannot be proven: {', '.join(report['missing'])}")
    statement = report["statement"]
    words = statement["output"]
    if len(words) != statement["output_length"]:
        raise StageError(
            ErrorClass.BUG, f"{pie}: {len(words)} of {statement['output_length']} output words shown"
        )
    if len(words) < options.minimum_output:
        raise StageError(
            ErrorClass.BAD_INPUT, f"{pie}: {len(words)} output words, wanted {options.minimum_output} or more"
        )
    write_json(output_path, words)
    return {
        "steps": report["steps"],
        "pie_program_hash": statement["program_hash"],
        "pie_fact": statement["fact"],
        "output_words": len(words),
    }


if __name__ == "__main__":
    stage_main(snos)
