"""Records of the Bolt client as tables of plain values."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from types import NoneType
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from neo4j import graph, spatial
from neo4j import time as client_time

from runic.ogm.cypher.statement import Reply
from runic.ogm.types import GeoLocation, RawEdge, RawNode, RawPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from neo4j import ResultSummary

    from runic.ogm.cypher.statement import Columns, Statement, Table

PACKED: Final = "__rows"
"""The column of a reply whose records hold many rows each, as lists."""
_PLAIN: Final = frozenset({str, int, float, bool, NoneType, bytes})


def read_reply(statement: Statement, columns: Sequence[str], records: Iterable[Any], summary: ResultSummary) -> Reply:
    """Return the reply to a statement; `any` columns become values of Python and of this package."""
    counters = read_counters(summary) if statement.write else {}
    if not statement.tables:
        return Reply([[list(map(read_value, record)) for record in records]], columns, counters)
    if columns and columns[0] == PACKED:
        tables = _unpack(records, len(statement.tables))
    else:
        tables = _split(list(map(list, records)), len(statement.tables))
    for wires, table in zip(statement.tables, tables, strict=True):
        read_table(wires, table)
    return Reply(tables, (), counters)


def _unpack(records: Iterable[Any], count: int) -> list[Table]:
    """Join the rows of records that hold many each, and which table they are of unless there is but one."""
    tables: list[Table] = [[] for _ in range(count)]
    for record in records:
        tables[0 if count == 1 else record[1]] += record[0]
    return tables


def _split(rows: Table, count: int) -> list[Table]:
    """Sort rows into their tables by the index in their last column; the rows of a single table carry none."""
    if count == 1:
        return [rows]
    tables: list[Table] = [[] for _ in range(count)]
    appends = [table.append for table in tables]
    for row in rows:
        appends[row[-1]](row)
    return tables


def read_table(wires: Columns, table: Table) -> None:
    """Decode, in place, the columns that do not arrive as they are."""
    for position, wire in enumerate(wires):
        if wire == "labels":
            for row in table:
                if row[position] is not None:
                    row[position] = tuple(row[position])
        elif wire == "any":
            for row in table:
                if type(row[position]) not in _PLAIN:
                    row[position] = read_value(row[position])


def read_counters(summary: ResultSummary) -> dict[str, int]:
    """Return what a statement changed, such as {"nodes_created": 2}."""
    found = vars(summary.counters)
    return {name: value for name, value in found.items() if type(value) is int and value and name[0] != "_"}


def read_value(value: Any) -> Any:  # noqa: ANN401 - what raw Cypher returns
    """Return a value of the client as one of the standard library or of `runic.ogm.types`."""
    kind: Any = value.__class__
    if kind in _PLAIN:
        return value
    if kind is list:
        return list(map(read_value, value))
    if kind is dict:
        return {key: read_value(item) for key, item in value.items()}
    for client_kind, read in _READERS.items():
        if isinstance(value, client_kind):
            return read(value)
    return value


def _properties(entity: graph.Entity) -> Mapping[str, Any]:
    return {name: read_value(value) for name, value in entity.items()}


def _read_node(node: graph.Node) -> RawNode:
    return RawNode(node.element_id, tuple(node.labels), _properties(node))


def _read_edge(edge: graph.Relationship) -> RawEdge:
    start, end = edge.nodes
    ids = ("" if start is None else start.element_id, "" if end is None else end.element_id)
    return RawEdge(edge.element_id, edge.type, *ids, _properties(edge))


def _read_path(path: graph.Path) -> RawPath:
    return RawPath(tuple(map(_read_node, path.nodes)), tuple(map(_read_edge, path.relationships)))


def _read_datetime(value: client_time.DateTime) -> datetime:
    zone, offset = value.tzinfo, value.utc_offset()
    naive = value.to_native().replace(tzinfo=None)
    if zone is None or offset is None:
        return naive
    own = _read_zone(zone, offset)
    local = naive.replace(tzinfo=own)
    if local.utcoffset() != offset:
        local = local.replace(fold=1)  # the second of two equal local times
    return local if local.utcoffset() == offset else naive.replace(tzinfo=timezone(offset))


def _read_zone(zone: tzinfo, offset: timedelta) -> tzinfo:
    """Return the client's zone, one of pytz, as one of the standard library."""
    name = getattr(zone, "zone", None) or getattr(zone, "key", None)
    if isinstance(name, str) and name != "UTC":
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):  # this machine does not know it
            return timezone(offset)
    return timezone(offset) if offset else UTC


def _read_time(value: client_time.Time) -> time:
    offset = value.utc_offset()
    native = value.to_native().replace(tzinfo=None)
    return native if offset is None else native.replace(tzinfo=timezone(offset) if offset else UTC)


def _read_duration(value: client_time.Duration) -> timedelta | client_time.Duration:
    """Return a duration; one with months has no fixed length, and stays the client's."""
    if value.months:
        return value
    return timedelta(days=value.days, seconds=value.seconds, microseconds=value.nanoseconds // 1000)


def _read_point(point: spatial.Point) -> object:
    if isinstance(point, spatial.WGS84Point) and len(point) == 2:  # noqa: PLR2004 - without a height
        return GeoLocation(point[1], point[0])
    return point


_READERS: dict[type[Any], Callable[[Any], Any]] = {
    list: lambda values: [read_value(value) for value in values],
    dict: lambda values: {key: read_value(value) for key, value in values.items()},
    graph.Node: _read_node,
    graph.Relationship: _read_edge,
    graph.Path: _read_path,
    client_time.DateTime: _read_datetime,
    client_time.Date: lambda value: value.to_native(),
    client_time.Time: _read_time,
    client_time.Duration: _read_duration,
    spatial.Point: _read_point,
}
