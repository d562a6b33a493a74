"""The statements that an expert writes by hand for each workload, once for all databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.data import OPERATOR, PORT, SAILOR, SHIP, as_maps
from bench.target import FAST_READ, FAST_WRITE, Baseline, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.data import Fleet
    from bench.measure import Run
    from bench.target import Target

CALL: Final = ("day", "cargo")
CHANGE: Final = ("imo", "tonnage")
BERTH: Final = ("ship", "port")

SHIPS: Final = Query("MATCH (n:Ship)", {"n": SHIP})
CALLS: Final = Query("MATCH (n:Ship)-[r:CALLS_AT]->(m:Port)", {"n": SHIP, "r": CALL, "m": PORT})
OPERATORS_TOO: Final = "MATCH (n:Ship) OPTIONAL MATCH (n)-[:RUN_BY]->(m:Operator)"
SHARED: Final = Query(OPERATORS_TOO, {"n": SHIP, "m": OPERATOR})
SHARED_PARTS: Final = (
    Query(OPERATORS_TOO, {"n": SHIP, "m": ("code",)}),
    Query("MATCH (:Ship)-[:RUN_BY]->(m:Operator) WITH DISTINCT m", {"m": OPERATOR}),
)
EAGER: Final = (
    "MATCH (n:Ship) OPTIONAL MATCH (n)-[:CREWED_BY]->(x:Sailor) WITH n, {0} AS crew "
    "OPTIONAL MATCH (n)-[:RELIEVED_BY]->(y:Sailor) RETURN {1}, crew, {2} AS reserve"
)
EAGER_COLUMNS: Final = EAGER.format(
    f"collect([x.{', x.'.join(SAILOR)}])", ", ".join(SHIPS.columns), f"collect([y.{', y.'.join(SAILOR)}])"
)


def baselines(target: Target, workload: str) -> list[Baseline]:
    """Return those of one workload: what one usually writes, then the fastest known."""
    return [*_COMMON[workload](target), *target.more(workload)]


def _writes(
    target: Target, text: str, goal: float, rows: Callable[[Fleet], list[list[object]]], names: tuple[str, ...]
) -> Sequence[Baseline]:
    """Return a write of maps, and the same of lists; `{name}` in the text is a value of the row."""
    maps = text.format(**{name: f"row.{name}" for name in names})
    lists = text.format(**{name: f"row[{place}]" for place, name in enumerate(names)})

    def usual(fleet: Fleet) -> Run:
        return target.write(maps, as_maps(rows(fleet), names))

    def fast(fleet: Fleet) -> Run:
        return target.write_packed(lists, rows(fleet))

    return (Baseline(target.style.maps, goal, usual), Baseline(target.style.packed_rows, FAST_WRITE, fast))


def _insert(target: Target) -> Sequence[Baseline]:
    values = ", ".join(f"{name}: {{{name}}}" for name in SHIP)
    text = f"UNWIND $rows AS row CREATE (n:Ship {{{{{values}}}}})"
    return _writes(target, text, target.style.insert_goal, lambda fleet: fleet.ships, SHIP)


def _update(target: Target) -> Sequence[Baseline]:
    text = f"UNWIND $rows AS row {_find(target, 'n', 'Ship', 'imo', '{imo}')} SET n.tonnage = {{tonnage}}"
    return _writes(target, text, 1.5, lambda fleet: fleet.changes, CHANGE)


def _relate(target: Target) -> Sequence[Baseline]:
    ends = f"{_find(target, 'a', 'Ship', 'imo', '{ship}')} {_find(target, 'b', 'Port', 'code', '{port}')}"
    text = f"UNWIND $rows AS row {ends} {target.style.merge.format('BERTHS_AT')}"
    return _writes(target, text, 1.1, lambda fleet: fleet.berths, BERTH)


def _find(target: Target, alias: str, label: str, key: str, value: str) -> str:
    """Return MATCH as a template: what `format` takes for braces is doubled."""
    return target.style.find.format(alias, label, key, "\0").replace("{", "{{").replace("}", "}}").replace("\0", value)


def _load(target: Target) -> Sequence[Baseline]:
    style = target.style
    return (
        Baseline(style.objects, style.load_goal, lambda _: target.read(SHIPS.whole, 1)),
        Baseline(style.packed_reply, FAST_READ, lambda _: target.read_packed(SHIPS)),
    )


def _get(target: Target) -> Sequence[Baseline]:
    text = f"{target.style.find.format('n', 'Ship', 'imo', '$key')} RETURN n"
    return (Baseline("MATCH by parameter", 1.10, lambda fleet: target.find_each(text, [r[0] for r in fleet.parents])),)


def _eager_many(target: Target) -> Sequence[Baseline]:
    return (Baseline("collect of columns", 1.3, lambda _: target.read(EAGER_COLUMNS, len(SHIP) + 2)),)


def _eager_shared(target: Target) -> Sequence[Baseline]:
    return (
        Baseline(f"{target.style.objects}, RETURN n, m", 0.25, lambda _: target.read(SHARED.whole, 2)),
        Baseline(f"two of {target.style.packed_reply}", FAST_READ, lambda _: target.read_packed(*SHARED_PARTS)),
    )


def _paths(target: Target) -> Sequence[Baseline]:
    return (
        Baseline(f"{target.style.objects} and edges", 0.5, lambda _: target.read(CALLS.whole, 3)),
        Baseline(target.style.packed_reply, FAST_READ, lambda _: target.read_packed(CALLS)),
    )


_COMMON: Final[dict[str, Callable[[Target], Sequence[Baseline]]]] = {
    "insert": _insert,
    "update a tenth": _update,
    "relate": _relate,
    "load": _load,
    "get": _get,
    "eager to-many": _eager_many,
    "eager shared": _eager_shared,
    "all_with_edges": _paths,
}
