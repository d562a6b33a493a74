"""Run the workloads: `python -m bench [--quick] [--large] [--only NAME]`."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench import process, report
from bench.data import Fleet
from bench.falkordb import FalkorDB
from bench.measure import Result, in_turn
from bench.target import Baseline
from bench.workloads import WORKLOADS, empty, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.measure import Make, Run
    from bench.target import Target
    from bench.workloads import Workload

ROOT = Path(__file__).parent.parent
DATABASES: tuple[Callable[[], Target], ...] = (FalkorDB,)
SIZES, QUICK_SIZES, LARGE = (100, 1_000, 10_000), (100, 1_000), 100_000
RUNS, QUICK_RUNS = 9, 3


def compare(target: Target, workload: Workload, size: int, runs: int) -> Iterator[Result]:
    """Yield our time against each baseline's."""
    empty(target)
    fleet = Fleet(size)
    workload.seed(target, fleet)
    baselines: list[Baseline] = list(target.baselines[workload.name])
    if workload.name == "eager shared":
        baselines.append(Baseline("ours, the ships alone", 2.0, partial(load, target)))

    def prepared(make: Callable[[], Run]) -> Make:
        def side() -> Run:
            if workload.before is not None:
                workload.before(target)
            return make()

        return side

    sides = [prepared(partial(workload.make, target, fleet))]
    sides += [prepared(partial(baseline.make, fleet)) for baseline in baselines]
    ours, *others = in_turn(sides, runs)
    for baseline, theirs in zip(baselines, others, strict=True):
        yield Result(target.name, workload.name, baseline.name, size, ours * 1e3, theirs * 1e3, baseline.goal)


def measure(target: Target, sizes: Sequence[int], runs: int, only: str) -> Iterator[Result]:
    """Yield the results of one database."""
    for workload in WORKLOADS:
        if only in workload.name:
            for size in sizes:
                yield from compare(target, workload, size, runs)
    middle = sizes[-1] if len(sizes) < len(SIZES) else SIZES[1]
    if only in "lazy loop":
        yield process.lazy(target, middle)
    if only in "attribute read":
        yield process.attribute_read(target, middle, runs)
    if only in "memory":
        yield process.memory(target, sizes[-1] * 10)
    if only in "async":
        yield from process.sync_and_async(target, sizes[-1], runs)


def main() -> None:
    """Measure, print, and write the files."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two sizes, few runs; writes no page")
    parser.add_argument("--large", action="store_true", help="100,000 as well")
    parser.add_argument("--only", default="", help="workloads whose name has this in it; writes no page")
    chosen = parser.parse_args()
    sizes = QUICK_SIZES if chosen.quick else (*SIZES, LARGE) if chosen.large else SIZES
    runs = QUICK_RUNS if chosen.quick else RUNS
    results: list[Result] = []
    print(report.HEAD)
    for connect in DATABASES:
        target = connect()
        try:
            for result in measure(target, sizes, runs, chosen.only):
                results.append(result)
                print(report.line(result), flush=True)
        finally:
            target.close()
    if chosen.only in "import":
        results.append(process.import_time(runs))
        print(report.line(results[-1]))
    report.show_growth(results)
    report.write_json(ROOT / "var" / "bench" / "results.json", results)
    if not chosen.quick and not chosen.only:
        report.write_page(ROOT / "docs" / "performance.md", results, runs)


if __name__ == "__main__":
    main()
