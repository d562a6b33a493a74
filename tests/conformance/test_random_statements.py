"""Random statements of the whole grammar against a plain-Python evaluation over the same data."""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import UnsupportedFeatureError, count, desc, hops, max_, ref, sum_

from .harness import Database
from .plain_query import ordered
from .random_question import FIELDS, NUMBERS, Question, make_world, store


def keyed(row: Any) -> Any:
    return None if row is None else row["id"] if isinstance(row, dict) else row.id


async def check_results(s: Any, question: Question) -> None:
    """The results as entities, how many there are, and each once."""
    target = question.r.choice(question.nodes())
    statement, rows = question.statement.return_target(target), question.rows()
    expected = [keyed(row[target]) for row in rows]
    found = await s.scalars(statement)
    assert Counter(map(keyed, found)) == Counter(expected)
    if question.stages[-1].order:
        assert [keyed(entity) for entity in found] == expected
    assert await s.count(statement) == len(expected)
    assert await s.exists(statement) is bool(expected)
    if not question.stages[-1].order:
        assert Counter(map(keyed, await s.scalars(statement.distinct()))) == Counter(set(expected))
        assert await s.count(statement.distinct()) == len(set(expected))


async def check_rows(s: Any, question: Question) -> None:
    """Tuples of nodes, and projections, in their order."""
    nodes = question.nodes()
    keys = question.total() if not question.stages[-1].order else []
    rows = ordered(question.rows(), [twin for _, twin in keys])
    statement = question.statement.order_by(*(key for key, _ in keys))
    items = [(alias, question.r.choice(list(FIELDS[question.aliases[alias]]))) for alias in nodes]
    values = [ref(alias, getattr(question.aliases[alias], name)).as_(f"{alias}_{name}") for alias, name in items]
    found = await s.all_rows(statement.project(*values, *question.columns))
    assert found == [
        {
            **{f"{a}_{n}": None if row[a] is None else row[a][n] for a, n in items},
            **{c: row[c] for c in question.columns},
        }
        for row in rows
    ]
    if len(nodes) > 1:
        tuples = await s.all_rows(statement.return_nodes(*nodes))
        assert [tuple(map(keyed, found)) for found in tuples] == [tuple(keyed(row[a]) for a in nodes) for row in rows]


async def check_groups(s: Any, question: Question) -> None:
    """Aggregates by a field, and conditions on them."""
    if question.stages[-1].order:
        return
    alias = question.r.choice(question.nodes())
    cls = question.aliases[alias]
    by, of = question.r.choice(list(FIELDS[cls])), next((n for n in FIELDS[cls] if n in NUMBERS), "id")
    least = question.r.randint(0, 2)
    group, number = ref(alias, getattr(cls, by)).as_("by"), ref(alias, getattr(cls, of))
    top: Any = sum_(number) if of in NUMBERS else max_(number)
    statement = question.statement.aggregate(count().as_("n"), top.as_("top"), group_by=group)
    groups: dict[Any, list[Any]] = {}
    for row in question.rows():
        node = row[alias] or {}
        groups.setdefault(node.get(by), []).append(node.get(of))
    expected = {}
    for value, found in groups.items():
        known = [number for number in found if number is not None]
        expected[value] = (len(found), sum(known) if of in NUMBERS else max(known, default=None))
    rows = await s.all_rows(statement)
    assert {row["by"]: (row["n"], row["top"]) for row in rows} == expected
    assert len(rows) == len(expected)
    chosen = {value for value, (size, _) in expected.items() if size > least}
    having = statement.where(ref("n") > least)
    assert {row["by"] for row in await s.all_rows(having)} == chosen
    assert await s.count(having) == len(chosen)


async def check_pages(s: Any, question: Question) -> None:
    """Keyset pages give each result once, in order."""
    if question.stages[-1].order:
        return
    target = question.r.choice(question.nodes())
    cls = question.aliases[target]
    key, (get, turned) = question.key(target, question.r.choice(list(FIELDS[cls])), turned=question.r.random() < 0.5)
    unique = {keyed(row[target]): row for row in question.rows()}
    by_id = ordered(list(unique.values()), [(lambda row: keyed(row[target]), False)])
    expected = [keyed(row[target]) for row in ordered(by_id, [(get, turned)])]
    statement, cursor = question.statement.return_target(target).order_by(key), None
    found: list[Any] = []
    while True:
        page = await s.after(statement, cursor, 2)
        found, cursor = [*found, *map(keyed, page.items)], page.cursor
        if cursor is None:
            break
    assert found == expected


async def check_paths(s: Any, question: Question) -> None:
    """Shortest paths from one of the nodes, each of edges that there are."""
    if not question.artists():
        return
    statement, expected = question.path()
    if not s.dialect.keeps_equal_paths:
        expected = [*dict.fromkeys(expected)]
    found = await s.scalars(statement.order_by(desc(hops())))
    assert Counter((path.start.id, path.end.id, path.hops) for path in found) == Counter(expected)
    assert [path.hops for path in found] == sorted((path.hops for path in found), reverse=True)
    pairs = {edge[1:3] for edge in question.world.edges if edge[0] == "LEARNT_FROM"}
    for path in found:
        keys = [node.id for node in path.nodes]
        assert all((one, other) in pairs or (other, one) in pairs for one, other in pairwise(keys))
    assert await s.count(statement) == len(expected)
    assert await s.exists(statement) is bool(expected)


CHECKS = [check_results, check_rows, check_groups, check_pages, check_paths]


async def check_write(db: Database, question: Question) -> None:
    """What is changed, or deleted, is each result once; the rest stays."""
    world = question.world
    target = question.r.choice(question.nodes())
    keys = {row[target]["id"] for row in question.rows() if row[target] is not None}
    statement, changed = question.statement.return_target(target).delete(), None
    if question.r.random() < 0.6:
        statement, changed = question.change(target)
    async with db.session() as s:
        result = await s.execute(statement)
    if changed is None:
        world.remove(keys)
    else:
        world.nodes = {key: changed(node) if key in keys else node for key, node in world.nodes.items()}
    assert result[0]["count"] == len(keys)
    graph = await db.dump()
    present = [{name: value for name, value in node.items() if value is not None} for node in world.nodes.values()]
    assert sorted((dict(properties) for _, properties in graph.nodes), key=keyed) == sorted(present, key=keyed)
    assert sorted(edge[:3] for edge in graph.edges) == sorted(edge[:3] for edge in world.edges)


many = settings(
    max_examples=int(os.environ.get("RUNIC_TEST_EXAMPLES", "40")),
    deadline=None,
    derandomize="RUNIC_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@many
@given(r=st.randoms(use_true_random=False))
async def test_any_statement_means_what_it_says(db: Database, r: Random) -> None:
    world = make_world(r)
    await store(db, world)
    async with db.session() as s:
        for check in CHECKS:
            for _ in range(3):
                question = Question(r, world)
                try:
                    await check(s, question)
                except UnsupportedFeatureError:
                    continue
                except Exception as error:
                    error.add_note(f"{check.__name__}: {question.statement.build(db.dialect)}")
                    raise
    for _ in range(3):
        question = Question(r, world)
        try:
            await check_write(db, question)
        except UnsupportedFeatureError:
            continue
        except Exception as error:
            error.add_note(f"check_write: {question.statement.build(db.dialect)}")
            raise
