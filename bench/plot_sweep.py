#!/usr/bin/env python3
"""Draws a sweep: FOLDER/sweep.json -> FOLDER/<mode>.svg (time and efficiency) and FOLDER/steps.svg.

usage: plot_sweep.py FOLDER

Needs matplotlib. Runs that oversubscribe cores are drawn hollow and apart from the others; numbers of ranks whose
runs failed stay gaps.
"""
import json
import sys
from pathlib import Path
from typing import Any

try:
    import matplotlib
except ImportError:
    sys.exit("python3 has no matplotlib")
matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "cairn"  # the same file for the same numbers
from matplotlib import pyplot  # noqa: E402


def draw_points(axes: Any, points: list[dict[str, Any]], value: str, spread: bool) -> None:
    """Measured values: real ones filled and joined, oversubscribed ones hollow and not joined to them."""
    for oversubscribed in (False, True):
        some = [p for p in points if p["oversubscribed"] is oversubscribed]
        if not some:
            continue
        x, y = [p["workers"] for p in some], [p[value] for p in some]
        error = None
        if spread:
            low = [p["median_seconds"] - p["least_seconds"] for p in some]
            high = [p["most_seconds"] - p["median_seconds"] for p in some]
            error = [low, high]
        style = {"linestyle": ":", "mfc": "none"} if oversubscribed else {"linestyle": "-"}
        label = "OVERSUBSCRIBED" if oversubscribed else "measured (least to most)" if spread else "measured"
        axes.errorbar(x, y, yerr=error, marker="o", capsize=3, label=label, color="tab:blue", **style)


def plot_scaling(sweep: dict[str, Any], folder: Path) -> None:
    points = [p for p in sweep["results"] if p["median_seconds"] > 0]
    figure, (time, efficiency) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    workers = [p["workers"] for p in points]
    base = points[0]
    if sweep["mode"] == "strong":
        ideal = [base["median_seconds"] * base["workers"] / w for w in workers]
    else:
        ideal = [base["median_seconds"]] * len(workers)
    time.plot(workers, ideal, "--", color="grey", label="ideal")
    time.plot(workers, [p["model_seconds"] for p in points], "-.", color="tab:orange", label="model")
    draw_points(time, points, "median_seconds", spread=True)
    efficiency.axhline(1, linestyle="--", color="grey")
    draw_points(efficiency, points, "efficiency", spread=False)
    for axes, name in ((time, "seconds of prove"), (efficiency, "efficiency")):
        axes.set_xscale("log", base=2)
        axes.set_xticks(sorted(set(workers)), [str(w) for w in sorted(set(workers))])
        axes.set_xlabel(f"workers of {base['threads']} thread(s)")
        axes.set_ylabel(name)
        axes.set_ylim(bottom=0)
    time.legend(fontsize="small")
    figure.suptitle(f"{sweep['mode']} scaling, {sweep['context']['processor']}", fontsize="medium")
    figure.savefig(folder / f"{sweep['mode']}.svg", metadata={"Date": None})


def plot_steps(sweep: dict[str, Any], folder: Path) -> None:
    points = [p for p in sweep["results"] if p["median_seconds"] > 0]
    labels = [f"{p['ranks']}{'*' if p['oversubscribed'] else ''}" for p in points]
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    colours = pyplot.get_cmap("tab20")
    bottom = [0.0] * len(points)
    steps = points[0]["runs"][0]["report"]["time_by_step"]
    for i, name in enumerate(s["step"] for s in steps):
        heights = []
        for point in points:
            runs = [r["report"]["time_by_step"] for r in point["runs"]]
            heights.append(sum(s["seconds"] for run in runs for s in run if s["step"] == name) / len(runs))
        axes.bar(labels, heights, bottom=bottom, label=name, color=colours(i % 20))
        bottom = [b + h for b, h in zip(bottom, heights)]
    axes.set_xlabel("ranks (* OVERSUBSCRIBED)")
    axes.set_ylabel("seconds: rank 0's, mean over workers")
    axes.legend(fontsize="x-small", loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)
    figure.savefig(folder / "steps.svg", metadata={"Date": None})


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: plot_sweep.py FOLDER")
    folder = Path(sys.argv[1])
    sweep = json.loads((folder / "sweep.json").read_text())
    if not any(p["median_seconds"] > 0 for p in sweep["results"]):
        sys.exit("no run succeeded: nothing to draw")
    plot_scaling(sweep, folder)
    plot_steps(sweep, folder)


if __name__ == "__main__":
    main()
