"""Names of a graph to names of Python: whatever a label holds, an identifier comes out that nothing else has."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import check_name

if TYPE_CHECKING:
    from collections.abc import Container

LONGEST = 30
IMPORTED = frozenset(
    ["Edge", "Field", "GeoLocation", "Node", "Relation", "TypeConverter", "Vector", "AnyValue", "date", "datetime",
     "time", "timedelta", "annotations", "List", "Sequence"],
)  # fmt: skip
"""What a written module imports or defines itself, and what an annotation takes for a collection."""
ANNOTATIONS = frozenset({"str", "int", "float", "bool", "bytes", "list", "object"})
RESERVED = IMPORTED | ANNOTATIONS | {"self", "to_dict", "mro", "source", "target", "anonymous"}
"""What no attribute may be called: it would hide a name that the class's body uses, or one of the base classes."""
_WORD = re.compile(r"[^\W_]+")
_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def class_name(text: str, taken: Container[str]) -> str:
    """Return a name for the class of a label or a type, `HAS_CAPITAL` as `HasCapital`."""
    plain = unicodedata.normalize("NFKC", text)
    words = _WORD.findall(plain)
    if not (plain.isidentifier() and plain[0].isupper() and "_" not in plain and not plain.isupper()):
        plain = "".join(_capitalised(word) for word in words)
    return _free(_identifier(plain, "Class"), taken, IMPORTED | frozenset(dir(builtins)))


def attribute_name(text: str, taken: Container[str]) -> str:
    """Return a name for a property: its own wherever Python and this package allow it."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isidentifier():
        plain = "_".join(_WORD.findall(plain))
    return _free(_identifier(plain.strip("_"), "field"), taken, RESERVED)


def relation_name(text: str, taken: Container[str]) -> str:
    """Return a name for a relation by the type of its edges, `HAS_CAPITAL` as `has_capital`."""
    plain = unicodedata.normalize("NFKC", text)
    words = [word for part in _WORD.findall(plain) for word in _BORDER.split(part)]
    return _free(_identifier("_".join(words).lower(), "relation"), taken, RESERVED)


def _capitalised(word: str) -> str:
    return word.capitalize() if word.isupper() or word.islower() else word[0].upper() + word[1:]


def _identifier(text: str, fallback: str) -> str:
    """Return text as an identifier, with `fallback` in front, or instead, where it is none."""
    short = unicodedata.normalize("NFKC", text[:LONGEST]).strip("_")
    for attempt in (short, f"{fallback}_{short}"[:LONGEST].rstrip("_")):
        if attempt.isidentifier() and not attempt.startswith("_") and _is_declarable(attempt):
            return attempt
    letters = re.sub(r"[^A-Za-z0-9]+", "_", short).strip("_")
    return f"{fallback}_{letters}"[:LONGEST].rstrip("_") if letters else fallback


def _is_declarable(name: str) -> bool:
    """Tell whether the package takes the name, and Python reads it as it is written."""
    try:
        check_name(name, "a name")
    except QueryError:
        return False
    return unicodedata.normalize("NFKC", name) == name


def _free(name: str, taken: Container[str], reserved: Container[str]) -> str:
    """Return the name, with an underscore or a number if it is not free."""
    if not (name in taken or name in reserved or keyword.iskeyword(name)):
        return name
    number = 1
    while True:
        attempt = f"{name}_" if number == 1 else f"{name}_{number}"
        if attempt not in taken and attempt not in reserved:
            return attempt
        number += 1
