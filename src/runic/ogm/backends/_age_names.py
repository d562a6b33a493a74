"""Labels and edge types as Apache AGE stores them: as names of tables, of few characters."""

from __future__ import annotations

import re

from runic.ogm.exceptions import QueryError

MAX_BYTES = 63
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPE = re.compile(r"_x([0-9a-f]+)_")


def stored_name(name: str) -> str:
    """Return the name of the table: letters, digits and underscores as they are, all else as `_x2b_`.

    Raises QueryError for one that is too long for a table.
    """
    stored = name
    if _PLAIN.fullmatch(name) is None or _ESCAPE.search(name):
        parts = [_escape(character, index) for index, character in enumerate(name)]
        stored = "".join(parts)
    if len(stored) > MAX_BYTES:
        raise QueryError(f"{name!r} is too long for a label or an edge type of Apache AGE, whose names have 63 bytes")
    return stored


def _escape(character: str, index: int) -> str:
    allowed = character.isascii() and (character.isalpha() or (character.isdigit() and index > 0))
    return character if allowed else f"_x{ord(character):x}_"


def shown_name(stored: str) -> str:
    """Return the name that is stored as `stored`."""
    if not _ESCAPE.search(stored):
        return stored
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), stored)
