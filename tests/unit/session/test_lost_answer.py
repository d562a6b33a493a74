"""A commit that is tried again after its answer was lost, on a database without transactions and constraints."""

from __future__ import annotations

import pytest

from runic.ogm.exceptions import DatabaseUnavailableError
from tests.unit.fake import Buoy, Database, Half, Plain, do

LOOK = "MATCH (n:`Buoy` {`id`: row[0]})"


@pytest.mark.parametrize("unknown", [True, False])
def test_generated_key_is_looked_for_after_an_unknown_outcome(half: Half, *, unknown: bool) -> None:
    """Nobody else has such a key, but the lost commit may have stored the node; one that was not sent has not."""
    database = Database(Plain())
    session = half.session(half.driver(database))
    session.add(Buoy(colour="red"))
    database.failures["CREATE"] = DatabaseUnavailableError("gone", outcome_unknown=unknown)
    with pytest.raises(DatabaseUnavailableError):
        do(session.commit())
    database.failures.clear()
    if unknown:  # the look has a count of its own
        database.answers["CALL"] = database.answers["INDEXED?"]._replace(tables=[[[0, 1]]])
    do(session.commit())
    first, second = [statement for statement in database.sent if "CREATE" in statement.text]
    assert (LOOK in first.text, LOOK in second.text) == (False, unknown)
    database.answers.pop("CALL", None)
    session.add(Buoy(colour="green"))
    do(session.commit())
    assert LOOK not in database.sent[-1].text
