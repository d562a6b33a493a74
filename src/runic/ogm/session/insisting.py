"""Statements that make or remove something of the schema, which others may send at the same moment."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from runic.ogm.cypher.statement import Pause
from runic.ogm.exceptions import DatabaseError, TransientDatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from runic.ogm.cypher.statement import Reply, Statement

RETRIES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds, at most, before each further try."""


def jittered(seconds: float) -> Pause:
    """Return a pause of at most that long, so that two that met do not meet again."""
    return Pause(random.uniform(seconds / 2, seconds))  # noqa: S311 - jitter, no secret


def insist(
    statement: Statement, harmless: Callable[[DatabaseError], bool]
) -> Generator[Statement | Pause, Reply, bool]:
    """Send a statement again while others are in its way; tell whether it was this one that did it.

    harmless: whether an error only says that another did it before. Raises TransientDatabaseError after the last try.
    """
    for pause in (*RETRIES, None):
        try:
            yield statement
        except TransientDatabaseError:
            if pause is None:
                raise
        except DatabaseError as error:
            if not harmless(error):
                raise
            return False
        else:
            return True
        yield jittered(pause)
    raise AssertionError("unreachable: the last try returns or raises")
