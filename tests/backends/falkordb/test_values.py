"""Values go to a real FalkorDB and come back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runic.ogm.backends.falkordb import FalkorDBBackend
from runic.ogm.exceptions import UnsendableValueError
from runic.ogm.types import GeoLocation, RawEdge, RawNode, RawPath, Vector

from .conftest import statement, value, write

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
integers = st.integers(-(2**63), 2**63 - 1)
short_floats = st.integers(-(10**6), 10**6).map(lambda i: i / 64)
scalars = st.none() | st.booleans() | integers | short_floats | texts
names = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="`"), min_size=1, max_size=20
).filter(str.isprintable)
nested = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
each = settings(deadline=None, max_examples=300)


@each
@given(text=texts)
def test_text_comes_back(server: FalkorDBBackend, text: str) -> None:
    assert value(server, "RETURN $text", text=text) == text
    (row,) = server.execute(statement("RETURN $text, size($text)", ("str", "int"), text=text)).tables[0]
    assert row[0] == text


@pytest.mark.slow
def test_every_character_comes_back(server: FalkorDBBackend) -> None:
    characters = [chr(i) for i in range(1, 0x110000) if not 0xD800 <= i < 0xE000]
    for first in range(0, len(characters), 100_000):
        chunk = characters[first : first + 100_000]
        rows = server.execute(statement("UNWIND $rows AS row RETURN row[0]", ("str",), rows=[[c] for c in chunk]))
        assert [row[0] for row in rows.tables[0]] == chunk


@each
@given(text=st.text(st.sampled_from("\\\"'`u0/$ {}\n\r\t\b\f\x01\x1f\x7f\u2028abn"), max_size=12))
def test_escapes_come_back(server: FalkorDBBackend, text: str) -> None:
    assert value(server, "RETURN [$text, {k: $text}]", text=text) == [text, {"k": text}]


@each
@given(given_value=nested)
def test_nested_values_come_back(server: FalkorDBBackend, given_value: Any) -> None:
    found = value(server, "RETURN $p", p=given_value)
    assert found == given_value
    assert repr(found) == repr(given_value)


@each
@given(name=names, number=integers)
def test_any_printable_name_is_a_parameter(server: FalkorDBBackend, name: str, number: int) -> None:
    assert value(server, f"RETURN $`{name}`", **{name: number}) == number


@each
@given(number=st.floats(-1e308, 1e308))
def test_floats_arrive_whole(server: FalkorDBBackend, number: float) -> None:
    """The reply has 15 digits, which is FalkorDB's; what it holds is exact."""
    ((found,),) = server.execute(statement("RETURN $n", ("float",), n=number)).tables[0]
    assert found == pytest.approx(number, rel=1e-14, abs=0)
    above, below = number.as_integer_ratio()
    if max(abs(above), below) < 2**63:
        assert value(server, "RETURN $n = toFloat($above) / toFloat($below)", n=number, above=above, below=below)


def test_values_of_all_kinds_in_one_row(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE (:A:B {id: 'x', f: 0.5, b: true, l: [1, 'x', false]})-[:R {w: 1}]->(:C)")
    text = (
        "MATCH p = (a:A)-[r]->() RETURN a, r, p, labels(a), vecf32([1.5, 0.1]), point({latitude: 1.5, longitude: 2}), "
        "{k: [a.f]}, localdatetime('1815-12-10T01:02:03'), date('1815-12-10'), "
        "localtime('10:11:12'), duration('P1DT2H')"
    )
    reply = backend.execute(statement(text))
    ((node, edge, path, *rest),) = reply.tables[0]
    assert node == RawNode(node.id, ("A", "B"), {"id": "x", "f": 0.5, "b": True, "l": [1, "x", False]})
    assert edge == RawEdge(edge.id, "R", node.id, edge.end, {"w": 1})
    assert path == RawPath((node, RawNode(edge.end, ("C",), {})), (edge,))
    assert rest == [
        ["A", "B"], Vector([1.5, 0.1]), GeoLocation(1.5, 2), {"k": [0.5]},
        datetime(1815, 12, 10, 1, 2, 3), date(1815, 12, 10), time(10, 11, 12), timedelta(days=1, hours=2),
    ]  # fmt: skip
    assert reply.columns[:3] == ["a", "r", "p"]


def test_vector_is_stored_and_compared(backend: FalkorDBBackend) -> None:
    vector = Vector([0.1, -2.5, 1e20])
    write(backend, "CREATE (:V {v: vecf32($v)})", v=vector)
    assert value(backend, "MATCH (n:V) RETURN n.v") == vector  # fmt: skip


def test_unsendable_value_leaves_nothing(backend: FalkorDBBackend) -> None:
    with pytest.raises(UnsendableValueError, match="rows") as caught:
        write(backend, "UNWIND $rows AS row CREATE (:A {x: row[0]})", rows=[[1], [2**63]])
    assert caught.value.path == ("rows", 1, 0)
    assert value(backend, "MATCH (n) RETURN count(n)") == 0
