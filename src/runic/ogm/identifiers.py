"""The one place where names are checked and quoted before they enter a statement's text."""

from __future__ import annotations

from runic.ogm.exceptions import QueryError

MAX_LENGTH = 255


def check_name(name: object, what: str) -> str:
    """Return `name` if it may be a label, type, property, alias or index name; `what` names it in the error.

    Any printable text is allowed, since it is quoted; control characters, NUL, lone surrogates and back-ticks are not.
    Raises TypeError if it is no string, QueryError if it is empty, too long or holds such a character.
    """
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a str, not {name!r}")
    if not name or len(name) > MAX_LENGTH:
        raise QueryError(f"{what} must have 1 to {MAX_LENGTH} characters, not {len(name)}")
    if "`" in name or not name.isprintable():
        raise QueryError(f"{what} {name!r} holds a back-tick or a character that cannot be printed; rename it")
    return name


def is_plain(name: str) -> bool:
    """Tell whether `name` needs no quotes: ASCII letters, digits and underscores, no digit first."""
    return name.isascii() and name.isidentifier()


def quote(name: str) -> str:
    """Return a checked name as Cypher spells it, always in back-ticks, so that no name is a keyword."""
    return f"`{name}`"
