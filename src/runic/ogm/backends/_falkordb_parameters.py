"""Statements as FalkorDB's wire text: parameters are spelled in front of the query, here and nowhere else."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from math import isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any, cast

import orjson

from runic.ogm.exceptions import QueryError, UnsendableValueError
from runic.ogm.identifiers import check_name, quote
from runic.ogm.types import Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from runic.ogm.cypher.statement import Statement

    Path = tuple[str | int, ...]

MAX_DEPTH = 100
MAX_INTEGER = 2**63 - 1
MIN_INTEGER = -(2**63)
MAX_INDEXED_TEXT = 4095
_INDEX_SPACE = " \t\n\v\f\r"

_LISTS = frozenset({list, tuple, Vector})
_KNOWN = frozenset({str, int, float, bool, NoneType}) | _LISTS
_ESCAPE = re.compile(rb"\\(?:u00([01][0-9a-f])|.)")


def spell_statement(statement: Statement) -> bytes:
    """Return the text to send: `CYPHER name=value ... query`.

    Raises QueryError for text that cannot be sent, UnsendableValueError with the exact path for such a value.
    """
    text = statement.text
    if "\0" in text:
        raise QueryError("the statement's text holds a NUL character, where FalkorDB would stop reading")
    try:
        query = text.encode()
    except UnicodeEncodeError:
        raise QueryError("the statement's text holds a lone surrogate, which is no Unicode text") from None
    if not statement.parameters:
        return query
    parts = [b"CYPHER "]
    for name, value in statement.parameters.items():
        spelled = None if type(value) is str else _spell_fast(value)
        if spelled is None:
            spelled = _spell(value, (name,))
        parts += (_spell_name(name), spelled, b" ")
    parts.append(query)
    return b"".join(parts)


@lru_cache(maxsize=256)
def _spell_name(name: str) -> bytes:
    return quote(check_name(name, "a parameter")).encode() + b"="


def _spell_fast(value: object) -> bytes | None:
    """Spell scalars and lists of them at C speed; None for whatever needs a closer look, sound or not."""
    levels = _levels(value)
    if levels is None:
        return None
    try:
        spelled = orjson.dumps(value, default=list, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:  # beyond 53 bits, or a lone surrogate
        if any(_has_huge_integer(level) for level in levels):
            return None
        try:
            spelled = orjson.dumps(value, default=list)
        except TypeError:
            return None
    # orjson writes numbers that are not finite as null: there must be no more nulls than Nones.
    nulls = spelled.count(b"null")
    if nulls and nulls != sum(level.count(None) for level in levels) and not all(map(_is_finite, levels)):
        return None
    return _unescape(spelled)


def index_flaw(value: object) -> str | None:
    """Return why FalkorDB's indexes cannot tell this value from others, or None.

    Measured on 4.16: indexed text is cut at every U+0001 and after 4,095 bytes, its white space is stripped, and what
    is empty then is not indexed. So an equality on such text finds nothing, or other nodes, and a unique constraint
    on it ends the server.
    """
    if not isinstance(value, str):
        return None
    if not value or value.strip(_INDEX_SPACE) != value:
        return "FalkorDB's indexes cannot find text that is empty, or that begins or ends with white space"
    if "\x01" in value:
        return "FalkorDB's indexes cannot find text with the character U+0001"
    if len(value) > MAX_INDEXED_TEXT // 4 and len(value.encode(errors="surrogatepass")) > MAX_INDEXED_TEXT:
        return f"FalkorDB's indexes cannot find text of more than {MAX_INDEXED_TEXT} bytes"
    return None


def first_index_flaw(values: Collection[object]) -> tuple[int, str] | None:
    """Return which value FalkorDB's indexes cannot tell from others, and why; None if they can tell them all.

    All are looked at together first, which takes a fifth of the time.
    """
    texts = [value for value in values if isinstance(value, str)]
    sound = all(texts) and "\x01" not in "".join(texts) and [*map(str.strip, texts)] == texts
    if sound and max(map(len, texts), default=0) <= MAX_INDEXED_TEXT // 4:
        return None
    flaws = ((place, index_flaw(value)) for place, value in enumerate(values))
    return next(((place, reason) for place, reason in flaws if reason is not None), None)


def _levels(value: object) -> list[list[object]] | None:
    """Return the values by their depth, or None if one has a type that orjson and FalkorDB do not read alike."""
    level = [value]
    levels = [level]
    for _ in range(MAX_DEPTH):
        types = set(map(type, level))
        if not types <= _KNOWN:
            return None
        if types.isdisjoint(_LISTS):
            return levels
        lists = cast("list[Iterable[object]]", level if types <= _LISTS else [v for v in level if type(v) in _LISTS])
        level = list(chain.from_iterable(lists))
        levels.append(level)
    return None


def _has_huge_integer(level: list[object]) -> bool:
    integers = [v for v in level if type(v) is int]
    return bool(integers) and not (min(integers) >= MIN_INTEGER and max(integers) <= MAX_INTEGER)


def _is_finite(level: list[object]) -> bool:
    return all(isfinite(v) for v in level if type(v) is float)


def _unescape(spelled: bytes) -> bytes | None:
    """Replace JSON's escapes by number, which FalkorDB does not read, by the characters; None where one is NUL."""
    if b"\\u00" not in spelled:
        return spelled
    plain = _ESCAPE.sub(_raw_character, spelled)
    return None if b"\0" in plain else plain


def _raw_character(match: re.Match[bytes]) -> bytes:
    digits = match[1]
    return match[0] if digits is None else bytes((int(digits, 16),))


def _spell(value: object, path: Path) -> bytes:
    """Spell any value that FalkorDB can hold, or raise UnsendableValueError with the path to the one it cannot.

    Values of subclasses are spelled as what they are at the root: no method of theirs is called.
    """
    if len(path) > MAX_DEPTH:
        raise UnsendableValueError(path, f"it is nested more than {MAX_DEPTH} levels deep")
    for kinds, spell in _SPELLERS:
        if isinstance(value, kinds):
            return spell(value, path)
    expected = "str, int, float, bool, None, or a list or dict of these"
    raise UnsendableValueError(path, f"FalkorDB takes {expected}, not {type(value).__name__}")


def _spell_constant(value: bool | None, _: Path) -> bytes:  # noqa: FBT001 - a parameter's value
    return b"null" if value is None else b"true" if value else b"false"


def _spell_text(value: str, path: Path) -> bytes:
    try:
        spelled = _unescape(orjson.dumps(str.__str__(value)))
    except TypeError:
        raise UnsendableValueError(path, "the text holds a lone surrogate, which is no Unicode text") from None
    if spelled is None:
        raise UnsendableValueError(path, "the text holds a NUL character, which FalkorDB cannot store")
    return spelled


def _spell_integer(value: int, path: Path) -> bytes:
    integer = int.__int__(value)
    if not MIN_INTEGER <= integer <= MAX_INTEGER:
        raise UnsendableValueError(path, f"an integer of {integer.bit_length()} bits does not fit FalkorDB's 64")
    return b"%d" % integer


def _spell_float(value: float, path: Path) -> bytes:
    number = float.__float__(value)
    if not isfinite(number):
        raise UnsendableValueError(path, f"FalkorDB takes finite numbers only, not {number!r}")
    return orjson.dumps(number)


def _spell_list(value: Iterable[object], path: Path) -> bytes:
    return b"[" + b",".join([_spell(item, (*path, i)) for i, item in enumerate(value)]) + b"]"


def _spell_map(value: Mapping[object, object], path: Path) -> bytes:
    parts: list[bytes] = []
    for key, item in value.items():
        try:
            name = check_name(key, "the key of a map")
        except (QueryError, TypeError) as error:
            raise UnsendableValueError(path, str(error)) from None
        parts.append(quote(name).encode() + b":" + _spell(item, (*path, name)))
    return b"{" + b",".join(parts) + b"}"


_SPELLERS: tuple[tuple[tuple[type, ...], Callable[[Any, Path], bytes]], ...] = (
    ((NoneType, bool), _spell_constant),  # before int, whose subclass bool is
    ((str,), _spell_text),
    ((int,), _spell_integer),
    ((float,), _spell_float),
    ((list, tuple, Vector), _spell_list),
    ((dict,), _spell_map),
)
