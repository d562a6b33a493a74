"""Parameters as agtype reads them, and a named error for what it cannot hold."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm.backends._age_parameters import spell_parameters
from runic.ogm.cypher.statement import Origin, Statement
from runic.ogm.exceptions import UnsendableValueError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
EACH = pytest.mark.parametrize("origin", ["flush", "execute"])


def spell(value: Any, origin: Origin = "flush") -> str | None:
    return spell_parameters(Statement("RETURN $v", {"v": value}, origin=origin))


@EACH
@given(value=VALUES)
def test_values_are_spelt_exactly(origin: Origin, value: Any) -> None:
    found = json.loads(spell(value, origin) or "")
    assert found == {"v": value}
    assert repr(found) == repr({"v": value})


def test_no_parameters_are_none() -> None:
    assert spell_parameters(Statement("RETURN 1", {})) is None


@EACH
def test_floats_beyond_json(origin: Origin) -> None:
    assert spell([float("nan"), float("inf"), -float("inf"), None], origin) == '{"v": [NaN, Infinity, -Infinity, null]}'


@EACH
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (["fine", ["a\0b"]], "NUL"),
        (["fine", ["\ud800"]], "surrogate"),
        (["fine", [date(2020, 1, 1)]], "date"),
        (["fine", [b"x"]], "bytes"),
    ],
)
def test_what_cannot_be_sent_is_named(origin: Origin, value: Any, reason: str) -> None:
    with pytest.raises(UnsendableValueError, match=reason) as caught:
        spell(value, origin)
    assert caught.value.path == ("v", 1, 0)


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**63) - 1, UUID(int=1), {1: 2}, {"a\0": 1}, object(), 1j],
    ids=lambda value: type(value).__name__,
)
def test_raw_parameters_are_checked(value: Any) -> None:
    with pytest.raises(UnsendableValueError):
        spell(value, "execute")


def test_text_that_looks_like_nul_is_sent() -> None:
    assert json.loads(spell("\\u0000 null") or "") == {"v": "\\u0000 null"}
