"""`driver.run(work, exactly_once=True)`: a unit whose outcome is unknown is looked for, and never applied twice."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import driver as driver_module
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    TransientDatabaseError,
    UnsupportedFeatureError,
)
from runic.ogm.session import retrying
from tests.unit.fake import Buoy, Database, Half, Plain, Transactional, do

FIND = "RETURN u.`attempt`"
REMOVE = "DELETE u"
UNIT = "CALL"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        pass

    monkeypatch.setattr(driver_module.time, "sleep", lambda _: None)
    monkeypatch.setattr(driver_module, "sleep", sleep)


def lost() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("the line went dead", outcome_unknown=True)


class Run:
    """A unit whose attempts end as scripted: an error at its commit, or None."""

    def __init__(self, half: Half, *script: BaseException | None, found: int | None = None, part: str = UNIT) -> None:
        self.half, self.script, self.tries, self.part = half, script, 0, part
        self.database = Database(Plain() if part == UNIT else Transactional())
        self.database.answers[FIND] = Reply([[] if found is None else [[found]]])

    def work(self, session: Any) -> str:
        self.database.failures.pop(self.part, None)
        error = self.script[self.tries]
        if error is not None:
            self.database.failures[self.part] = error
        self.tries += 1
        session.add(Buoy(id="n"))
        return f"result {self.tries}"

    def __call__(self, **options: Any) -> Any:
        return self.half.run(self.half.driver(self.database), self.work, **{"exactly_once": True, **options})

    def sent(self, part: str) -> list[str]:
        return [step for step in self.database.log if part in step]


def test_unit_that_was_applied_is_not_repeated(half: Half) -> None:
    run = Run(half, lost(), None, found=0)
    assert run() == "result 1"
    assert run.tries == 1


def test_unit_that_was_not_applied_is_repeated(half: Half) -> None:
    run = Run(half, lost(), None)
    assert run() == "result 2"
    assert len(run.sent(UNIT)) == 2


def test_without_it_the_outcome_stays_unknown(half: Half) -> None:
    run = Run(half, lost(), None, found=0)
    with pytest.raises(DatabaseUnavailableError) as caught:
        run(exactly_once=False)
    assert (caught.value.outcome_unknown, run.tries) == (True, 1)
    assert run.sent("RunicUnit") == []


def test_unit_that_is_applied_late_is_found(half: Half) -> None:
    """The first attempt reaches the database after the second was begun, which its mark then refuses."""
    run = Run(half, lost(), ConstraintViolationError("taken"))
    answer = run.database.answers[FIND]

    def later() -> None:
        if run.tries == 2:
            answer.tables[0][:] = [[0]]

    run.database.during = later
    assert run() == "result 1"


def test_every_attempt_carries_the_same_mark(half: Half) -> None:
    run = Run(half, lost(), lost(), None)
    run()
    marks = [next(iter(s.parameters["r0"])) for s in run.database.sent if s.origin == "flush"]
    assert len({token for token, _, _ in marks}) == 1
    assert [attempt for _, attempt, _ in marks] == [0, 1, 2]


def test_doubt_outlives_the_retries(half: Half) -> None:
    run = Run(half, lost(), DatabaseUnavailableError("nobody there"), DatabaseUnavailableError("nobody there"))
    with pytest.raises(DatabaseUnavailableError) as caught:
        run(retries=2)
    assert caught.value.outcome_unknown
    assert any("may have been applied" in note for note in caught.value.__notes__)


def test_what_cannot_be_asked_is_tried_again(half: Half) -> None:
    run = Run(half, lost(), lost(), None)
    run.database.failures[FIND] = DatabaseUnavailableError("nobody there")
    assert run() == "result 3"


def test_unreachable_database_is_tried_again(half: Half) -> None:
    run = Run(half, DatabaseUnavailableError("nobody there"), TransientDatabaseError("busy"), None)
    assert run() == "result 3"


def test_index_of_marks_is_made_again_and_again(half: Half) -> None:
    """It is no part of the unit, whatever becomes of the line while it is made."""
    run = Run(half, None, part="commit")
    errors = [lost(), lost()]

    def during() -> None:
        if errors:
            raise errors.pop()

    run.database.during = during
    assert run() == "result 1"


def test_other_errors_are_not(half: Half) -> None:
    run = Run(half, DatabaseError("disk full"))
    with pytest.raises(DatabaseError, match="disk full") as caught:
        run()
    assert not caught.value.outcome_unknown


def test_unit_that_stored_a_part_is_not_repeated(half: Half) -> None:
    """Its mark goes with the commit, and tells nothing of a flush before it."""
    run = Run(half, lost())

    def work(session: Any) -> None:
        session.add(Buoy(id="early"))
        do(session.flush())
        run.work(session)

    with pytest.raises(DatabaseUnavailableError) as caught:
        half.run(half.driver(run.database), work, exactly_once=True)
    assert (caught.value.outcome_unknown, run.tries) == (True, 1)


@pytest.mark.parametrize(("script", "own"), [((None,), True), ((lost(), None), False)], ids=["sure", "in doubt"])
def test_mark_goes_once_nobody_can_ask_for_it(half: Half, script: tuple[Any, ...], *, own: bool) -> None:
    """Of a unit in doubt it stays: it keeps the lost attempt out, should that arrive yet."""
    run = Run(half, *script)
    run()
    [removal] = [statement for statement in run.database.sent if REMOVE in statement.text]
    assert ("token" in removal.parameters) is own


def test_mark_that_cannot_be_removed_is_no_failure(half: Half) -> None:
    run = Run(half, None)
    run.database.failures[REMOVE] = DatabaseUnavailableError("nobody there")
    assert run() == "result 1"


def test_transaction_holds_the_mark(half: Half) -> None:
    run = Run(half, lost(), None, found=0, part="commit")
    assert run() == "result 1"
    assert run.database.log[0] == "auto: INDEX RunicUnit"
    assert run.database.steps[:4] == ["begin", "tx: UNWIND", "tx: UNWIND", "commit"]


def test_transaction_flushed_before_holds_the_mark(half: Half) -> None:
    run = Run(half, None, part="commit")

    def work(session: Any) -> None:
        run.work(session)
        do(session.flush())

    half.run(half.driver(run.database), work, exactly_once=True)
    assert len([step for step in run.database.log if step.startswith("tx: ") and "RunicUnit" in step]) == 1


def test_unit_that_writes_nothing_has_no_mark(half: Half) -> None:
    run = Run(half)
    half.run(half.driver(run.database), lambda _: None, exactly_once=True)
    assert [s.text for s in run.database.sent if s.origin == "flush"] == []


def test_database_without_constraints_is_refused(half: Half) -> None:
    class Loose(Transactional):
        supports_constraints = False

    run = Run(half, part="commit")
    run.database.dialect = Loose()
    with pytest.raises(UnsupportedFeatureError, match="exactly_once"):
        run()


@pytest.mark.parametrize("value", [1, "yes", None])
def test_odd_flag_is_refused(half: Half, value: object) -> None:
    with pytest.raises(TypeError, match="exactly_once"):
        Run(half)(exactly_once=value)


def test_marks_are_no_class_of_the_user() -> None:
    from runic.ogm import metadata

    assert "RunicUnit" not in {cls.__name__ for cls in metadata.all_nodes()}
    assert retrying._Mark.__meta__.labels == ("RunicUnit",)
