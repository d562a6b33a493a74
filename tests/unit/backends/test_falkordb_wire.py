"""What goes to FalkorDB and comes back from it, without a server."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm.backends._falkordb_parameters import _spell, _spell_fast, first_index_flaw, index_flaw, spell_statement
from runic.ogm.backends._falkordb_replies import Names, UnknownNameError, read_counters, read_plain, read_typed
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import QueryError, UnsendableValueError
from runic.ogm.types import Vector

TAIL = ["Cached execution: 0", "Query internal execution time: 0.1 milliseconds"]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.lists(inner).map(tuple), max_leaves=30)


def spell(**parameters: Any) -> bytes:
    return spell_statement(Statement("RETURN 1", parameters))


def refusal(value: Any) -> UnsendableValueError:
    with pytest.raises(UnsendableValueError) as caught:
        spell(rows=value)
    return caught.value


class Shouting(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "'] RETURN 1 //"


class Hostile:
    def __str__(self) -> str:
        return "1 RETURN 2"

    __repr__ = __str__


class Color(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


class Tone(StrEnum):
    SOFT = "soft"


def test_no_parameters_leave_text_alone() -> None:
    assert spell() == b"RETURN 1"


def test_parameters_stand_in_front() -> None:
    assert spell(a=1, b=["x", None, True, 1.5]) == b'CYPHER `a`=1 `b`=["x",null,true,1.5] RETURN 1'


@given(values)
def test_fast_and_careful_spelling_agree(value: Any) -> None:
    assert _spell_fast(value) == _spell(value, ("p",))


@given(values)
def test_spelling_is_json_but_for_control_characters(value: Any) -> None:
    spelled = _spell(value, ("p",))
    assert b"\\u" not in spelled.replace(b"\\\\", b"")
    escaped = b"".join(b"\\u%04x" % byte if byte < 0x20 else bytes((byte,)) for byte in spelled)
    assert orjson.loads(escaped) == orjson.loads(orjson.dumps(value))


def test_control_characters_are_raw() -> None:
    assert spell(p="\x01\\u0041\x1f\\") == b'CYPHER `p`="\x01\\\\u0041\x1f\\\\" RETURN 1'


def test_vector_is_list_of_floats() -> None:
    assert spell(p=Vector([1, 2.5]), q=[[Vector([3])]]) == b"CYPHER `p`=[1.0,2.5] `q`=[[[3.0]]] RETURN 1"


def test_map_has_quoted_keys() -> None:
    assert spell(p={"match": 1, "a b": [{"c": None}]}) == b"CYPHER `p`={`match`:1,`a b`:[{`c`:null}]} RETURN 1"


@pytest.mark.parametrize("key", ["", "a`b", "a\nb", 1, None, Hostile()])
def test_hostile_key_is_refused(key: Any) -> None:
    assert refusal([{key: 1}]).path == ("rows", 0)


@pytest.mark.parametrize("name", ["", "a`b", "a\nb"])
def test_hostile_parameter_name_is_refused(name: str) -> None:
    with pytest.raises(QueryError, match="parameter"):
        spell(**{name: 1})


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), -float("inf"), 2**63, -(2**63) - 1, 2**64, 10**400, "a\0b", "\ud800", "\udfff!",
        b"x", bytearray(b"x"), datetime.now(UTC), date(2024, 1, 1), uuid4(), Hostile(), Color.RED, object(), {1}, 1j,
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_cannot_be_sent_is_found(value: Any) -> None:
    assert refusal(value).path == ("rows",)
    assert refusal([[1, "x"], [2, None], [3, value]]).path == ("rows", 2, 1)
    assert refusal([[1.5, None], [value, 0.5]]).path == ("rows", 1, 0)
    assert refusal([{"a": ("x", value)}]).path == ("rows", 0, "a", 1)


def test_reason_names_type_and_no_value() -> None:
    assert "Hostile" in refusal([Hostile()]).reason
    assert "RETURN" not in str(refusal([Hostile()]))


def test_subclasses_are_their_plain_value() -> None:
    assert spell(p=[Shouting("a'b"), Level.LOW, Tone.SOFT]) == b'CYPHER `p`=["a\'b",1,"soft"] RETURN 1'


def test_null_in_text_beside_floats_is_sent() -> None:
    assert _spell_fast([["null", 1.5, None]]) == b'[["null",1.5,null]]'


def test_large_integers_are_spelled_fast() -> None:
    assert _spell_fast([2**63 - 1, -(2**63)]) == b"[9223372036854775807,-9223372036854775808]"


def test_endless_list_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert "levels deep" in refusal(endless).reason


@pytest.mark.parametrize("text", ["RETURN '\0'", "RETURN '\ud800'"])
def test_unsendable_text_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="the statement's text"):
        spell_statement(Statement(text, {}))


@pytest.mark.parametrize(
    "value", ["", " a", "a\n", "a\x01b", "a" * 4096, "é" * 2048], ids=lambda text: ascii(text)[:12]
)
def test_text_that_no_index_finds(value: str) -> None:
    assert index_flaw(value)
    assert first_index_flaw(["a", 1, value, ""]) == (2, index_flaw(value))


@pytest.mark.parametrize(
    "value", ["a", "a b", "\xa0a", "é" * 2047, "a" * 4095, 2**63, True, None, 1.5], ids=lambda v: ascii(v)[:12]
)
def test_values_that_an_index_finds(value: object) -> None:
    assert index_flaw(value) is None
    assert first_index_flaw([value, "a"]) is None


def test_no_values_have_no_flaw() -> None:
    assert first_index_flaw([]) is None


@given(st.lists(st.text(st.sampled_from("a \t\x01\x1c\xa0\x85"), max_size=2) | st.sampled_from([None, 1, "é" * 2048])))
def test_flaws_of_many_are_those_of_each(values: list[object]) -> None:
    flaws = [(place, reason) for place, value in enumerate(values) if (reason := index_flaw(value)) is not None]
    assert first_index_flaw(values) == next(iter(flaws), None)


def test_plain_columns_are_decoded_in_place() -> None:
    rows = [["x", 1, "1.5", "true", "[A, B]"], [None, None, None, None, None], ["y", 2, "-0", "false", "[A]"]]
    reply = read_plain((("str", "int", "float", "bool", "labels"),), [["h"] * 5, rows, TAIL])
    assert reply.tables[0] is rows
    assert rows == [["x", 1, 1.5, True, "[A, B]"], [None] * 5, ["y", 2, 0.0, False, "[A]"]]
    assert str(rows[2][2]) == "-0.0"


def test_plain_rows_are_split_by_last_column() -> None:
    rows = [["1.5", "x", 0], ["true", None, 1], ["2", "y", 0]]
    reply = read_plain((("float", "str"), ("bool",)), [["h"] * 3, rows, TAIL])
    assert reply.tables == [[[1.5, "x", 0], [2.0, "y", 0]], [[True, None, 1]]]


def test_foreign_values_are_left_as_they_are() -> None:
    reply = read_plain((("float", "bool"),), [["h"] * 2, [["word", 1], [3, "word"]], TAIL])
    assert reply.tables == [[["word", 1], [3.0, "word"]]]


def test_plain_write_without_return_has_no_rows() -> None:
    reply = read_plain((("int",), ("str",)), [["Nodes created: 2", *TAIL]])
    assert (reply.tables, reply.counters) == ([[], []], {"nodes_created": 2})


def test_counters_are_numbers_by_name() -> None:
    assert read_counters(["Labels added: 1", "Relationships deleted: 12", *TAIL]) == {
        "labels_added": 1,
        "relationships_deleted": 12,
    }


def test_typed_reply_without_tables_has_columns() -> None:
    raw = [[[1, "a"], [1, "b"]], [[[2, "x"], [6, [[3, 1], [5, "0.5"], [4, "true"], [1, None]]]]], TAIL]
    reply = read_typed((), raw, Names())
    assert (list(reply.columns), reply.tables) == (["a", "b"], [[["x", [1, 0.5, True, None]]]])


def test_typed_rows_are_split() -> None:
    raw = [[[1, "a"]] * 3, [[[6, [[2, "A"]]], [10, ["k", [3, 1]]], [3, 0]], [[1, None], [1, None], [3, 1]]], TAIL]
    reply = read_typed((("labels", "any"), ("labels",), ("any",)), raw, Names())
    assert reply.tables == [[[("A",), {"k": 1}, 0]], [[None, None, 1]], []]


def test_unknown_names_leave_reply_whole() -> None:
    raw = [[[1, "n"]], [[[8, [7, [0], [[1, 2, "x"]]]]] ], TAIL]  # fmt: skip
    with pytest.raises(UnknownNameError):
        read_typed((), raw, Names())
    (node,) = read_typed((), raw, Names(1, ["A"], [], ["q", "p"])).tables[0][0]
    assert node == (7, ("A",), {"p": "x"})
