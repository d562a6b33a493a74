"""Expressions of queries as immutable data, and the operators that build them; how they are spelt is not known here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast

from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import check_name

T = TypeVar("T")


class Operand(Generic[T]):
    """Anything that has a value in a query: a property, a function call, arithmetic, a parameter."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: T | Operand[T] | None, /) -> Predicate:  # type: ignore[override] # builds, not compares
        return IsNull(self) if other is None else Comparison("=", self, other)

    def __ne__(self, other: T | Operand[T] | None, /) -> Predicate:  # type: ignore[override] # builds, not compares
        return IsNull(self, negated=True) if other is None else Comparison("<>", self, other)

    def __lt__(self, other: T | Operand[T], /) -> Predicate:
        return Comparison("<", self, other)

    def __le__(self, other: T | Operand[T], /) -> Predicate:
        return Comparison("<=", self, other)

    def __gt__(self, other: T | Operand[T], /) -> Predicate:
        return Comparison(">", self, other)

    def __ge__(self, other: T | Operand[T], /) -> Predicate:
        return Comparison(">=", self, other)

    def __add__(self, other: T | Operand[T], /) -> Operand[T]:
        return Arithmetic("+", self, other)

    def __radd__(self, other: T, /) -> Operand[T]:
        return Arithmetic("+", other, self)

    def __sub__(self, other: T | Operand[T], /) -> Operand[T]:
        return Arithmetic("-", self, other)

    def __rsub__(self, other: T, /) -> Operand[T]:
        return Arithmetic("-", other, self)

    def __mul__(self, other: T | Operand[T], /) -> Operand[T]:
        return Arithmetic("*", self, other)

    def __rmul__(self, other: T, /) -> Operand[T]:
        return Arithmetic("*", other, self)

    def __truediv__(self, other: T | Operand[T], /) -> Operand[T]:
        return Arithmetic("/", self, other)

    def __rtruediv__(self, other: T, /) -> Operand[T]:
        return Arithmetic("/", other, self)

    def __mod__(self, other: T | Operand[T], /) -> Operand[T]:
        return Arithmetic("%", self, other)

    def __neg__(self) -> Operand[T]:
        return Arithmetic("*", -1, self)

    def __bool__(self) -> bool:
        raise TypeError("an expression has no truth value; compare it, or call is_null() or is_not_null()")

    def contains(self, text: T | Operand[T], /) -> Predicate:
        """Text that contains `text`; for a list property, a list that has the element."""
        return TextMatch("CONTAINS", self, text)

    def startswith(self, text: T | Operand[T], /) -> Predicate:
        """Text that begins with `text`."""
        return TextMatch("STARTS WITH", self, text)

    def endswith(self, text: T | Operand[T], /) -> Predicate:
        """Text that ends with `text`."""
        return TextMatch("ENDS WITH", self, text)

    def matches(self, pattern: str, /) -> Predicate:
        """Text that matches the whole of a regular expression, on databases that have them."""
        return TextMatch("=~", self, pattern)

    def in_(self, values: Collection[T] | Parameter[Any], /) -> Predicate:
        """A value that is one of `values`, which `param(name)` may leave open."""
        return InList(self, values if isinstance(values, Parameter) else collected(values))

    def not_in_(self, values: Collection[T] | Parameter[Any], /) -> Predicate:
        """A value that is none of `values`; a missing value is none of them too."""
        return InList(self, values if isinstance(values, Parameter) else collected(values), negated=True)

    def is_null(self) -> Predicate:
        """The property is missing."""
        return IsNull(self)

    def is_not_null(self) -> Predicate:
        """The property is there."""
        return IsNull(self, negated=True)

    def as_(self, name: str, /) -> Aliased[T]:
        """Name the value in a projection's rows."""
        return Aliased(self, check_name(name, "a column's name"))

    def asc(self) -> Ordering:
        """Order by this value, smallest first."""
        return Ordering(self)

    def desc(self) -> Ordering:
        """Order by this value, largest first."""
        return Ordering(self, descending=True)


def collected(values: object) -> tuple[object, ...]:
    """Return the values of a list for in_(); TypeError for what is none."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Collection):
        raise TypeError(f"in_() takes a list, tuple or set of values, not {values!r}")
    return tuple(cast("Collection[object]", values))


class Predicate:
    """A condition: combine with `&`, `|` and `~`; it has no truth value, so that `and` or `if` cannot drop it."""

    __slots__ = ()

    def __and__(self, other: Predicate | bool, /) -> Predicate:
        return Junction("AND", (self, as_predicate(other)))

    def __or__(self, other: Predicate | bool, /) -> Predicate:
        return Junction("OR", (self, as_predicate(other)))

    def __rand__(self, other: bool, /) -> Predicate:
        return as_predicate(other) & self

    def __ror__(self, other: bool, /) -> Predicate:
        return as_predicate(other) | self

    def __invert__(self) -> Predicate:
        return Not(self)

    def __bool__(self) -> bool:
        raise TypeError(
            "a predicate has no truth value: use & for and, | for or, ~ for not, with brackets around each comparison"
        )


def as_predicate(value: object) -> Predicate:
    """Return `value` if it is a predicate, else raise TypeError that explains the usual mistakes."""
    if isinstance(value, Predicate):
        return value
    raise TypeError(
        f"expected a predicate such as Model.field == value, not {value!r}; "
        "a bool comes from comparing a plain value instead of a model's attribute"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Predicate):
    """left operator right, where either side may be a plain value."""

    operator: str
    left: object
    right: object


@dataclass(frozen=True, slots=True, eq=False)
class TextMatch(Predicate):
    """CONTAINS, STARTS WITH, ENDS WITH and regular expressions."""

    operator: str
    left: Operand[Any]
    right: object


@dataclass(frozen=True, slots=True, eq=False)
class InList(Predicate):
    """Membership in a list of plain values, or of those that a parameter will have."""

    operand: Operand[Any]
    values: tuple[object, ...] | Parameter[Any]
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IsNull(Predicate):
    """A missing, or with `negated` a present, value."""

    operand: Operand[Any]
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Junction(Predicate):
    """All (AND) or any (OR) of the parts."""

    operator: str
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not(Predicate):
    """The opposite; an unknown (null) stays unknown."""

    part: Predicate


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Operand[T]):
    """left operator right, where either side may be a plain value."""

    operator: str
    left: object
    right: object


@dataclass(frozen=True, slots=True, eq=False)
class FunctionCall(Operand[T]):
    """A function of the database; `aggregate` tells whether it groups rows."""

    name: str
    arguments: tuple[object, ...] = ()
    distinct: bool = False
    aggregate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Case(Operand[T]):
    """The value of the first branch whose condition holds; without one the last value, or null."""

    branches: tuple[tuple[Predicate, object], ...]
    otherwise: object = None

    @property
    def values(self) -> tuple[object, ...]:
        """All the values that it may have, but for null."""
        return tuple(value for value in (*(value for _, value in self.branches), self.otherwise) if value is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Operand[T]):
    """A value that is given when the statement runs."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Aliased(Generic[T]):
    """An operand with the name that it has in a projection's rows."""

    operand: Operand[T]
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """An operand and a direction."""

    operand: Operand[Any]
    descending: bool = False


Selectable: TypeAlias = Operand[Any] | Aliased[Any]


def not_(predicate: Predicate | bool, /) -> Predicate:  # noqa: FBT001 - what checkers see of a plain comparison
    """Return the opposite of `predicate`, typed for plain annotations too."""
    return Not(as_predicate(predicate))


def all_(*predicates: Predicate | bool) -> Predicate:
    """Return the conjunction of `predicates` (at least one)."""
    return _junction("AND", predicates)


def any_(*predicates: Predicate | bool) -> Predicate:
    """Return the disjunction of `predicates` (at least one)."""
    return _junction("OR", predicates)


def _junction(operator: str, predicates: tuple[Predicate | bool, ...]) -> Predicate:
    parts = tuple(map(as_predicate, predicates))
    if not parts:
        raise QueryError("all_() and any_() need at least one predicate")
    return parts[0] if len(parts) == 1 else Junction(operator, parts)
