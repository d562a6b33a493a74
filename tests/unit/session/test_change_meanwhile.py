"""What is changed while a commit is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runic.ogm.exceptions import OGMError
from tests.unit.fake import Database, Half, do
from tests.unit.sky import NIGHT, Body, Lens, Sighting, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("change", ["assigned", "appended"])
def test_relation_that_changes_meanwhile_is_refused_and_stays(half: Half, change: str) -> None:
    """It would be taken for written with the rest."""
    database = Database()
    session = half.session(half.driver(database))
    tutor, pupil, lens = Watcher(id="t", name="T"), Watcher(id="p", name="P"), Lens(id="l", width=1)
    session.add_all([tutor, pupil, lens])
    do(session.commit())
    pupil.tutor, pupil.owns = None, []
    tutor.name = "changed"
    errors: list[OGMError] = []

    def meanwhile() -> None:
        database.during = lambda: None
        try:
            if change == "assigned":
                pupil.tutor = tutor
            else:
                pupil.owns.append(lens)
        except OGMError as error:
            errors.append(error)

    database.during = meanwhile
    do(session.commit())
    assert [str(error)[:22] for error in errors] == ["this session is in use"]
    assert (pupil.tutor, pupil.owns) == (None, [])
    pupil.tutor = tutor
    do(session.commit())
    assert "TAUGHT_BY" in database.sent[-1].text


def _once(database: Database, change: Callable[[], object]) -> None:
    """Let a change happen while the next statement is on its way."""

    def meanwhile() -> None:
        database.during = lambda: None
        change()

    database.during = meanwhile


def _values(database: Database) -> list[object]:
    return [value for row in database.sent[-1].parameters["r0"] for value in row]  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", ["new", "merged", "changed", "reference"])
def test_property_that_changes_meanwhile_is_written_by_the_next_commit(half: Half, state: str) -> None:
    database = Database()
    session = half.session(half.driver(database))
    lens = session.reference(Lens, "l") if state == "reference" else Lens(id="l", width=1)
    if state == "merged":
        lens = session.merge(lens)
    elif state != "reference":
        session.add(lens)
    if state == "changed":
        do(session.commit())
    lens.width = 2

    def change() -> None:
        lens.width = 3

    _once(database, change)
    do(session.commit())
    do(session.commit())
    assert _values(database) == ["l", 3]
    sent = len(database.sent)
    do(session.commit())
    assert len(database.sent) == sent


def test_list_that_grows_meanwhile_is_written_by_the_next_commit(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database))
    body = Body(id="b", name="B", tags=["one"])
    session.add(body)
    _once(database, lambda: body.tags.append("two"))
    do(session.commit())
    do(session.commit())
    assert _values(database) == ["b", ["one", "two"]]


def test_edge_that_changes_meanwhile_is_written_by_the_next_commit(half: Half) -> None:
    database = Database()
    session = half.session(half.driver(database))
    body, watcher = Body(id="b", name="B"), Watcher(id="w", name="W")
    session.add_all([body, watcher])
    do(session.commit())
    sighting = Sighting(at=NIGHT)
    do(session.relate(watcher, Watcher.bodies, body, edge=sighting))

    def change() -> None:
        sighting.magnitude = 2.5

    _once(database, change)
    do(session.commit())
    do(session.commit())
    assert _values(database) == ["w", "b", None, 2.5]
