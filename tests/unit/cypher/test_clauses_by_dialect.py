"""Each method of a statement and each function, spelt for every database.

`clauses.txt` has the texts: under the name of a row the standard one, and those of the dialects that differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runic import ogm
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.rows import compile_rows
from runic.ogm.cypher.select import compile_count
from runic.ogm.cypher.writes import compile_write
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.expressions import all_, any_, not_
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.fields import asc, col, desc
from runic.ogm.query.functions import (
    avg,
    case,
    coalesce,
    collect,
    count,
    fn,
    max_,
    min_,
    param,
    sum_,
    to_lower,
    to_upper,
)
from runic.ogm.query.references import hops, ref
from runic.ogm.query.related import count_related, exists
from runic.ogm.query.statement import Statement
from runic.ogm.session.select import Select, select
from tests.unit.cypher.dialects import DIALECTS
from tests.unit.sky import Body, Lens, Sighting, Watcher

LANGUAGE = {
    f"runic.ogm.{name}"
    for name in ("expressions", "model.fields", "query.functions", "query.references", "query.related", "query.search")
}
REFUSED = "refused before anything is sent"


def read_texts() -> dict[str, dict[str, str]]:
    """Return the texts by row and dialect."""
    found: dict[str, dict[str, str]] = {}
    for block in Path(__file__).with_name("clauses.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        name, *lines = block.splitlines()
        found[name] = dict(line.strip().split(": ", 1) for line in lines)
    return found


TEXTS = read_texts()


def watchers() -> Select[Any]:
    return select(Watcher).alias("w")


def seen(*, optional: bool = False) -> Select[Any]:
    return watchers().traverse(Watcher.bodies, "e", optional=optional).alias("b")


def compiled_text(statement: Select[Any], dialect: Dialect) -> str:
    """Return what is sent to write, to give rows of values or what was asked for, or else to count the results."""
    selection = statement.selection
    if selection.writes:
        return compile_write(selection, dialect).text
    if selection.projected:
        return compile_rows(selection, dialect, Mapper(dialect)).text
    if selection.returned or selection.fetched or selection.target or not selection.steps:
        return statement.build(dialect)[0]
    return compile_count(selection, dialect).text


STATEMENTS: dict[str, Callable[[], Select[Any]]] = {
    "where": lambda: select(Lens).where(Lens.width > 1, Lens.id < "x"),
    "where on": lambda: seen().where(Sighting.notes == "n", on="e").where(Watcher.name == "x", on="w"),
    "all_, any_, not_": lambda: select(Lens).where(any_(all_(Lens.width > 1, Lens.width < 9), not_(Lens.width == 5))),
    "exists": lambda: watchers().exists(Watcher.bodies, Body.rank > 1),
    "exists of nothing": lambda: watchers().where(~exists(Watcher.bodies)),
    "exists within exists": lambda: watchers().where(exists(Watcher.bodies, Body.rank > 1, exists(Body.near))),
    "exists of three": lambda: watchers().where(
        ~exists(Watcher.tutor, exists(Watcher.bodies, ~exists(Body.near, Body.rank > 1)))
    ),
    "exists on an optional step": lambda: seen(optional=True).where(exists(Body.near)),
    "count_related": lambda: watchers().where(count_related(Watcher.bodies, Sighting.notes == "n") > 1),
    "count_related, ordered by": lambda: (
        watchers().order_by(desc(count_related(Watcher.bodies))).limit(1).traverse("tutor")
    ),
    "count_related as a value": lambda: watchers().project(count_related(Watcher.bodies).as_("n")),
    "count_related within another as a value": lambda: watchers().project(
        count_related(Watcher.bodies, exists(Body.near)).as_("n")
    ),
    "count_related of groups": lambda: watchers().aggregate(
        count().as_("n"), group_by=count_related(Watcher.bodies).as_("k")
    ),
    "traverse": seen,
    "traverse, optional": lambda: seen(optional=True).where(Body.rank > 1),
    "traverse of either direction": lambda: select(Body).traverse(Body.near, optional=False),
    "traverse to a union": lambda: watchers().traverse(Watcher.owns, optional=False),
    "traverse twice": lambda: seen().traverse(Body.near, optional=False),
    "traverse after a page": lambda: watchers().order_by("name").skip(1).limit(2).traverse("tutor"),
    "limit of an optional step": lambda: seen(optional=True).limit(3),
    "repeat": lambda: watchers().repeat(Watcher.tutor, 1, 3),
    "repeat without an end": lambda: watchers().repeat(Watcher.tutor, 2, optional=False),
    "shortest_path": lambda: watchers().shortest_path(Watcher.tutor, to="x", max_hops=4).where(hops() > 1),
    "shortest_path of either direction": lambda: select(Body).shortest_path(Body.near, to=Body.rank > 3),
    "with_": lambda: seen().with_("w", count().as_("n")).where(ref("n") > 1).traverse("tutor"),
    "with_, ordered and paged": lambda: seen().order_by(Body.rank).skip(1).limit(2).with_("b").where(Body.rank > 1),
    "union": lambda: select(Lens).where(Lens.width > 1).union(select(Lens).where(Lens.id == "x")).where(Lens.width < 9),
    "distinct": lambda: seen().return_target("b").distinct(),
    "distinct, ordered": lambda: seen().return_target("b").distinct().order_by(Body.rank).limit(2),
    "params": lambda: select(Lens).where(Lens.width > param("least")).params(least=1),
    "project": lambda: select(Lens).project(Lens.id, (col(Lens.width) * 2 - 1).as_("x")).order_by(asc(Lens.id)),
    "project, distinct": lambda: select(Lens).project(Lens.width).distinct().order_by("width").limit(2),
    "functions": lambda: select(Body).project(
        coalesce(Body.rank, 0).as_("a"),
        to_lower(Body.name).as_("b"),
        to_upper(Body.name).as_("c"),
        fn("abs", Body.mass).as_("d"),
        (-col(Body.rank)).as_("e"),
    ),
    "case": lambda: select(Lens).project(case((Lens.width > 9, "wide"), (Lens.id < "m", None), else_=Lens.id).as_("x")),
    "case in a condition": lambda: select(Lens).where(case((Lens.width > 9, 1)) == 1),
    "case of what is related": lambda: watchers().where(case((exists(Watcher.bodies), "x"), else_="y") == "x"),
    "aggregate": lambda: select(Body).aggregate(
        count(),
        count(Body.rank, distinct=True).as_("ranks"),
        sum_(Body.rank),
        avg(Body.mass),
        min_(Body.rank),
        max_(Body.rank),
        collect(Body.id),
    ),
    "aggregate, grouped": lambda: select(Body).aggregate(count().as_("n"), group_by=Body.rank).order_by("n"),
    "aggregate, grouped by a node": lambda: seen().aggregate(count().as_("n"), group_by="w"),
    "aggregate, chosen": lambda: select(Body).aggregate(count().as_("n"), group_by=Body.rank).where(ref("n") > 2),
    "update": lambda: select(Lens).where(Lens.id == "x").update(width=Lens.width + 1),
    "update of a page": lambda: seen().return_target("b").order_by(Body.rank).limit(2).update(rank=None),
    "update of an optional step": lambda: seen(optional=True).return_target("b").update(rank=1),
    "delete": lambda: select(Lens).where(Lens.id == "x").delete(),
    "alias, return_nodes, return_edge": lambda: (
        watchers().traverse(Watcher.tutor, "e").alias("t").return_nodes("w", "t").return_edge("e")
    ),
    "return_target": lambda: watchers().traverse(Watcher.tutor).alias("t").return_target("t"),
    "order_by, skip, limit": lambda: select(Lens).order_by("width", desc(Lens.id)).skip(1).limit(2),
    "fetch": lambda: watchers().fetch(Watcher.tutor),
    "fetch of some": lambda: select(Body).fetch(
        Body.watchers, order_by=desc(Sighting.magnitude), where=Watcher.name > "x", limit=2
    ),
}


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("row", list(STATEMENTS))
def test_statement_is_spelt(row: str, dialect: str) -> None:
    build, texts = STATEMENTS[row], TEXTS[row]
    expected = texts.get(dialect, texts["cypher"])
    if expected == REFUSED:
        with pytest.raises(UnsupportedFeatureError, match=dialect):
            compiled_text(build(), DIALECTS[dialect])
    else:
        assert compiled_text(build(), DIALECTS[dialect]) == expected


def test_every_row_has_its_texts() -> None:
    assert list(TEXTS) == list(STATEMENTS)


def test_every_word_of_the_language_has_a_row() -> None:
    """Each method of a statement, and each function of the package that makes a part of one."""
    methods = {name for name in vars(Statement) if not name.startswith("_")} - {"selection", "timeout"}
    lower = {name: getattr(ogm, name) for name in ogm.__all__ if name.islower()}
    functions = {name for name, value in lower.items() if getattr(value, "__module__", "") in LANGUAGE}
    source = Path(__file__).read_text(encoding="utf-8")
    missing = [name for name in sorted(methods | functions) if not re.search(rf"\b{name}\(", source)]
    assert missing == ["score"]  # in the texts of searches
