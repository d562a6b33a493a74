"""The text of conditions: every operator, on every dialect the same unless two texts are given."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.select import compile_count
from runic.ogm.exceptions import FieldValidationError, QueryError, UnsupportedFeatureError
from runic.ogm.expressions import Predicate, all_, any_, not_
from runic.ogm.model.fields import col
from runic.ogm.query.functions import coalesce, fn, param, to_lower
from runic.ogm.session.select import select
from runic.ogm.types import Vector
from tests.unit.cypher.dialects import DIALECTS
from tests.unit.sky import DIM, HOUR, NIGHT, Body, Colour, Lens, Star, Tripod, Watcher

EAST = timezone(timedelta(hours=2))
NIGHT_TEXT = "2024-03-01T22:30:00.000000"

name, rank, mass, tags = Body.name, Body.rank, Body.mass, col(Body.tags)

Case = tuple[Callable[[], Any], str, list[object]]
CASES: dict[str, Case] = {
    "==": (lambda: name == "x", "n.`title` = $p0", ["x"]),
    "!=": (lambda: name != "x", "n.`title` <> $p0", ["x"]),
    "<": (lambda: rank < 1, "n.`rank` < $p0", [1]),
    "<=": (lambda: rank <= 1, "n.`rank` <= $p0", [1]),
    ">": (lambda: rank > 1, "n.`rank` > $p0", [1]),
    ">=": (lambda: rank >= 1, "n.`rank` >= $p0", [1]),
    "reflected": (lambda: rank > 1, "n.`rank` > $p0", [1]),
    "== None": (lambda: rank == None, "n.`rank` IS NULL", []),  # noqa: E711 - the operator under test
    "!= None": (lambda: rank != None, "n.`rank` IS NOT NULL", []),  # noqa: E711 - the operator under test
    "is_null": (lambda: col(rank).is_null(), "n.`rank` IS NULL", []),
    "is_not_null": (lambda: col(rank).is_not_null(), "n.`rank` IS NOT NULL", []),
    "contains": (lambda: name.contains("x"), "n.`title` CONTAINS $p0", ["x"]),
    "startswith": (lambda: name.startswith("x"), "n.`title` STARTS WITH $p0", ["x"]),
    "endswith": (lambda: name.endswith("x"), "n.`title` ENDS WITH $p0", ["x"]),
    "contains an element": (lambda: tags.contains("x"), "$p0 IN n.`tags`", ["x"]),
    "contains an element of several forms": (
        lambda: col(Body.prices).contains(Decimal("2.50")),
        "any(x IN n.`prices` WHERE (x >= $p0 AND x < $p1))",
        ["1a0.25 ", "1a0.25!"],
    ),
    "in_": (lambda: col(rank).in_([1, 2]), "n.`rank` IN $p0", [[1, 2]]),
    "in_ a set": (lambda: col(rank).in_({1}), "n.`rank` IN $p0", [[1]]),
    "in_ nothing": (lambda: col(rank).in_([]), "n.`rank` IN $p0", [[]]),
    "in_ with None": (lambda: col(rank).in_([1, None]), "(n.`rank` IS NULL OR n.`rank` IN $p0)", [[1]]),
    "not_in_": (lambda: col(rank).not_in_([1]), "(n.`rank` IS NULL OR NOT n.`rank` IN $p0)", [[1]]),
    "not_in_ with None": (
        lambda: col(rank).not_in_([1, None]),
        "(n.`rank` IS NOT NULL AND NOT n.`rank` IN $p0)",
        [[1]],
    ),
    "in_ of several forms": (
        lambda: col(Body.brightness).in_([Decimal(1), Decimal(2)]),
        "((n.`brightness` >= $p0 AND n.`brightness` < $p1) OR (n.`brightness` >= $p2 AND n.`brightness` < $p3))",
        ["1a0.1 ", "1a0.1!", "1a0.2 ", "1a0.2!"],
    ),
    "and": (lambda: (rank > 1) & (name == "x"), "n.`rank` > $p0 AND n.`title` = $p1", [1, "x"]),
    "or": (lambda: (rank > 1) | (name == "x"), "(n.`rank` > $p0 OR n.`title` = $p1)", [1, "x"]),
    "not": (lambda: ~(name == "x"), "NOT (n.`title` = $p0)", ["x"]),
    "or within and": (
        lambda: ((rank > 1) | (rank < 0)) & (name == "x"),
        "(n.`rank` > $p0 OR n.`rank` < $p1) AND n.`title` = $p2",
        [1, 0, "x"],
    ),
    "and within or": (
        lambda: (rank > 1) & (rank < 3) | (name == "x"),
        "((n.`rank` > $p0 AND n.`rank` < $p1) OR n.`title` = $p2)",
        [1, 3, "x"],
    ),
    "not of or": (lambda: ~((rank > 1) | (rank < 0)), "NOT (n.`rank` > $p0 OR n.`rank` < $p1)", [1, 0]),
    "any_": (lambda: any_(rank > 1, rank < 0), "(n.`rank` > $p0 OR n.`rank` < $p1)", [1, 0]),
    "all_": (lambda: all_(rank > 1, rank < 3), "n.`rank` > $p0 AND n.`rank` < $p1", [1, 3]),
    "not_": (lambda: not_(rank > 1), "NOT (n.`rank` > $p0)", [1]),
    "two fields": (lambda: name == Body.id, "n.`title` = n.`id`", []),
    "arithmetic": (lambda: col(rank) * 2 + 1 > mass, "((n.`rank` * $p0) + $p1) > n.`mass`", [2, 1]),
    "reflected arithmetic": (lambda: 2 - col(rank) == 1, "($p0 - n.`rank`) = $p1", [2, 1]),
    "joined text": (lambda: name + "!" == "x!", "(n.`title` + $p0) = $p1", ["!", "x!"]),
    "function": (lambda: to_lower(name) == "x", "toLower(n.`title`) = $p0", ["x"]),
    "function of text": (lambda: to_lower(name).contains("x"), "toLower(n.`title`) CONTAINS $p0", ["x"]),
    "coalesce": (lambda: coalesce(rank, 0) > 1, "coalesce(n.`rank`, $p0) > $p1", [0, 1]),
    "fn": (lambda: fn("abs", rank) > 1, "abs(n.`rank`) > $p0", [1]),
    "Enum": (lambda: Body.colour == Colour.RED, "n.`colour` = $p0", ["red"]),
    "Decimal ==": (
        lambda: Body.brightness == DIM,
        "(n.`brightness` >= $p0 AND n.`brightness` < $p1)",
        ["1a0.65 ", "1a0.65!"],
    ),
    "Decimal !=": (
        lambda: Body.brightness != DIM,
        "(n.`brightness` < $p0 OR n.`brightness` >= $p1)",
        ["1a0.65 ", "1a0.65!"],
    ),
    "Decimal <": (lambda: Body.brightness < DIM, "n.`brightness` < $p0", ["1a0.65 "]),
    "Decimal <=": (lambda: Body.brightness <= DIM, "n.`brightness` < $p0", ["1a0.65!"]),
    "Decimal >": (lambda: Body.brightness > DIM, "n.`brightness` >= $p0", ["1a0.65!"]),
    "Decimal >=": (lambda: Body.brightness >= DIM, "n.`brightness` >= $p0", ["1a0.65 "]),
    "one instant in two zones": (
        lambda: Body.seen == NIGHT.astimezone(EAST),
        "(n.`seen` >= $p0 AND n.`seen` < $p1)",
        [NIGHT_TEXT + "Z", NIGHT_TEXT + "["],
    ),
    "field of a subclass": (lambda: Star.age > 1, "n.`age` > $p0", [1]),
}


def rendered(predicate: Any, dialect: Dialect, **values: object) -> tuple[str, dict[str, Any]]:
    statement = select(Body).where(predicate).params(**values)
    compiled = compile_count(statement.selection, dialect)
    start, end = "MATCH (n:`Body`) WHERE ", " RETURN count(*)"
    assert compiled.text.startswith(start)
    assert compiled.text.endswith(end)
    return compiled.text[len(start) : -len(end)], dict(compiled.parameters)


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("case", list(CASES))
def test_condition_is_spelt(case: str, dialect: str) -> None:
    build, text, values = CASES[case]
    if dialect == "falkordb":  # whose indexes have an order of their own
        text = re.sub(r"(n\.`(?:brightness|seen)`)(?= [<>])", r"coalesce(\1)", text)
    if dialect == "age" and case == "in_ nothing":  # where null IN [] is null
        text, values = "false", []
    if dialect == "age":  # which has no any()
        text = re.sub(r"any\((x IN .*)\)$", r"size([\1]) > 0", text)
    expected = {f"p{number}": value for number, value in enumerate(values)}
    assert rendered(build(), DIALECTS[dialect]) == (text, expected)


def test_regular_expression_where_there_is_one() -> None:
    assert rendered(name.matches("x.*"), Dialect()) == ("n.`title` =~ $p0", {"p0": "x.*"})
    with pytest.raises(UnsupportedFeatureError, match="falkordb"):
        rendered(name.matches("x.*"), FalkorDBDialect())


def test_vector_is_wrapped_as_the_database_wants() -> None:
    predicate = Body.spectrum == Vector([1.0, 2.0])
    assert rendered(predicate, Dialect()) == ("n.`spectrum` = $p0", {"p0": [1.0, 2.0]})
    assert rendered(predicate, FalkorDBDialect()) == ("n.`spectrum` = vecf32($p0)", {"p0": [1.0, 2.0]})


def test_parameter_has_its_own_name() -> None:
    predicate = (name == param("wanted")) & (rank > 1)
    assert rendered(predicate, Dialect()) == ("n.`title` = $wanted AND n.`rank` > $p0", {"p0": 1})
    assert rendered(predicate, Dialect(), wanted="x")[1] == {"p0": 1, "wanted": "x"}


def test_parameter_takes_the_form_of_its_field() -> None:
    assert rendered(Body.brightness > param("limit"), Dialect(), limit=DIM) == (
        "n.`brightness` >= $p0",
        {"p0": "1a0.65!"},
    )
    assert rendered(Body.colour == param("c"), Dialect(), c=Colour.BLUE)[1] == {"c": "blue"}


def test_parameter_of_two_forms_is_two() -> None:
    predicate = (mass > param("least")) & (rank > param("least"))
    assert rendered(predicate, Dialect(), least=1) == (
        "n.`mass` > $least AND n.`rank` > $p0",
        {"least": 1.0, "p0": 1},
    )


def test_parameter_of_none_is_null() -> None:
    assert rendered(name == param("x"), Dialect(), x=None) == ("n.`title` IS NULL", {})
    assert rendered(name != param("x"), Dialect(), x=None) == ("n.`title` IS NOT NULL", {})


BAD_VALUES: dict[str, tuple[Callable[[], Predicate], str]] = {
    "type": (lambda: Body.rank == "x", r"Body\.rank"),
    "beyond 64 bits": (lambda: Body.rank > 2**63, r"Body\.rank"),
    "in a list": (lambda: col(Body.rank).in_([1, "x"]), r"Body\.rank"),
    "bool for int": (lambda: Body.rank == True, r"Body\.rank"),  # noqa: E712 - the value under test
    "Decimal": (lambda: Body.brightness > 1.5, r"Body\.brightness"),
    "Decimal NaN": (lambda: Body.brightness == Decimal("NaN"), r"Body\.brightness"),
    "Enum": (lambda: Body.colour == "red", r"Body\.colour"),
    "element": (lambda: col(Body.tags).contains(1), r"Body\.tags"),
    "inherited": (lambda: Star.rank == "x", r"Star\.rank"),
}


@pytest.mark.parametrize("case", list(BAD_VALUES))
def test_value_that_does_not_fit_names_its_field(case: str) -> None:
    build, match = BAD_VALUES[case]
    with pytest.raises(FieldValidationError, match=match):
        rendered(build(), Dialect())


IMPOSSIBLE: dict[str, Callable[[], Any]] = {
    "order of None": lambda: Body.rank > None,
    "order of a parameter that is None": lambda: Body.rank > param("nothing"),
    "contains of a number": lambda: col(Body.rank).contains(1),
    "startswith of a date": lambda: col(Body.seen).startswith("2024"),
    "startswith of a Decimal": lambda: col(Body.brightness).startswith("1"),
    "contains of None": lambda: Body.name.contains(None),
    "contains of a dict": lambda: col(Body.notes).contains("x"),
    "arithmetic with a Decimal": lambda: col(Body.brightness) + 1 > 2,
    "arithmetic with a date": lambda: col(Body.seen) + HOUR == NIGHT,
    "value of no type": lambda: to_lower(Body.name) + object() == "x",
}


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
def test_impossible_condition_is_refused(case: str) -> None:
    with pytest.raises(QueryError):
        rendered(IMPOSSIBLE[case](), Dialect(), nothing=None)


def test_parameters_know_their_fields() -> None:
    """What a database cannot be sent is found later, and has to be named then."""
    statement = select(Body).where(Body.name == "a\0b", col(Body.rank).in_([1])).limit(1)
    compiled = compile_count(statement.selection, Dialect())
    found = [compiled.field_of(name) for name in ("p0", "p1", "p2")]
    assert [field and field.name for field in found] == ["name", "rank", None]


@pytest.mark.parametrize("text", ["' OR 1=1 //", "`x`", "$p0", "\n", "x'}) DETACH DELETE n", '"', "\\"])
def test_value_never_enters_the_text(text: str) -> None:
    assert rendered(name == text, FalkorDBDialect()) == ("n.`title` = $p0", {"p0": text})
    assert rendered(name.contains(text), FalkorDBDialect()) == ("n.`title` CONTAINS $p0", {"p0": text})


def test_conditions_on_a_union_are_alternatives() -> None:
    statement = select(Watcher).traverse(Watcher.owns, optional=False).where((Lens.width > 1) | (Tripod.height > 2))
    assert compile_count(statement.selection, Dialect()).text == (
        "MATCH (n:`Watcher`) MATCH (n)-[:`OWNS`]->(n1) WHERE ((n1:`Lens`) OR (n1:`Tripod`)) "
        "AND (n1.`width` > $p0 OR n1.`height` > $p1) RETURN count(*)"
    )
