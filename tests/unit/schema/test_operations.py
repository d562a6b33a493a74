"""What the operations send, and what they do when the database is busy, or says no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from runic.ogm import ConstraintViolationError, Field, Node, SchemaDriftError
from runic.ogm.cypher.ddl import FoundItem, SchemaItem
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.statement import Pause, Reply, Statement
from runic.ogm.exceptions import DatabaseError, TransientDatabaseError
from runic.ogm.schema.operations import PATIENCE, SchemaOperations
from runic.ogm.session.insisting import RETRIES
from runic.ogm.session.keys import KeyKeeper


class Anvil(Node):
    id: str
    forge: str | None = Field(default=None, index=True)


KEY = SchemaItem("unique", "node", "Anvil", ("id",))
FORGE = SchemaItem("index", "node", "Anvil", ("forge",))


class Books(Dialect):
    """A database that does what it is told; `found` is what it has, in the order in which it is asked."""

    def __init__(self, *found: list[FoundItem]) -> None:
        self.found = list(found)

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        return [Statement(f"MAKE {item.kind} {item.properties[0]}", {}, write=True, origin="schema")]

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        return [Statement(f"DROP {found.item.kind} {found.item.properties[0]}", {}, write=True, origin="schema")]

    def schema_statements(self) -> list[Statement]:
        return [Statement("SHOW", {}, origin="schema")]

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        assert len(replies) == 1
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]

    def is_already_there(self, error: DatabaseError) -> bool:
        return "there" in str(error)

    def is_gone(self, error: DatabaseError) -> bool:
        return "gone" in str(error)


def run(dialect: Dialect, method: str, errors: dict[str, list[Exception]] | None = None, **options: Any) -> list[str]:
    """Drive an operation on Anvil; return what it asked for. Each entry of `errors` is raised once for its text."""
    operations = SchemaOperations(dialect, KeyKeeper(dialect, ensure=False))
    steps = getattr(operations, method)([Anvil], **options)
    log: list[str] = []
    request = next(steps)
    while True:
        log.append("pause" if isinstance(request, Pause) else request.text)
        waiting = (errors or {}).get(log[-1], [])
        try:
            request = steps.throw(waiting.pop(0)) if waiting else steps.send(Reply(([],)))
        except StopIteration:
            return log


def test_create_makes_what_is_missing_and_looks() -> None:
    database = Books([FoundItem(KEY)], [FoundItem(KEY), FoundItem(FORGE)])
    assert run(database, "create") == ["SHOW", "MAKE index forge", "SHOW"]


def test_create_waits_until_it_is_built() -> None:
    building = [FoundItem(KEY), FoundItem(FORGE, "building")]
    database = Books([FoundItem(KEY)], building, building, [FoundItem(KEY), FoundItem(FORGE)])
    assert run(database, "create") == ["SHOW", "MAKE index forge", "SHOW", "pause", "SHOW", "pause", "SHOW"]


def test_what_another_process_made_is_no_error() -> None:
    database = Books([], [FoundItem(KEY), FoundItem(FORGE)])
    log = run(database, "create", {"MAKE unique id": [DatabaseError("it is there")]})
    assert log == ["SHOW", "MAKE unique id", "MAKE index forge", "SHOW"]


def test_other_errors_are_raised() -> None:
    with pytest.raises(DatabaseError, match="no room"):
        run(Books([]), "create", {"MAKE unique id": [DatabaseError("no room")]})


def test_busy_database_is_asked_again() -> None:
    database = Books([FoundItem(KEY)], [FoundItem(KEY), FoundItem(FORGE)])
    busy: list[Exception] = [TransientDatabaseError("a deadlock") for _ in range(2)]
    log = run(database, "create", {"MAKE index forge": busy})
    assert log == ["SHOW", *["MAKE index forge", "pause"] * 2, "MAKE index forge", "SHOW"]
    endless: list[Exception] = [TransientDatabaseError("a deadlock") for _ in range(99)]
    with pytest.raises(TransientDatabaseError):
        run(Books([FoundItem(KEY)]), "create", {"MAKE index forge": endless})
    assert len(endless) == 99 - len(RETRIES) - 1


def test_failed_constraint_is_taken_back() -> None:
    failed = [FoundItem(KEY, "failed"), FoundItem(FORGE)]
    database = Books([FoundItem(FORGE)], failed, failed)
    with pytest.raises(ConstraintViolationError, match=r"\(:Anvil\) id.*declared by Anvil"):
        run(database, "create")


def test_what_vanishes_while_it_is_made_is_made_again() -> None:
    database = Books([FoundItem(KEY)], [FoundItem(KEY)], [FoundItem(KEY), FoundItem(FORGE)])
    assert run(database, "create") == ["SHOW", "MAKE index forge", "SHOW", "pause", "MAKE index forge", "SHOW"]


def test_what_vanishes_each_time_is_told() -> None:
    with pytest.raises(SchemaDriftError, match=r"somebody else[^+]*\+ index on \(:Anvil\) forge"):
        run(Books([FoundItem(KEY)]), "create")


class Jealous(Books):
    """A database where an index is in the way of a constraint."""

    constraint_replaces_index = True


UNDER = replace(KEY, kind="index")


@pytest.mark.parametrize(("method", "options"), [("create", {}), ("sync", {"drop_extra": False})])
def test_index_that_becomes_a_constraint_is_waited_for(method: str, options: dict[str, Any]) -> None:
    building = [FoundItem(FORGE), FoundItem(UNDER, "building")]
    done = [FoundItem(FORGE), FoundItem(KEY), FoundItem(UNDER, implied=True)]
    database = Jealous(*[building] * 9, [FoundItem(FORGE), FoundItem(UNDER)], done)
    log = run(database, method, **options)
    assert log == ["SHOW", *["pause", "SHOW"] * 10, *(["SHOW"] if method == "sync" else [])]


def test_index_that_stays_in_the_way_is_drift() -> None:
    database = Jealous([FoundItem(FORGE), FoundItem(UNDER)])
    with pytest.raises(SchemaDriftError, match=r"found is index on \(:Anvil\) id"):
        run(database, "create")


def test_sync_replaces_an_index_that_stays_in_the_way() -> None:
    before = [FoundItem(FORGE), FoundItem(UNDER)]
    database = Jealous(*[before] * (len(PATIENCE) + 2), [FoundItem(FORGE), FoundItem(KEY)])
    log = run(database, "sync", drop_extra=False)
    look, *rest = [text for text in log if text not in ("SHOW", "pause")]
    assert "times > 1" in look
    assert rest == ["DROP index id", "MAKE unique id"]


def test_sync_that_the_data_make_impossible_drops_nothing() -> None:
    before = [FoundItem(FORGE), FoundItem(UNDER)]
    steps = SchemaOperations(Jealous(before), KeyKeeper(Jealous(before), ensure=False)).sync([Anvil], drop_extra=False)
    log: list[str] = []
    request = next(steps)
    with pytest.raises(ConstraintViolationError, match="2 nodes have id='a'"):
        while True:
            log.append("pause" if isinstance(request, Pause) else request.text)
            request = steps.send(Reply(([["a", 2]],) if "times > 1" in log[-1] else ([],)))
    assert not [text for text in log if text.startswith(("DROP", "MAKE"))]


def test_sync_removes_constraints_before_indexes() -> None:
    hammer = SchemaItem("index", "node", "Anvil", ("hammer",))
    stamp = SchemaItem("unique", "node", "Anvil", ("stamp",))
    own = [FoundItem(KEY), FoundItem(FORGE)]
    more = [*own, FoundItem(hammer), FoundItem(stamp)]
    database = Books(more, more, more, own)
    log = run(database, "sync", drop_extra=True)
    assert [text for text in log if text != "SHOW"] == ["DROP unique stamp", "DROP index hammer"]


def test_what_another_process_removed_is_no_error() -> None:
    database = Books([FoundItem(KEY), FoundItem(FORGE)])
    log = run(database, "drop", {"DROP unique id": [DatabaseError("it is gone")]})
    assert [text for text in log if text != "SHOW"] == ["DROP unique id", "DROP index forge"]
