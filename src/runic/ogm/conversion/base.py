"""What a codec is: how one type of value travels to a database and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from runic.ogm.cypher.statement import Wire

T = TypeVar("T")


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
class Codec:
    """How one type travels. None is handled outside: neither function ever sees it.

    encode: checks a value and returns its wire form; raises ValueError whose text says what is wrong
        ("expected int, got 'x'").
    decode: returns the value of a wire form, or None where the wire form is the value already.
    wire: what a reply's column holds.
    exact: a type whose exact instances are their own wire form and need no check (str, bool), or None.
    mutable: the decoded value can change in place (list, dict, ...), so changes are seen by comparing wire forms.
    function: a Cypher function around the parameter (`vecf32`), or None.
    bounds: where equal values have several wire forms (Decimal 1.0 and 1.00; one instant in two zones):
        returns (low, high) so that exactly the wire forms w of equal values satisfy low <= w < high; else None.
    """

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any] | None
    wire: Wire
    exact: type | None = None
    mutable: bool = False
    function: str | None = None
    bounds: Callable[[Any], tuple[str, str]] | None = None
