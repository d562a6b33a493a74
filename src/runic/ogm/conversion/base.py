"""What a codec is: how one type of value travels to a database and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.cypher.statement import Wire

T = TypeVar("T")

Kind: TypeAlias = Literal["", "vector", "geo", "list", "json"]
"""What a wire form of `any` is; `json` is only met inside this package: a structure that becomes one text."""


class TypeConverter(Generic[T]):
    """Base of converters for types of one's own: override `to_graph` and `from_graph`.

    Give an instance to `Field(converter=...)`, or register it for all models with `register_converter`.
    `cypher_fn`, when set, is the name of a Cypher function that wraps the parameter on its way in.
    None never reaches a converter: it is the absence of a property.
    """

    cypher_fn: str | None = None

    def to_graph(self, value: T) -> Any:  # noqa: ANN401 - a wire value
        """Return what is stored: a str, int, float, bool, or a list of these."""
        raise NotImplementedError

    def from_graph(self, value: Any) -> T:  # noqa: ANN401 - a wire value
        """Return the value that was stored as `value`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class NativeTypes:
    """What a database stores and gives back equal, by itself; all else travels as text or as a list.

    Without any: str, int, float, bool and lists of one of these. A database sets a flag only if values of that
    type come back as the standard library's own, and equal values compare equal inside the database.
    aware_datetime: with its offset and the key of its zone; one instant in two zones has to compare equal.
    time: without a zone (with one it is always text). non_finite: NaN and the infinities as floats.
    """

    binary: bool = False
    date: bool = False
    naive_datetime: bool = False
    aware_datetime: bool = False
    time: bool = False
    timedelta: bool = False
    geo_location: bool = False
    non_finite: bool = False


@dataclass(frozen=True, slots=True)
class Codec:
    """How one type travels. None is handled outside: neither function ever sees it.

    encode: checks a value and returns its wire form; raises ValueError whose text says what is wrong
        ("expected int, got 'x'").
    decode: returns the value of a wire form, or None where the wire form is the value already.
    wire: what a reply's column holds.
    exact: a type whose exact instances are their own wire form and need no check (str, bool), or None.
    mutable: changes are seen by comparing wire forms: the decoded value can change in place (list, dict, ...).
    function: a Cypher function around the parameter, as a converter names it, or None.
    bounds: where equal values can have several wire forms (Decimal 1.0 and 1.00; one instant in two zones):
        returns (low, high) so that exactly the wire forms w of values equal to this one satisfy low <= w < high,
        or None where this value has one form only; so all comparisons go by bounds, and changes by wire form.
    kind: "vector" and "geo" tell a dialect about wire forms that it may want to wrap; "list" is a native list.
    """

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any] | None
    wire: Wire
    exact: type | None = None
    mutable: bool = False
    function: str | None = None
    bounds: Callable[[Any], tuple[str, str] | None] | None = None
    kind: Kind = ""
