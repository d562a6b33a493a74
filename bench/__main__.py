"""Run the workloads: `python -m bench`, with the options that `--help` tells."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench import limits, page, peers, process, report
from bench.baselines import baselines
from bench.data import Fleet
from bench.measure import in_turn, versus
from bench.processors import used
from bench.target import Baseline
from bench.workloads import WORKLOADS, empty, load
from tests.servers import CannotStartError, starter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.measure import Make, Result, Run
    from bench.target import Target
    from bench.workloads import Workload

ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = ROOT / "var" / "bench" / "ratios.json"
DATABASES: Final = {
    "falkordb": "bench.clients.falkordb.FalkorDB",
    "neo4j": "bench.clients.bolt.Neo4j",
    "arcadedb": "bench.clients.bolt.ArcadeDB",
    "age": "bench.clients.age.Age",
}
SIZES, QUICK_SIZES, LARGE = (100, 1_000, 10_000), (100, 1_000), (100_000,)
RUNS, QUICK_RUNS = 7, 3
ONE_BY_ONE: Final = ("get",)
"""What is done once for each of many keys grows with their number, and with nothing else."""


@dataclass(frozen=True)
class Choice:
    """What of the table is measured."""

    sizes: Sequence[int]
    runs: int
    only: str

    def has(self, name: str) -> bool:
        """Tell whether a workload is to be run."""
        return self.only in name


def compare(target: Target, workload: Workload, size: int, runs: int) -> Iterator[Result]:
    """Yield our time against each baseline's; at the largest size against one that is linear."""
    empty(target)
    fleet = Fleet(size)
    workload.seed(target, fleet)
    others = baselines(target, workload.name)
    if size == LARGE[-1]:
        others = [*target.more(workload.name), *others][:1]
    elif workload.name == "eager shared":
        others.append(Baseline("ours, the ships alone", 2.0, partial(load, target)))

    def prepared(make: Callable[[], Run]) -> Make:
        def side() -> Run:
            if workload.before is not None:
                workload.before(target)
            return make()

        return side

    sides = [prepared(partial(workload.make, target, fleet))]
    sides += [prepared(partial(baseline.make, fleet)) for baseline in others]
    ours, *theirs = in_turn(sides, runs)
    for baseline, taken in zip(others, theirs, strict=True):
        yield versus((target.name, workload.name, baseline.name), size, ours, taken, baseline.goal)


def measure(target: Target, choice: Choice) -> Iterator[Result]:
    """Yield the results of one database."""
    for workload in WORKLOADS:
        if choice.has(workload.name) and not (choice.sizes is LARGE and workload.name in ONE_BY_ONE):
            for size in choice.sizes:
                yield from compare(target, workload, size, choice.runs)
    if choice.sizes is LARGE:
        return
    yield from process.results(target, choice.sizes[-1], choice.runs, choice.has)


def each_database(names: Sequence[str]) -> Iterator[Target]:
    """Yield the databases that start here, one at a time; say why one does not."""
    for name in names:
        try:
            server = starter(name)()
        except CannotStartError as error:
            print(f"{name}: left out, it cannot start here: {error}", file=sys.stderr)
            continue
        module, _, cls = DATABASES[name].rpartition(".")
        try:
            target: Target = getattr(import_module(module), cls)(server.url("bench"))
            try:
                yield target
            finally:
                target.close()
        finally:
            server.close()


def gather(chosen: argparse.Namespace) -> Iterator[Result]:
    """Yield all that was asked for."""
    sizes = QUICK_SIZES if chosen.quick else LARGE if chosen.large else SIZES
    choice = Choice(sizes, QUICK_RUNS if chosen.quick or chosen.large else RUNS, chosen.only)
    for target in each_database(chosen.database or tuple(DATABASES)):
        if chosen.limits:
            yield from limits.results(target, chosen.limits, choice.has)
            continue
        yield from measure(target, choice)
        if target.name == "neo4j" and not chosen.large:
            yield from peers.results("neomodel", sizes[-1], choice.runs, choice.only, target.url)
    if chosen.database or chosen.large or chosen.limits:
        return
    yield from peers.results("sqlalchemy", sizes[-1], choice.runs, choice.only)
    if choice.has("import"):
        yield from process.import_times(choice.runs)


def main() -> None:
    """Measure, print, and write the files."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two sizes, few runs")
    parser.add_argument("--large", action="store_true", help="100,000 in few runs: how the cost grows")
    parser.add_argument("--limits", type=int, nargs="?", const=limits.ROWS, help="a million rows, or so many: memory")
    parser.add_argument("--only", default="", help="workloads whose name has this in it")
    parser.add_argument("--database", action="append", choices=tuple(DATABASES), help="these databases only")
    parser.add_argument("--page", action="store_true", help="write the tables and charts of docs/ from all results")
    chosen = parser.parse_args()
    start = time.monotonic()
    results = report.show(gather(chosen))
    print(f"{time.monotonic() - start:.0f} s; of the processors {used():.0f} s, which is what a quiet machine takes")
    kept = report.keep(RESULTS, results)
    if chosen.page:
        page.write(ROOT / "docs", kept)


if __name__ == "__main__":
    main()
