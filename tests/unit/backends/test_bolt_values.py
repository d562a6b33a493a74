"""Parameters and values of the databases that speak Bolt, without one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import IntEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

import neo4j.time
import pytest
import pytz
from neo4j import graph
from neo4j.spatial import CartesianPoint, WGS84Point

from runic.ogm.backends._bolt_parameters import check_text, checked_parameters
from runic.ogm.backends._bolt_replies import PACKED, read_reply, read_value
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import QueryError, UnsendableValueError
from runic.ogm.types import GeoLocation, RawEdge, RawNode, RawPath, Vector


class Size(IntEnum):
    LARGE = 3


PLAIN = [
    None, True, -(2**63), 2**63 - 1, 1.5, "", "é\0", b"\x00", [], [[1, "a", None], [2.5]], date(2020, 1, 1),
    datetime(2020, 1, 1), timedelta(days=1),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_go_as_they_are(value: object) -> None:
    assert checked_parameters({"x": value})["x"] is value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Size.LARGE, 3),
        ({"a": [Vector([1, 2])]}, {"a": [[1.0, 2.0]]}),
        (GeoLocation(1, 2), WGS84Point((2, 1))),
        ((1, (2,)), (1, (2,))),
        (time(1, 2), time(1, 2)),
    ],
    ids=repr,
)
def test_other_values_are_converted(value: object, expected: object) -> None:
    converted = checked_parameters({"x": value})["x"]
    assert converted == expected
    assert not isinstance(converted, Size)


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        (2**63, ("x",), "64 bits"),
        ([[1], [2, -(2**63) - 1]], ("x", 1, 1), "does not fit"),
        (["a", ["\ud800"]], ("x", 1, 0), "lone surrogate"),
        pytest.param({"a": object()}, ("x", "a"), "not object", id="object"),  # whose repr differs from run to run
        ({1: 2}, ("x",), "keys of a map"),
        ({1, 2}, ("x",), "not set"),
        ([datetime(1850, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))], ("x", 0), "whole number of minutes"),
        (time(1, tzinfo=ZoneInfo("Europe/Berlin")), ("x",), "offset"),
    ],
    ids=str,
)
def test_what_cannot_be_sent_is_named(value: object, path: tuple[str | int, ...], reason: str) -> None:
    with pytest.raises(UnsendableValueError, match=reason) as caught:
        checked_parameters({"other": 1, "x": value})
    assert caught.value.path == path


def test_endless_nesting_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(UnsendableValueError, match="nested"):
        checked_parameters({"x": value})


@pytest.mark.parametrize(
    "zone", [ZoneInfo("Europe/Paris"), ZoneInfo("UTC"), UTC, timezone(timedelta(hours=-3))], ids=str
)
def test_zone_is_one_that_the_client_may_ask(zone: Any) -> None:
    value = datetime(2020, 7, 1, tzinfo=zone)
    sent = checked_parameters({"x": [value]})["x"][0]
    assert sent == value
    assert not isinstance(sent.tzinfo, ZoneInfo)
    assert getattr(sent.tzinfo, "key", None) == getattr(zone, "key", None)
    assert sent.tzinfo.utcoffset(None) == value.utcoffset()
    assert sent.dst() is None


def test_text_of_a_statement_is_unicode() -> None:
    assert check_text("RETURN 'é'") == "RETURN 'é'"
    with pytest.raises(QueryError, match="lone surrogate"):
        check_text("RETURN '\ud800'")


BERLIN = cast("Any", pytz.timezone("Europe/Berlin"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (neo4j.time.Date(2020, 1, 2), date(2020, 1, 2)),
        (neo4j.time.Time(1, 2, 3, 4000), time(1, 2, 3, 4)),
        (neo4j.time.Time(1, 2, 3, 4000, pytz.FixedOffset(60)), time(1, 2, 3, 4, timezone(timedelta(hours=1)))),
        (neo4j.time.DateTime(2020, 1, 2, 3, 4, 5, 6000), datetime(2020, 1, 2, 3, 4, 5, 6)),
        (neo4j.time.DateTime(2020, 1, 2, tzinfo=pytz.UTC), datetime(2020, 1, 2, tzinfo=UTC)),
        (neo4j.time.Duration(days=1, seconds=2, nanoseconds=3000), timedelta(1, 2, 3)),
        (neo4j.time.Duration(months=1), neo4j.time.Duration(months=1)),
        (WGS84Point((1, 2)), GeoLocation(2, 1)),
        (CartesianPoint((1, 2)), CartesianPoint((1, 2))),
        ([{"a": neo4j.time.Date(2020, 1, 2)}], [{"a": date(2020, 1, 2)}]),
    ],
    ids=str,
)
def test_values_become_those_of_the_standard_library(value: object, expected: object) -> None:
    read = read_value(value)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(("dst", "fold"), [(True, 0), (False, 1)])
def test_repeated_hour_keeps_its_offset(dst: bool, fold: int) -> None:
    local = BERLIN.localize(datetime(2020, 10, 25, 2, 30), is_dst=dst)
    read = read_value(neo4j.time.DateTime.from_native(local))
    assert read.tzinfo == ZoneInfo("Europe/Berlin")
    assert (read.fold, read.utcoffset()) == (fold, local.utcoffset())


def test_nodes_edges_and_paths_are_plain_data() -> None:
    made = graph.Graph()
    one = graph.Node(made, "n1", 1, ["A"], {"when": neo4j.time.Date(2020, 1, 2)})
    two = graph.Node(made, "n2", 2, [], {})
    edge = made.relationship_type("KNOWS")(made, "e1", 3, {"since": 1})
    edge._start_node, edge._end_node = one, two
    first, second = RawNode("n1", ("A",), {"when": date(2020, 1, 2)}), RawNode("n2", (), {})
    between = RawEdge("e1", "KNOWS", "n1", "n2", {"since": 1})
    assert read_value(one) == first
    assert read_value(edge) == between
    assert read_value(graph.Path(one, edge)) == RawPath((first, second), (between,))


SUMMARY = cast("Any", None)


def test_packed_rows_are_joined_by_table() -> None:
    statement = Statement("", {}, (("str", "any"), ("labels",)))
    records = [([["a", neo4j.time.Date(2020, 1, 2)], ["b", None]], 0), ([[["X", "Y"]]], 1), ([["c", 1]], 0)]
    reply = read_reply(statement, [PACKED, "__table"], records, SUMMARY)
    assert reply.tables == [[["a", date(2020, 1, 2)], ["b", None], ["c", 1]], [[("X", "Y")]]]


def test_rows_of_several_tables_are_told_by_their_last_column() -> None:
    statement = Statement("", {}, (("str",), ("int", "int")))
    reply = read_reply(statement, ["c0", "c1", "c2"], [("a", None, 0), (1, 2, 1)], SUMMARY)
    assert reply.tables == [[["a", None, 0]], [[1, 2, 1]]]


def test_raw_reply_has_its_columns() -> None:
    reply = read_reply(Statement("", {}), ["x"], [(neo4j.time.Date(2020, 1, 2),)], SUMMARY)
    assert reply == ([[[date(2020, 1, 2)]]], ["x"], {})
