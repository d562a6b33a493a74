"""What a step's alias or a column's name says in an expression, where the attribute alone could mean several things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard, TypeVar, overload

from runic.ogm.expressions import Operand
from runic.ogm.identifiers import check_name
from runic.ogm.model.fields import Property, as_operand

if TYPE_CHECKING:
    from runic.ogm.model.base import Entity
    from runic.ogm.model.metadata import PropertyMeta
    from runic.ogm.query.pattern import Place, Places

T = TypeVar("T")


class Named(NamedTuple):
    """A field of the node or edge that carries an alias."""

    alias: str
    meta: PropertyMeta

    @property
    def owner(self) -> type[Entity]:
        """The class that declares the field."""
        return self.meta.owner

    @property
    def name(self) -> str:
        """The field's name."""
        return self.meta.name


class AliasedProperty(Property[T]):
    """A field of the node or edge that carries an alias, as `ref` gives it."""

    __slots__ = ("alias",)
    alias: str

    if TYPE_CHECKING:

        @classmethod
        def bound(cls, meta: PropertyMeta) -> AliasedProperty[Any]:
            """Return the field for an alias, which has yet to be set."""
            ...

    @property
    def key(self) -> Named:
        """What tells it from the same field under another alias."""
        return Named(self.alias, self.meta)

    def __repr__(self) -> str:
        return f"ref({self.alias!r}, {super().__repr__()})"


@dataclass(frozen=True, slots=True, eq=False)
class Column(Operand[T]):
    """A value that `with_`, `project` or `aggregate` named."""

    name: str

    def __repr__(self) -> str:
        return f"ref({self.name!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Hops(Operand[int]):
    """How many edges the shortest path of a statement has."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed(Operand[T]):
    """An operand that brings what its attributes stand for, so that two of them can be told apart."""

    operand: Operand[T]
    places: Places


@dataclass(frozen=True, slots=True, eq=False)
class Stored(Operand[Any]):
    """A value in the form in which the database holds it."""

    wire: object


@dataclass(frozen=True, slots=True, eq=False)
class InternalId(Operand[Any]):
    """The database's own id of what stands at a place."""

    place: Place


def is_property(value: object) -> TypeGuard[Property[Any]]:
    """Tell fields from other operands."""
    return isinstance(value, Property)


def is_placed(value: object) -> TypeGuard[Placed[Any]]:
    """Tell operands that bring their places from others."""
    return isinstance(value, Placed)


def is_column(value: object) -> TypeGuard[Column[Any]]:
    """Tell named columns from other operands."""
    return isinstance(value, Column)


@overload
def ref(name: str, /) -> Operand[Any]: ...
@overload
def ref(name: str, attribute: Operand[T], /) -> Operand[T]: ...
@overload
def ref(name: str, attribute: T, /) -> Operand[T]: ...
def ref(name: str, attribute: Any = None, /) -> Operand[Any]:
    """A field of the node or edge with that alias: `ref("boss", Person.age)`; or a named column: `ref("total")`.

    With it one condition can speak of two steps of one class. Raises TypeError for what is no field.
    """
    checked = check_name(name, "an alias or a column's name")
    if attribute is None:
        return Column(checked)
    operand = as_operand(attribute)
    if not isinstance(operand, Property):
        raise TypeError(f"ref() takes a field such as Model.field, not {attribute!r}")
    bound = AliasedProperty.bound(operand.meta)
    bound.alias = checked
    return bound


def hops() -> Operand[int]:
    """The number of edges of the path that `shortest_path` finds, to order by or to compare."""
    return Hops()
