"""What a statement of Apache AGE goes on from, where that takes a query of its own: the parts of a union, a search.

Its Cypher has neither `CALL { }` nor procedures. What such a part finds is asked for before, and comes as a parameter,
in which vertices stay vertices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from runic.ogm.backends._age_text import returned, tokens
from runic.ogm.exceptions import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.backends._age_text import Token

SEARCH = "CALL runic.search"
"""Begins what the dialect writes of a search: `CALL runic.search([...]) YIELD n, score`, its arguments as JSON."""


class Source(NamedTuple):
    """What is asked for before: the statements of a union, or the arguments of a search; `parameter` takes it."""

    parameter: str
    parts: tuple[Split, ...] = ()
    search: tuple[Any, ...] = ()


class Split(NamedTuple):
    """A statement, and what it goes on from by parameters."""

    text: str
    sources: tuple[Source, ...] = ()


def split(text: str, path: str = "") -> Split:
    """Return a statement with each source replaced by a parameter; equal sources are asked for once."""
    pieces: list[str] = []
    found: dict[str, Source] = {}
    done = 0
    for start, opening, closing, end in _calls(text):
        inner, call = text[opening.end : closing.start], text[start:end]
        if call not in found:
            found[call] = _source(inner, f"_found{path}_{len(found)}", is_union=opening.text == "{")
        names = _names(inner) if opening.text == "{" else _yielded(text[closing.end : end])
        values = ", ".join(f"_found[{index}] AS {name}" for index, name in enumerate(names))
        # Of what comes out of a list AGE cannot go on by MATCH. OPTIONAL MATCH makes a vertex of it, at no cost.
        bound = f"UNWIND ${found[call].parameter} AS _found WITH {values} OPTIONAL MATCH ({names[0]})"
        pieces += [text[done:start], bound]
        done = end
    return Split("".join([*pieces, text[done:]]), tuple(found.values()))


def _source(inner: str, parameter: str, *, is_union: bool) -> Source:
    if not is_union:
        return Source(parameter, search=tuple(orjson.loads(inner)))
    path = parameter.removeprefix("_found")
    return Source(parameter, tuple(split(part, f"{path}_{index}") for index, part in enumerate(_parts(inner))))


def _calls(text: str) -> Iterator[tuple[int, Token, Token, int]]:
    """Yield, for each `CALL { ... }` and each search, its start, its brackets, and its end."""
    start: int | None = None
    opening: Token | None = None
    closing: Token | None = None
    left = 0
    for token in tokens(text):
        if token.depth:
            continue
        if start is None:
            start = token.start if _is_word(token, "CALL") else None
        elif opening is None:
            opening = token if token.text in ("{", "(") else None
        elif closing is None:
            closing, left = token, 0 if opening.text == "{" else 4  # `YIELD n , score` follow
        else:
            left -= 1
        if start is not None and opening is not None and closing is not None and not left:
            yield start, opening, closing, token.end
            start = opening = closing = None


def _parts(inner: str) -> list[str]:
    """Return the statements that UNION joins."""
    ends = [token for token in tokens(inner) if _is_word(token, "UNION")]
    starts = [0, *(token.end for token in ends)]
    return [inner[a:b].strip() for a, b in zip(starts, [*(token.start for token in ends), len(inner)], strict=True)]


def _names(inner: str) -> Sequence[str]:
    """Return what the statements of a union call the vertex that they return."""
    found = returned(inner)
    if not found or len(found[0].items) != 1:
        raise QueryError("Apache AGE takes a subquery only where it returns one vertex")
    return [f"`{found[0].items[0].name.replace('`', '``')}`"]


def _yielded(text: str) -> Sequence[str]:
    return [part.strip() for part in text.strip().removeprefix("YIELD").split(",")]


def _is_word(token: Token, word: str) -> bool:
    return token.depth == 0 and token.kind == "word" and token.text.upper() == word


def with_found(parameters: str | None, found: Sequence[tuple[str, str]]) -> str | None:
    """Return the text of parameters with those that were found added, each a name and a list of agtype."""
    if not found:
        return parameters
    given = "" if parameters is None or not parameters[1:-1].strip() else f"{parameters[1:-1]}, "
    added = ", ".join(f'"{name}": {values}' for name, values in found)
    return f"{{{given}{added}}}"


def spell_found(columns: Sequence[Sequence[bytes | None]]) -> str:
    """Return the rows of a reply, a vertex and perhaps its score, as a list of lists."""
    rows = [f"[{', '.join(map(_text, row))}]" for row in zip(*columns, strict=True)]
    return f"[{', '.join(rows)}]"


def _text(value: bytes | None) -> str:
    return "null" if value is None else value.decode()
