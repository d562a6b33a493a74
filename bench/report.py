"""Results as a table, as JSON, and as the page of the documentation."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from bench.measure import growth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.measure import Result

HEAD = (
    f"{'database':10} {'workload':16} {'baseline':28} {'size':>7} "
    f"{'ours':>10} {'baseline':>10} {'ratio':>7} {'goal':>6}"
)

INTRODUCTION = """\
# Performance

Written by `make bench`: each workload runs against the statement that an expert writes by hand with the database's
own client, and against the fastest one known, which makes no objects. Both sides take turns in one process, on one
server; the numbers are medians of {runs} runs after a warm-up. A ratio below 1 means that the package is faster than
the baseline. Growth is the exponent of our cost between the two largest sizes: 1 is linear.

Measured {date}, {machine}. Beside other work even ratios move, here by up to a half from run to run (load average
{load:.1f} at the end of this one): a goal that is met or missed by less is undecided.

| database | workload | size | baseline | ours | baseline's | ratio | goal | met | growth |
|---|---|---|---|---|---|---|---|---|---|
"""


def line(result: Result) -> str:
    """Return a result as a line under HEAD."""
    goal = "" if result.goal is None else f"{result.goal:6.2f}"
    mark = {True: "met", False: "MISSED", None: ""}[result.met]
    return (
        f"{result.database:10} {result.workload:16} {result.baseline:28} {result.size:7} {result.ours:10.2f} "
        f"{result.theirs:10.2f} {result.value:7.2f} {goal:>6} {mark}"
    )


def machine() -> str:
    """Return what the numbers depend on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def by_workload(results: Iterable[Result]) -> list[tuple[Result, float | None]]:
    """Return the result of the largest size for each workload and baseline, with the growth over all sizes."""

    def key(result: Result) -> tuple[str, str, str]:
        return result.database, result.workload, result.baseline

    grouped = [list(group) for _, group in groupby(sorted(results, key=key), key)]
    return [(max(group, key=lambda result: result.size), growth(group)) for group in grouped]


def write_json(path: Path, results: Sequence[Result]) -> None:
    """Write every result, for machines."""
    lines = [{**asdict(result), "value": result.value, "met": result.met} for result in results]
    document = {"date": datetime.now(UTC).isoformat(), "machine": machine(), "results": lines}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def write_page(path: Path, results: Sequence[Result], runs: int) -> None:
    """Write the table of goals."""
    head = INTRODUCTION.format(
        runs=runs, date=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine(), load=os.getloadavg()[0]
    )
    path.write_text(head + "".join(map(_page_line, by_workload(results))), encoding="utf-8")


def _page_line(entry: tuple[Result, float | None]) -> str:
    result, exponent = entry
    unit = result.unit
    theirs = f"{result.theirs:.2f} {unit}" if result.theirs else "-"
    ratio = f"{result.value:.2f}" if result.theirs else f"{result.value:.0f} {unit}"
    goal = "-" if result.goal is None else f"≤ {result.goal:g}"
    met = {True: "yes", False: "**no**", None: "-"}[result.met]
    grown = "-" if exponent is None else f"{exponent:.2f}"
    return (
        f"| {result.database} | {result.workload} | {result.size:,} | {result.baseline} | {result.ours:.2f} {unit} "
        f"| {theirs} | {ratio} | {goal} | {met} | {grown} |\n"
    )


def show_growth(results: Sequence[Result]) -> None:
    """Print the exponents, and what was missed."""
    for result, exponent in by_workload(results):
        if exponent is not None:
            sys.stdout.write(f"growth {result.workload} ({result.baseline}): {exponent:.2f}\n")
    missed = [result for result, _ in by_workload(results) if result.met is False]
    sys.stdout.write(f"{len(missed)} goals missed: {', '.join(f'{r.workload} ({r.baseline})' for r in missed)}\n")
