"""Relations that are changed while a commit is on its way."""

from __future__ import annotations

import pytest

from runic.ogm.exceptions import OGMError
from tests.unit.fake import Database, Half, do
from tests.unit.sky import Lens, Watcher


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
