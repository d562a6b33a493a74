"""agtype, Apache AGE's text of values, to Python: JSON with vertices, edges, paths, numerics and non-finite floats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from runic.ogm.backends._age_names import shown_name
from runic.ogm.conversion.guards import is_dict
from runic.ogm.exceptions import DatabaseError
from runic.ogm.types import RawEdge, RawNode, RawPath

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Text: TypeAlias = bytes | None
Entity: TypeAlias = "dict[str, Any] | None"
LabelsOf: TypeAlias = "Callable[[str], tuple[str, ...]]"

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>-?(?:\d+(?P<fraction>\.\d+)?(?P<exponent>[eE][+-]?\d+)?))
    | (?P<word>true|false|null|NaN|-?Infinity)
    | (?P<suffix>::\s*(?P<kind>\w+))
    | (?P<mark>[\[\]{},:])
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: dict[str, Any] = {
    "true": True, "false": False, "null": None,
    "NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf"),
}  # fmt: skip
_SUFFIXES = (b"::vertex", b"::edge")
_MALFORMED = (ArithmeticError, KeyError, RecursionError, TypeError, ValueError)
"""What a text raises that is none of AGE's: a part that is missing or of another kind, digits or depth without end."""


def parse_scalars(texts: Sequence[Text]) -> list[Any]:
    """Return the values of a column: JSON in one go, or one by one where some are more than JSON."""
    try:
        values: list[Any] = orjson.loads(b"[%b]" % b",".join([b"null" if text is None else text for text in texts]))
    except orjson.JSONDecodeError:
        return [None if text is None else parse(text) for text in texts]
    if len(values) != len(texts):
        raise DatabaseError("Apache AGE sent values that cannot be told apart")
    return values


def parse_entities(texts: Sequence[Text]) -> list[Entity]:
    """Return vertices, or edges, as maps with `id`, `label`, `properties`, and of edges `start_id` and `end_id`."""
    first = next((text for text in texts if text is not None), b"::vertex")
    suffix = next((suffix for suffix in _SUFFIXES if first.endswith(suffix)), _SUFFIXES[0])
    end = -len(suffix)
    try:
        if not all([text is None or text.endswith(suffix) for text in texts]):  # noqa: C419 - a list is quicker
            raise DatabaseError(f"Apache AGE sent something else than a {suffix[2:].decode()}")
        found: list[Entity] = orjson.loads(
            b"[%b]" % b",".join([b"null" if text is None else text[:end] for text in texts])
        )
    except orjson.JSONDecodeError:
        found = [None if text is None else _parsed(text[:end], _one) for text in texts]
    if len(found) != len(texts) or not all([entity is None or type(entity) is dict for entity in found]):  # noqa: C419
        raise DatabaseError(f"Apache AGE sent something else than a {suffix[2:].decode()}")
    return found


def parse(text: bytes, labels_of: LabelsOf | None = None) -> Any:  # noqa: ANN401 - any value
    """Return one value; vertices, edges and paths as RawNode, RawEdge and RawPath, whose labels `labels_of` tells.

    Raises DatabaseError for a text that is no agtype.
    """
    if b"::" not in text:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # NaN, Infinity
    return _parsed(text, labels_of or _one)


def _parsed(text: bytes, labels_of: LabelsOf) -> Any:  # noqa: ANN401 - any value
    try:
        return _Parser(text.decode(), labels_of).value()
    except _MALFORMED as error:
        raise DatabaseError(f"Apache AGE sent a value that cannot be read: {error}") from error


def _one(label: str) -> tuple[str, ...]:
    return (label,) if label else ()


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str, labels_of: LabelsOf) -> None:
        self._text, self._place, self._labels_of = text, 0, labels_of

    def value(self) -> Any:  # noqa: ANN401 - any value
        """Return the value of the whole text."""
        found = self._value(self._next())
        if self._text[self._place :].strip():
            raise self._unreadable()
        return found

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._place)
        if token is None:
            raise self._unreadable()
        self._place = token.end()
        return token

    def _unreadable(self) -> DatabaseError:
        return DatabaseError(f"Apache AGE sent a value that cannot be read at character {self._place}")

    def _value(self, token: re.Match[str]) -> Any:  # noqa: ANN401 - any value
        kind = token.lastgroup if token["number"] is None else "number"
        if kind == "string":
            return self._typed(orjson.loads(token["string"]))
        if kind == "number":
            return self._number(token)
        if kind == "word":
            return self._typed(_WORDS[token["word"]])
        if token["mark"] == "[":
            return self._typed(self._list())
        if token["mark"] == "{":
            return self._typed(self._map())
        raise self._unreadable()

    def _number(self, token: re.Match[str]) -> Any:  # noqa: ANN401 - int, float or Decimal
        kind = self._suffix()
        if kind == "numeric":
            return Decimal(token["number"])
        if kind is not None:
            raise TypeError(f"a number is no {kind}")
        whole = token["fraction"] is None and token["exponent"] is None
        return int(token["number"]) if whole else float(token["number"])

    def _suffix(self) -> str | None:
        token = _TOKEN.match(self._text, self._place)
        if token is None or token["suffix"] is None:
            return None
        self._place = token.end()
        return token["kind"]

    def _typed(self, value: Any) -> Any:  # noqa: ANN401 - any value
        kind = self._suffix()
        if kind == "vertex":
            return RawNode(value["id"], self._labels_of(_label(value)), _properties(value))
        if kind == "edge":
            return read_edge(value)
        if kind == "path":
            return _path(value)
        if kind == "numeric":
            return Decimal(str(value))
        if kind is not None:
            raise TypeError(f"{kind} is no type of agtype")
        return value

    def _list(self) -> list[Any]:
        values: list[Any] = []
        token = self._next()
        while token["mark"] != "]":
            values.append(self._value(token))
            token = self._after_item("]")
        return values

    def _map(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        token = self._next()
        while token["mark"] != "}":
            if token["string"] is None or self._next()["mark"] != ":":
                raise self._unreadable()
            values[orjson.loads(token["string"])] = self._value(self._next())
            token = self._after_item("}")
        return values

    def _after_item(self, closing: str) -> re.Match[str]:
        """Return the token of the next item, or the closing bracket."""
        token = self._next()
        if token["mark"] == closing:
            return token
        following = self._next() if token["mark"] == "," else token
        if following is token or following["mark"] == closing:
            raise self._unreadable()
        return following


def read_edge(value: Mapping[str, Any]) -> RawEdge:
    """Return an edge of its map."""
    return RawEdge(value["id"], shown_name(_label(value)), value["start_id"], value["end_id"], _properties(value))


def _label(entity: Mapping[str, Any]) -> str:
    found = entity["label"]
    if type(found) is not str:
        raise TypeError("the label is no text")
    return found


def _properties(entity: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a map of any values
    found = entity["properties"]
    if not is_dict(found):
        raise TypeError("the properties are no map")
    return found


def _path(value: Any) -> RawPath:  # noqa: ANN401 - what was sent for a path
    nodes, edges = tuple(value[::2]), tuple(value[1::2])
    if len(nodes) != len(edges) + 1 or {*map(type, nodes)} != {RawNode} or {*map(type, edges)} > {RawEdge}:
        raise TypeError("a path has nodes with edges in between")
    return RawPath(nodes, edges)
