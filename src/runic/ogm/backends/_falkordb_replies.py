"""FalkorDB's replies as tables: the plain form for columns of declared scalars, the typed form for the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runic.ogm.cypher.statement import Reply
from runic.ogm.types import GeoLocation, RawEdge, RawNode, RawPath, Vector

if TYPE_CHECKING:
    from runic.ogm.cypher.statement import Columns, Table

# What a reply holds is known at run time only, by its shape.
Raw: TypeAlias = Any
Decode: TypeAlias = Callable[[Raw], Any]

_AS_IT_COMES = frozenset({"str", "int"})
_BOOLS = {"true": True, "false": False}
_UNKNOWN, _EPOCH = -1, datetime(1970, 1, 1)  # noqa: DTZ001 - FalkorDB's times have no zone


class Names(NamedTuple):
    """What the ids of a typed reply stand for in one version of the graph's schema."""

    version: int | None = None
    labels: Sequence[str] = ()
    types: Sequence[str] = ()
    keys: Sequence[str] = ()


class UnknownNameError(Exception):
    """A typed reply holds an id that `Names` does not tell."""


@lru_cache(maxsize=256)
def wants_plain(tables: tuple[Columns, ...]) -> bool:
    """Tell whether a statement with these columns is asked for in the plain form."""
    return bool(tables) and not any("any" in columns for columns in tables)


def read_plain(tables: tuple[Columns, ...], raw: Raw) -> Reply:
    """Decode a plain reply in place: only the columns that arrive as text of something else are touched."""
    split = split_rows(raw[1] if len(raw) > 1 else [], len(tables))
    for columns, table in zip(tables, split, strict=True):
        for position, wire in enumerate(columns):
            if wire == "float":
                _read_floats(table, position)
            elif wire == "bool":
                _read_bools(table, position)
    return Reply(split, (), read_counters(raw[-1]))


def split_rows(rows: Table, count: int) -> list[Table]:
    """Sort rows into their tables by the index in their last column; the rows of a single table carry none."""
    if count == 1:
        return [rows]
    split: list[Table] = [[] for _ in range(count)]
    appends = [table.append for table in split]
    for row in rows:
        appends[row[-1]](row)
    return split


def _read_floats(table: Table, position: int) -> None:
    for row in table:
        value = row[position]
        if value is not None:
            try:
                row[position] = float(value)
            except ValueError:  # stored by somebody else, as text: whoever decodes the column reports it
                continue


def _read_bools(table: Table, position: int) -> None:
    for row in table:
        value = row[position]
        if value is not None:
            row[position] = _BOOLS.get(value, value)


def read_counters(lines: Sequence[str]) -> dict[str, int]:
    """Return what a reply's last part says was changed, such as {"nodes_created": 2}."""
    counters: dict[str, int] = {}
    for line in lines[:-2]:  # the last two tell of the plan's cache and of the time
        name, _, value = line.partition(": ")
        if value.isdecimal():
            counters[name.lower().replace(" ", "_")] = int(value)
    return counters


def read_typed(tables: tuple[Columns, ...], raw: Raw, names: Names) -> Reply:
    """Decode a typed reply into new rows; `raw` stays whole, so that it can be read again with other names.

    Raises UnknownNameError when `names` do not cover it.
    """
    value = _Values(names).value
    counters = read_counters(raw[-1])
    if len(raw) == 1:
        return Reply([[] for _ in range(max(len(tables), 1))], (), counters)
    header, rows = raw[0], raw[1]
    if not tables:
        return Reply([[[value(cell) for cell in row] for row in rows]], [column[1] for column in header], counters)
    split = _split_typed(rows, len(tables))
    return Reply([_read_table(wires, table, value) for wires, table in zip(tables, split, strict=True)], (), counters)


def _read_table(wires: Columns, table: Table, value: Decode) -> Table:
    """Decode a table column by column, which is faster than cell by cell; further columns belong to other tables."""
    if not table:
        return []
    columns = [
        [_labels(cell) for cell in column]
        if wire == "labels"
        else [cell[1] for cell in column]
        if wire in _AS_IT_COMES
        else [value(cell) for cell in column]
        for wire, column in zip_longest(wires, zip(*table, strict=True), fillvalue="int")
    ]
    return list(map(list, zip(*columns, strict=True)))


def _split_typed(rows: Table, count: int) -> list[Table]:
    if count == 1:
        return [rows]
    split: list[Table] = [[] for _ in range(count)]
    for row in rows:
        split[row[-1][1]].append(row)
    return split


def _labels(cell: Raw) -> Any:  # noqa: ANN401 - a tuple of labels, or null
    return None if cell[1] is None else tuple([label for _, label in cell[1]])


class _Values:
    """Decodes typed cells, [type, value]; the position in `_by_type` is FalkorDB's number of the type."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._by_type: tuple[Decode | None, ...] = (
            None, None, None, None,  # unknown, null, text, integer
            _read_bool, float, self._list, self._edge, self._node, self._path, self._map,
            _read_point, _read_vector, _read_datetime, _read_date, _read_time, _read_duration,
        )  # fmt: skip

    def value(self, cell: Raw) -> Any:  # noqa: ANN401 - see Raw
        kind: int = cell[0]
        raw: Raw = cell[1]
        decode = self._by_type[kind]
        return raw if decode is None or raw is None else decode(raw)

    def _list(self, raw: Raw) -> list[Any]:
        return [self.value(cell) for cell in raw]

    def _map(self, raw: Raw) -> dict[str, Any]:
        return {key: self.value(cell) for key, cell in zip(raw[::2], raw[1::2], strict=True)}

    def _properties(self, raw: Raw) -> dict[str, Any]:
        keys = self._names.keys
        return {_name(keys, key): self.value((kind, value)) for key, kind, value in raw}

    def _node(self, raw: Raw) -> RawNode:
        identity, labels, properties = raw
        known = self._names.labels
        return RawNode(identity, tuple([_name(known, label) for label in labels]), self._properties(properties))

    def _edge(self, raw: Raw) -> RawEdge:
        identity, kind, start, end, properties = raw
        return RawEdge(identity, _name(self._names.types, kind), start, end, self._properties(properties))

    def _path(self, raw: Raw) -> RawPath:
        nodes, edges = raw
        return RawPath(tuple(self._list(nodes[1])), tuple(self._list(edges[1])))


def _name(names: Sequence[str], position: int) -> str:
    if position >= len(names):
        raise UnknownNameError
    return names[position]


def _read_bool(raw: str) -> bool:
    return raw == "true"


def _read_point(raw: Raw) -> GeoLocation:
    latitude, longitude = map(float, raw)
    return GeoLocation(latitude, longitude)


def _read_vector(raw: Raw) -> Vector:
    return Vector(map(float, raw))


def _read_datetime(raw: int) -> datetime:
    return _EPOCH + timedelta(seconds=raw)


def _read_date(raw: int) -> date:
    return _read_datetime(raw).date()


def _read_time(raw: int) -> time:
    return _read_datetime(raw).time()


def _read_duration(raw: int) -> timedelta:
    return timedelta(seconds=raw)
