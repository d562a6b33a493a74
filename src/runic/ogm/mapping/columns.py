"""One property as the generated functions see it: how its value becomes a wire value, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final, Literal

from runic.ogm.conversion.guards import is_dict, is_list
from runic.ogm.conversion.scalars import ANY_FLOAT, FLOAT, INT, LARGEST_INT

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.conversion import Codec, NativeTypes
    from runic.ogm.cypher.statement import Row, Wire
    from runic.ogm.model.metadata import PropertyMeta

INFINITY: Final = "_INF"
"""The name under which the text of `Column.fits` expects infinity among a function's globals."""
_WIRE_TYPES: dict[Wire, type] = {"str": str, "int": int, "float": float, "bool": bool}
_RANGES = {
    INT.encode: f"type({{v}}) is int and {-LARGEST_INT - 1} <= {{v}} <= {LARGEST_INT}",
    FLOAT.encode: f"type({{v}}) is float and -{INFINITY} < {{v}} < {INFINITY}",
    ANY_FLOAT.encode: "type({v}) is float",
}


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """A property at its place in `_row`.

    kept: what `_row` holds of it: "value" where values are their own wire form, "decoded" where an immutable value
    is kept as the entity has it, "wire" where the value can change in place and wire forms are compared.
    by_wire: equal immutable values may have different wire forms (Decimal 1.0 and 1.00; tuples with 1 and True), so
    that these tell a change.
    """

    index: int
    prop: PropertyMeta
    codec: Codec
    kept: Literal["value", "decoded", "wire"]
    by_wire: bool
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any] | None
    nullable: bool

    @property
    def name(self) -> str:
        """The attribute's name."""
        return self.prop.name

    @property
    def place(self) -> tuple[str, Wire]:
        """What a column of a table must have in common with this one to serve it."""
        return self.prop.graph_name, self.codec.wire

    def fits(self, variable: str) -> str:
        """Return the test that `variable` is its own wire form already, or nothing if only `encode` can tell."""
        if self.codec.exact is not None:
            return f"type({variable}) is {self.codec.exact.__name__}"
        return _RANGES.get(self.codec.encode, "").format(v=variable)

    @property
    def stored_type(self) -> str:
        """Return the name of the type that stored values have, or nothing where decoding finds out."""
        found = _WIRE_TYPES.get(self.codec.wire)
        return found.__name__ if self.kept == "value" and found is not None else ""

    def read(self, wire: Any) -> Any:  # noqa: ANN401 - a property's value
        """Return the value of a stored wire form."""
        if wire is None:
            return None
        if self.decode is not None:
            return self.decode(wire)
        return self.encode(wire) if self.stored_type and type(wire).__name__ != self.stored_type else wire

    def write(self, value: Any) -> Any:  # noqa: ANN401 - a property's wire form
        """Return the wire form of a value; ValueError for one that does not fit."""
        if value is not None:
            return self.encode(value)
        if self.nullable:
            return None
        raise ValueError("may not be None")

    def differs(self, wire: Any, row: Row) -> bool:  # noqa: ANN401 - a wire value
        """Tell whether the wire form of a changeable value is another value than the one that `row` was loaded with.

        The stored form may have been spelt by another program (JSON with spaces, a set in another order): it is then
        replaced in `row`, so that the next comparison is quick.
        """
        stored = row[self.index]
        if stored is None or same(wire, stored):
            return stored is None
        try:
            canonical = self.write(self.read(stored))
        except Exception:  # noqa: BLE001 - a converter may raise anything; what cannot be read is not the same
            return True
        if not same(wire, canonical):
            return True
        row[self.index] = canonical
        return False


def make_column(index: int, prop: PropertyMeta, native: NativeTypes) -> Column:
    """Return the column of one property for a database that stores the types `native` itself."""
    codec = prop.codec(native)
    encode, decode = codec.encode, codec.decode
    if codec.mutable and codec.wire == "any" and codec.kind != "list":
        # A converter may hand out the very object that it was given, and `_row` has to keep what the graph holds.
        encode, decode = _detached(encode), _detached(decode or fresh)
    kept: Literal["value", "decoded", "wire"] = "wire" if codec.mutable else "value" if decode is None else "decoded"
    by_wire = kept == "decoded" or codec.bounds is not None
    return Column(index, prop, codec, kept, by_wire, encode, decode, prop.nullable)


def _detached(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def converted(value: object) -> Any:  # noqa: ANN401 - whatever `convert` returns
        return fresh(convert(fresh(value)))

    return converted


def fresh(value: Any) -> Any:  # noqa: ANN401 - any wire value
    """Return a copy of lists and dicts, all else as it is."""
    if is_list(value):
        return [fresh(item) for item in value]
    if is_dict(value):
        return {key: fresh(item) for key, item in value.items()}
    return value


def same(one: Any, other: Any) -> bool:  # noqa: ANN401 - any wire values
    """Compare wire values; 1, 1.0 and True are three, NaN is itself."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dict(one) and is_dict(other):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - that is what NaN does


GLOBALS: Final[dict[str, object]] = {INFINITY: inf, "same": same}
"""What the texts of the generated functions speak of."""
