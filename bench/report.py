"""Results as lines while they come, and as JSON in which a new one takes the place of an older."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bench.measure import Result, growth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HEAD = (
    f"{'database':10} {'workload':16} {'baseline':34} {'size':>7} "
    f"{'ours':>10} {'baseline':>10} {'clock':>7} {'work':>7} {'goal':>6}"
)


def line(result: Result) -> str:
    """Return a result as a line under HEAD."""
    goal = "" if result.goal is None else f"{result.goal:6.2f}"
    mark = {True: "met", False: "MISSED", None: ""}[result.met]
    return (
        f"{result.database:10} {result.workload:16} {result.baseline:34} {result.size:7} {result.ours:10.2f} "
        f"{result.theirs:10.2f} {result.clock:7.2f} {result.value:7.2f} {goal:>6} {mark}"
    )


def by_series(results: Iterable[Result]) -> list[list[Result]]:
    """Return the sizes of each line, smallest first."""
    ordered = sorted(results, key=lambda result: (*result.series, result.size))
    return [list(group) for _, group in groupby(ordered, lambda result: result.series)]


def show(results: Iterable[Result]) -> list[Result]:
    """Print results as they come, then how they grow and what was missed; return them."""
    write = sys.stdout.write
    write(HEAD + "\n")
    kept: list[Result] = []
    for result in results:
        kept.append(result)
        write(line(result) + "\n")
        sys.stdout.flush()
    lines = by_series(kept)
    for sizes in lines:
        exponent = growth(sizes)
        if exponent is not None:
            write(f"growth {' / '.join(sizes[-1].series)}: {exponent:.2f}\n")
    missed = [sizes[-1] for sizes in lines if sizes[-1].met is False]
    write(f"{len(missed)} goals missed: {', '.join(' / '.join(result.series) for result in missed) or '-'}\n")
    return kept


def keep(path: Path, results: Sequence[Result]) -> list[Result]:
    """Write the results beside those of earlier runs, and return all."""
    known = {(*result.series, result.size): result for result in _read(path)}
    known.update({(*result.series, result.size): result for result in results})
    lines = [{**asdict(result), "value": result.value, "met": result.met} for result in known.values()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    return [*known.values()]


def _read(path: Path) -> list[Result]:
    if not path.exists():
        return []
    names = {field.name for field in fields(Result)}
    lines: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [Result(**{name: value for name, value in line.items() if name in names}) for line in lines]
