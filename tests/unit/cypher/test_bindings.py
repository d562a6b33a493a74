"""Values of `param()`: put into what was compiled before, and the same as if it had been compiled for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.kept import kept
from runic.ogm.cypher.plan import CompiledSelect
from runic.ogm.cypher.select import compile_count
from runic.ogm.cypher.writes import compile_write
from runic.ogm.exceptions import OGMError
from runic.ogm.model.fields import col
from runic.ogm.query.functions import coalesce, param
from runic.ogm.query.pattern import Selection
from runic.ogm.session.select import select
from tests.unit.cypher.dialects import DIALECTS
from tests.unit.sky import DIM, HOUR, NIGHT, Body, Colour, Watcher

X, Y = param("x"), param("y")
LARGE = 2**60

STATEMENTS: dict[str, Callable[[], Any]] = {
    "equal text": lambda: select(Body).where(Body.name == X),
    "unequal": lambda: select(Body).where(Body.rank != X),
    "less": lambda: select(Body).where(Body.rank < X),
    "heavier": lambda: select(Body).where(Body.mass > X),
    "between": lambda: select(Body).where(Body.rank >= X, Body.rank < Y),
    "one name twice": lambda: select(Body).where((Body.name == X) | (Body.id == X)),
    "one name beside two types": lambda: select(Body).where((Body.mass == X) | (Body.rank == X)),
    "one name beside two forms": lambda: select(Body).where((Body.mass > X) | (Body.brightness > X)),
    "Decimal": lambda: select(Body).where(Body.brightness <= X),
    "datetime": lambda: select(Body).where(Body.seen == X),
    "Enum": lambda: select(Body).where(Body.colour == X),
    "text within": lambda: select(Body).where(Body.name.contains(X)),
    "element": lambda: select(Body).where(col(Body.tags).contains(X)),
    "Decimal element": lambda: select(Body).where(col(Body.prices).contains(X)),
    "list": lambda: select(Body).where(Body.rank.in_(X)),
    "no list": lambda: select(Body).where(~Body.name.in_(X)),
    "list of Decimals": lambda: select(Body).where(col(Body.brightness).in_(X)),
    "list of datetimes": lambda: select(Body).where(col(Body.seen).not_in_(X)),
    "whole list": lambda: select(Body).where(Body.tags == X),
    "calculated": lambda: select(Body).where(Body.rank * X + 1 > Y),
    "function": lambda: select(Body).where(coalesce(Body.rank, X) > Y),
    "later step": lambda: select(Watcher).where(Watcher.name == Y).traverse(Watcher.bodies).where(Body.rank > X),
    "question": lambda: select(Watcher).exists(Watcher.bodies, Body.rank > X),
    "update": lambda: select(Body).where(Body.name == Y).update(rank=X),
}
VALUES: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([LARGE, -LARGE, 2**53, 2**53 - 1]),
    st.floats(-2, 2),
    st.sampled_from(["", "a", "b", "é'\"`"]),
    st.sampled_from([Decimal("1.0"), Decimal("1.00"), DIM, Decimal(-3)]),
    st.sampled_from([NIGHT, NIGHT + HOUR, NIGHT + timedelta(microseconds=1)]),
    st.sampled_from([Colour.RED, Colour.BLUE]),
    st.lists(st.one_of(st.none(), st.integers(0, 2), st.just(LARGE), st.sampled_from(["a", "b"])), max_size=3),
    st.lists(st.sampled_from([DIM, Decimal(1)]), max_size=2),
    st.sampled_from([NIGHT, NIGHT + HOUR]).map(lambda at: (at,)),
    st.sets(st.sampled_from(["a", "b"]), max_size=2),
)


def compiling(selection: Selection) -> Callable[..., CompiledSelect]:
    return compile_write if selection.writes else compile_count


def outcome(compile_: Callable[[], CompiledSelect]) -> tuple[object, ...]:
    """Return what was compiled, as far as it is sent, or why it was not."""
    try:
        found = compile_()
    except (OGMError, TypeError) as error:
        return type(error), str(error)
    return found.text, {name: (type(value), repr(value)) for name, value in found.parameters.items()}, found.unbound


@given(
    name=st.sampled_from(sorted(STATEMENTS)),
    dialect=st.sampled_from(sorted(DIALECTS)),
    values=st.lists(st.fixed_dictionaries({"x": VALUES, "y": VALUES}), min_size=2, max_size=4),
)
def test_bound_values_are_what_compiling_gives(name: str, dialect: str, values: list[dict[str, object]]) -> None:
    statement = STATEMENTS[name]()
    compile_ = compiling(statement.selection)
    for each in values:
        selection = statement.params(**each).selection
        anew = replace(selection)  # which shares nothing
        expected = outcome(lambda anew=anew: compile_(anew, DIALECTS[dialect]))
        assert outcome(lambda selection=selection: kept(selection, compile_, DIALECTS[dialect])) == expected


Pair = tuple[str, dict[str, object], dict[str, object]]
ALIKE: dict[str, Pair] = {
    "text": ("equal text", {"x": "a"}, {"x": "b"}),
    "number": ("between", {"x": 1, "y": 2}, {"x": 3, "y": 4}),
    "Enum": ("Enum", {"x": Colour.RED}, {"x": Colour.BLUE}),
    "list": ("list", {"x": [1, 2]}, {"x": [3]}),
    "set": ("no list", {"x": {"a"}}, {"x": {"b"}}),
    "a step on": ("later step", {"x": 1, "y": "a"}, {"x": 2, "y": "b"}),
    "within a question": ("question", {"x": 1}, {"x": 2}),
    "change": ("update", {"x": 1, "y": "a"}, {"x": 2, "y": "b"}),
    "one name twice": ("one name twice", {"x": "a"}, {"x": "b"}),
}
UNLIKE: dict[str, Pair] = {
    "type": ("heavier", {"x": 1}, {"x": 1.5}),
    "None": ("unequal", {"x": 1}, {"x": None}),
    "large number": ("less", {"x": 1}, {"x": LARGE}),
    "large number before": ("less", {"x": LARGE}, {"x": 1}),
    "None in a list": ("list", {"x": [1]}, {"x": [1, None]}),
    "None in a list before": ("list", {"x": [1, None]}, {"x": [1]}),
    "several forms": ("Decimal", {"x": DIM}, {"x": Decimal(1)}),
    "several forms in a list": ("list of Decimals", {"x": [DIM]}, {"x": [Decimal(1)]}),
    "two types": ("one name beside two types", {"x": 1}, {"x": 2}),
}


def compilations(pair: Pair) -> int:
    name, first, second = pair
    statement, count = STATEMENTS[name](), 0
    compile_ = compiling(statement.selection)

    def counted(selection: Selection, dialect: Dialect) -> CompiledSelect:
        nonlocal count
        count += 1
        return compile_(selection, dialect)

    for values in (first, second, first):
        kept(statement.params(**values).selection, counted, DIALECTS["falkordb"])
    return count


@pytest.mark.parametrize("case", sorted(ALIKE))
def test_values_alike_compile_once(case: str) -> None:
    assert compilations(ALIKE[case]) == 1


@pytest.mark.parametrize("case", sorted(UNLIKE))
def test_values_with_another_text_compile_again(case: str) -> None:
    assert compilations(UNLIKE[case]) > 1


def test_union_of_statements_with_values_of_their_own_is_compiled() -> None:
    one = select(Body).where(Body.name == X).params(x="a")
    united = one.union(select(Body).where(Body.rank == Y))
    for x, y in (("b", 1), ("c", 2)):
        selection = united.params(x=x, y=y).selection
        expected = outcome(lambda selection=selection: compile_count(replace(selection), DIALECTS["neo4j"]))
        assert outcome(lambda selection=selection: kept(selection, compile_count, DIALECTS["neo4j"])) == expected
