"""`cairn-pipeline metrics` and `cairn-pipeline report`."""

import time
from pathlib import Path
from typing import Annotated

import typer

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="the run's folder")]


def metrics(
    path: RunPath,
    watch: Annotated[float | None, typer.Option(help="again every so many seconds, for ever")] = None,
    alert_rules: Annotated[
        bool, typer.Option("--alert-rules", help="print the alert rules for Prometheus instead")
    ] = False,
) -> None:
    """Write RUN/metrics.prom for Prometheus. Jobs do so too, whenever a stage ends."""
    from cairn_pipeline.watch.metrics import write_metrics

    if alert_rules:
        print((Path(__file__).parent / "alerts.yaml").read_text(), end="")
        return
    print(write_metrics(path))
    while watch:
        time.sleep(watch)
        write_metrics(path)


def report(
    path: RunPath,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="default: RUN/report.html")] = None,
) -> None:
    """Write one HTML page of the run: timeline, proofs, failures, fees. Needs no network to be read."""
    from cairn_pipeline.watch.report import write_report

    print(write_report(path, output))
