"""Marks of units of work: a node that is written with a unit, so that one look tells whether the unit was applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from runic.ogm.cypher.persist import Section
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect

LABEL: Final = "RunicUnit"
KEY: Final = "id"
NAMES: Final = (KEY, "attempt", "at")


def mark_section(dialect: Dialect, token: str, attempt: int, now: float) -> Section:
    """Return the batch that writes the mark of a unit, and fails the whole if the unit has one already."""
    known = dialect.render_keyed_node("u", LABEL, KEY, "row[0]")
    values = ", ".join(f"{quote(name)}: row[{place}]" for place, name in enumerate(NAMES))
    body = f"OPTIONAL {known} WITH row, count(u) AS found WHERE found = 0 CREATE (m:{quote(LABEL)} {{{values}}})"
    return Section(body, [[token, attempt, int(now)]], expected=1)


def compile_find_mark(dialect: Dialect, token: str) -> Statement:
    """Return the read of which attempt at a unit was applied: one row, or none."""
    text = f"{dialect.render_keyed_node('u', LABEL, KEY, '$token')} RETURN {dialect.render_property('u', 'attempt')}"
    return Statement(text, {"token": token}, (("int",),), origin="query")


def compile_remove_marks(dialect: Dialect, token: str | None, before: float) -> Statement:
    """Return the write that removes the mark of one unit, and those made before a moment, which nobody asks for."""
    own = f"{dialect.render_property('u', KEY)} = $token OR " if token else ""
    text = (
        f"MATCH (u:{quote(LABEL)}) WHERE {own}{dialect.render_property('u', 'at')} < $before "
        "DELETE u RETURN count(*) AS removed"
    )
    parameters = {"before": int(before)} | ({"token": token} if token else {})
    return Statement(text, parameters, (("int",),), write=True, origin="execute")
