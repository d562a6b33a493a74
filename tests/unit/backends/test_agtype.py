"""agtype's text to values: whatever its strings hold, it is the value that was stored."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runic.ogm import DatabaseError
from runic.ogm.backends._agtype import parse, parse_entities, parse_scalars
from runic.ogm.conversion.guards import is_dict, is_list
from runic.ogm.types import RawEdge, RawNode, RawPath

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ["::vertex", '"}::path', "$$", "\\", '\\"', "1::numeric", "{", "]", "NaN", "%s", "\u2028", "\x7f"]
)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats()
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | DECIMALS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def spell(value: Any) -> str:
    """Write a value as AGE does."""
    if isinstance(value, Decimal):
        return f"{value:f}::numeric"
    if isinstance(value, float):
        if math.isfinite(value):
            return repr(value)
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if is_list(value):
        return f"[{', '.join(map(spell, value))}]"
    if is_dict(value):
        return f"{{{', '.join(f'{spell(key)}: {spell(item)}' for key, item in value.items())}}}"
    return orjson.dumps(value).decode()


def same(one: Any, other: Any) -> bool:
    """Compare values; NaN is itself, and 1 is not 1.0."""
    if is_list(one):
        return is_list(other) and len(one) == len(other) and all(map(same, one, other))
    if is_dict(one):
        return is_dict(other) and one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return type(one) is type(other) and (one == other or (repr(one) == repr(other) == "nan"))


@settings(deadline=None)  # other work on the machine may come between
@given(VALUES)
def test_value_comes_back(value: Any) -> None:
    assert same(parse(spell(value).encode()), value)


@settings(deadline=None)  # other work on the machine may come between
@given(st.lists(VALUES, max_size=6))
def test_column_comes_back(values: list[Any]) -> None:
    texts = [None if value is None else spell(value).encode() for value in values]
    assert same(parse_scalars(texts), values)


@settings(deadline=None)  # other work on the machine may come between
@given(st.lists(st.none() | st.dictionaries(TEXT, VALUES, max_size=4), max_size=5), st.booleans())
def test_entities_come_back(properties: list[Any], vertices: bool) -> None:
    entities: list[Any] = [
        None if found is None else {"id": 2**48 + place, "label": "A", "properties": found}
        for place, found in enumerate(properties)
    ]
    suffix = "::vertex" if vertices else "::edge"
    texts = [None if entity is None else (spell(entity) + suffix).encode() for entity in entities]
    assert same(parse_entities(texts), entities)


@settings(deadline=None)  # other work on the machine may come between
@given(VALUES)
def test_nested_entities_come_back(value: Any) -> None:
    node = f'{{"id": 1, "label": "A", "properties": {{"v": {spell(value)}}}}}::vertex'
    edge = f'{{"id": 3, "label": "R", "end_id": 2, "start_id": 1, "properties": {{"v": {spell(value)}}}}}::edge'
    found = parse(f'{{"list": [{node}, null], "path": [{node}, {edge}, {node}]::path}}'.encode())
    assert isinstance(found["list"][0], RawNode)
    assert isinstance(found["path"], RawPath)
    assert [type(part) for part in found["path"].edges] == [RawEdge]
    assert same(found["path"].edges[0].properties, {"v": value})
    assert found["path"].edges[0][:4] == (3, "R", 1, 2)
    assert same(found["list"][0].properties, {"v": value})


def test_labels_are_told_of() -> None:
    node = parse(b'{"id": 1, "label": "City", "properties": {}}::vertex', lambda label: ("Place", label))
    assert node == RawNode(1, ("Place", "City"), {})


def test_unlabelled_node_has_no_label() -> None:
    assert parse(b'{"id": 1, "label": "", "properties": {}}::vertex') == RawNode(1, (), {})


@pytest.mark.parametrize(
    "text",
    [
        b"[1, 2::numeric",
        b"{1: 2}",
        b"1 2",
        b"x",
        b'{"a"; 1}',
        b"::vertex",
        b"",
        b" ",
        b"[1 2]",
        b"[1,]",
        b"[,1]",
        b'{"a": 1,}',
        b'{"a": 1 "b": 2}',
        b"5::vertex",
        b"[1]::edge",
        b'"a"::path',
        b"null::vertex",
        b'{"id": 1}::vertex',
        b'{"id": 1, "label": [], "properties": {}}::vertex',
        b'{"id": 1, "label": 5}::edge',
        b'{"id": 1, "label": "A", "properties": 5}::vertex',
        b"[1, 2, 3]::path",
        b"[]::path",
        b'"abc"::numeric',
        b"[1]::numeric",
        b"1::other",
        b"\xff",
        b'"a',
        b'"\\x"',
        b"9" * 5000,
        b"[" * 100_000 + b"1::numeric",
    ],
)
def test_other_text_is_refused(text: bytes) -> None:
    with pytest.raises(DatabaseError, match="cannot be read"):
        parse(text)


MARKS = [
    "::vertex",
    "::edge",
    "::path",
    "::numeric",
    "::",
    ":",
    ",",
    "[",
    "]",
    "{",
    "}",
    '"',
    "\\",
    "NaN",
    "-",
    "1e",
    " ",
]


def mutated(text: str, edits: list[tuple[int, int, str]]) -> bytes:
    """Cut and insert at some places."""
    for place, cut, mark in edits:
        start = place % (len(text) + 1)
        text = text[:start] + mark + text[start + cut :]
    return text.encode()


EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 4), st.sampled_from([*MARKS, ""])), min_size=1, max_size=4
)


@settings(deadline=None)  # other work on the machine may come between
@given(VALUES, st.sampled_from(["", "vertex", "edge", "path"]), EDITS)
def test_mutated_text_is_read_or_refused(value: Any, kind: str, edits: list[tuple[int, int, str]]) -> None:
    node = f'{{"id": 1, "label": "A", "properties": {{"v": {spell(value)}}}}}::vertex'
    edge = f'{{"id": 3, "label": "R", "end_id": 2, "start_id": 1, "properties": {{"v": {spell(value)}}}}}::edge'
    texts = {"": spell(value), "vertex": node, "edge": edge, "path": f"[{node}, {edge}, {node}]::path"}
    text = mutated(texts[kind], edits)
    for read in (lambda: parse(text), lambda: parse_scalars([text, b"1"]), lambda: parse_entities([text, None])):
        try:
            read()
        except DatabaseError:
            continue


@settings(deadline=None)  # other work on the machine may come between
@given(st.binary(max_size=60) | st.lists(st.sampled_from([*MARKS, "1", "null", '"a"', "true", "\u00e9"]), max_size=12))
def test_random_text_is_read_or_refused(given_text: bytes | list[str]) -> None:
    text = given_text if isinstance(given_text, bytes) else "".join(given_text).encode()
    for read in (lambda: parse(text), lambda: parse_scalars([text]), lambda: parse_entities([text])):
        try:
            read()
        except DatabaseError:
            continue


def test_other_entity_is_refused() -> None:
    with pytest.raises(DatabaseError, match="something else than a vertex"):
        parse_entities([b'{"id": 1}::vertex', b'{"id": 1}::edge'])


def test_what_is_no_entity_is_refused() -> None:
    for texts in ([b"5::vertex"], [b"null::vertex", b"NaN::vertex"], [b"1,2::vertex"], [b'{"a": NaN}, {}::vertex']):
        with pytest.raises(DatabaseError):
            parse_entities(texts)
