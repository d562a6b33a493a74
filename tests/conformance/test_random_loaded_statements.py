"""Random statements read in other ways than as a list: with what is loaded with them, page by page, as a stream."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .harness import Database
from .plain_query import Key, ordered
from .random_fetch import Fetching
from .random_question import Question
from .random_world import make_world, store
from .test_random_statements import asking, keyed, many


async def walked(s: Any, statement: Any, size: int) -> list[Any]:
    """Return all results, page by page."""
    found: list[Any] = []
    cursor = None
    while True:
        page = await s.after(statement, cursor, size)
        found, cursor = [*found, *page.items], page.cursor
        assert len(page.items) == size or cursor is None
        if cursor is None:
            return found


async def streamed(s: Any, statement: Any, size: int) -> list[Any]:
    """Return all results of a stream."""
    return [entity async for entity in s.stream(statement, batch=size)]


def results(question: Question, target: str, order: list[Key]) -> list[Any]:
    """Return the keys of the results in an order, which ends with the key."""
    by_key: Key = (lambda row: keyed(row[target]), False)
    return [keyed(row[target]) for row in ordered(question.rows(), [*order, by_key])]


async def check_fetched(db: Database, s: Any, question: Question) -> None:
    """What is loaded with the results, in one statement unless some of these may be None."""
    target = question.r.choice(question.nodes())
    fetching = Fetching(question, target)
    if not fetching.branches:
        return
    expected = [keyed(row[target]) for row in question.rows()]
    with db.count() as sent:
        found = await s.scalars(fetching.statement)
    selection = fetching.statement.selection
    assert len(sent) == 1 or selection.may_lack(selection.result)
    assert Counter(map(keyed, found)) == Counter(expected)
    if question.stages[-1].order:
        assert list(map(keyed, found)) == expected
    with db.count() as sent:
        fetching.check(found)
    assert len(sent) == 0  # nothing was left to be loaded when it is asked for


async def check_fetched_pages(db: Database, s: Any, question: Question) -> None:
    """Pages and streams bring what is loaded with them, too."""
    target = question.r.choice(question.nodes())
    if any(stage.order for stage in question.stages) or not question.shares_key(target):  # an order may last
        return
    fetching = Fetching(question, target)
    read = question.r.choice([walked, streamed])
    found = await read(s, fetching.statement, question.r.randint(1, 3))
    expected = results(question, target, [])
    if read is walked:
        assert list(map(keyed, found)) == [*dict.fromkeys(expected)]
    else:
        assert Counter(map(keyed, found)) == Counter(expected)
    with db.count() as sent:
        fetching.check(found)
    assert len(sent) == 0  # nothing was left to be loaded when it is asked for


async def check_streamed(_: Database, s: Any, question: Question) -> None:
    """A stream gives what a list does, in its order."""
    target = question.r.choice(question.nodes())
    statement = question.statement.return_target(target)
    expected = [keyed(row[target]) for row in question.rows()]
    size = question.r.randint(1, 4)
    if not question.stages[-1].order and question.shares_key(target) and question.r.random() < 0.5:
        key, twin = question.some_key(target, turned=question.r.random() < 0.5)
        statement = statement.order_by(key, "id" if target == "r" and len(question.aliases) == 1 else key)
        found = await streamed(s, statement, size)
        assert list(map(keyed, found)) == results(question, target, [twin])
        return
    found = await streamed(s, statement, size)
    assert Counter(map(keyed, found)) == Counter(expected)
    if question.stages[-1].order:
        assert list(map(keyed, found)) == expected


async def check_keyset(_: Database, s: Any, question: Question) -> None:
    """Pages behind a cursor give each result once for each place in their order."""
    target = question.r.choice(question.nodes())
    if question.stages[-1].order or not question.shares_key(target):
        return
    by = question.r.choice([target, target, *question.aliases])
    key, (get, turned) = question.some_key(by, turned=question.r.random() < 0.5)
    unique = {(keyed(row[target]), get(row)): row for row in question.rows()}
    by_key: Key = (lambda row: keyed(row[target]), False)
    expected = [keyed(row[target]) for row in ordered(unique.values(), [(get, turned), by_key])]
    statement = question.statement.return_target(target).order_by(key)
    found = await walked(s, statement, question.r.randint(1, 4))
    assert list(map(keyed, found)) == expected


async def check_numbered(_: Database, s: Any, question: Question) -> None:
    """Pages by number, with the total."""
    target = question.r.choice(question.nodes())
    if question.stages[-1].order or not question.shares_key(target):
        return
    by = question.r.choice([target, *question.aliases])
    key, twin = question.some_key(by, turned=question.r.random() < 0.5)
    statement = question.statement.return_target(target).order_by(key)
    expected, size = results(question, target, [twin]), question.r.randint(1, 4)
    for number in range(1, len(expected) // size + 2):
        page = await s.page(statement, number, size)
        assert list(map(keyed, page.items)) == expected[(number - 1) * size : number * size]
        assert (page.total, page.pages) == (len(expected), -(-len(expected) // size))


CHECKS = [check_fetched, check_fetched, check_fetched_pages, check_streamed, check_keyset, check_numbered]


@pytest.mark.slow
@many
@given(r=st.randoms(use_true_random=False))
async def test_any_statement_is_read_in_every_way(db: Database, r: Random) -> None:
    world = make_world(r)
    await store(db, world)
    for check in CHECKS:
        for _ in range(2 if db.quick else 1):
            question = Question(r, world)
            with asking(db, question, check):
                async with db.session() as s:  # what is loaded whole stays whole
                    await check(db, s, question)
