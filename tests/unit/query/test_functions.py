"""Functions take operands, and their names and parameters are checked."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm.exceptions import QueryError
from runic.ogm.query.functions import avg, coalesce, collect, count, fn, max_, min_, param, sum_, to_lower, to_upper
from tests.unit.sky import Body

CALLS = {"sum": sum_, "avg": avg, "min": min_, "max": max_, "collect": collect, "count": count}


@pytest.mark.parametrize("name", list(CALLS))
def test_aggregate_groups_rows(name: str) -> None:
    call: Any = CALLS[name](Body.rank)  # type: ignore[operator]
    assert (call.name, call.aggregate, len(call.arguments)) == (name, True, 1)


def test_plain_function_does_not_group() -> None:
    for call in (to_lower(Body.name), to_upper(Body.name), coalesce(Body.rank, 1), fn("abs", Body.rank)):
        assert not call.aggregate


@pytest.mark.parametrize("function", [sum_, avg, min_, max_, collect, coalesce, to_lower, to_upper, count])
@pytest.mark.parametrize("value", [1, "x", Body, Body.near], ids=repr)
def test_no_operand_is_refused(function: Any, value: object) -> None:
    with pytest.raises(TypeError):
        function(value)


def test_count_of_rows_is_not_distinct() -> None:
    with pytest.raises(QueryError):
        count(distinct=True)


@pytest.mark.parametrize("name", ["", "a b", "abs(1)", "1x", "a.", ".a", "a..b", "x`", "ä()", "a;b", "abs\n"])
def test_hostile_function_name_is_refused(name: str) -> None:
    with pytest.raises(QueryError):
        fn(name)


@pytest.mark.parametrize("name", ["", "a b", "p0", "p12", "1", "x`", "$x", "ä"])
def test_hostile_parameter_name_is_refused(name: str) -> None:
    with pytest.raises(QueryError):
        param(name)


@pytest.mark.parametrize("function", [fn, param])
@pytest.mark.parametrize("name", [None, 1, b"abs"], ids=repr)
def test_name_of_another_type_is_refused(function: Any, name: object) -> None:
    with pytest.raises(TypeError):
        function(name)
