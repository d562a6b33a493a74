"""Functions of the database in statements: aggregates, text, and any other by its name."""

from __future__ import annotations

import re
from typing import Any, TypeVar, overload

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Case, FunctionCall, Operand, Parameter, Predicate, as_predicate
from runic.ogm.identifiers import check_name, is_plain
from runic.ogm.model.fields import as_operand

T = TypeVar("T")

_GENERATED = re.compile(r"(p|fetch_)\d+")
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def count(operand: object = None, /, *, distinct: bool = False) -> FunctionCall[int]:
    """Count rows, or with an operand the values that are not missing."""
    arguments = () if operand is None else (as_operand(operand),)
    if distinct and not arguments:
        raise QueryError("count(distinct=True) needs what to count, such as count(Model.field, distinct=True)")
    return FunctionCall("count", arguments, distinct, aggregate=True)


@overload
def sum_(operand: Operand[T], /, *, distinct: bool = False) -> FunctionCall[T]: ...
@overload
def sum_(operand: T, /, *, distinct: bool = False) -> FunctionCall[T]: ...
def sum_(operand: Any, /, *, distinct: bool = False) -> FunctionCall[Any]:
    """Add the values up."""
    return FunctionCall("sum", (as_operand(operand),), distinct, aggregate=True)


def avg(operand: object, /, *, distinct: bool = False) -> FunctionCall[float]:
    """The mean of the values."""
    return FunctionCall("avg", (as_operand(operand),), distinct, aggregate=True)


@overload
def min_(operand: Operand[T], /) -> FunctionCall[T]: ...
@overload
def min_(operand: T, /) -> FunctionCall[T]: ...
def min_(operand: Any, /) -> FunctionCall[Any]:
    """The smallest of the values."""
    return FunctionCall("min", (as_operand(operand),), aggregate=True)


@overload
def max_(operand: Operand[T], /) -> FunctionCall[T]: ...
@overload
def max_(operand: T, /) -> FunctionCall[T]: ...
def max_(operand: Any, /) -> FunctionCall[Any]:
    """The largest of the values."""
    return FunctionCall("max", (as_operand(operand),), aggregate=True)


@overload
def collect(operand: Operand[T], /, *, distinct: bool = False) -> FunctionCall[list[T]]: ...
@overload
def collect(operand: T, /, *, distinct: bool = False) -> FunctionCall[list[T]]: ...
def collect(operand: Any, /, *, distinct: bool = False) -> FunctionCall[list[Any]]:
    """All the values that are not missing, as a list."""
    return FunctionCall("collect", (as_operand(operand),), distinct, aggregate=True)


@overload
def coalesce(operand: Operand[T | None], /, *others: T | Operand[T]) -> FunctionCall[T]: ...
@overload
def coalesce(operand: T | None, /, *others: T | Operand[T]) -> FunctionCall[T]: ...
def coalesce(operand: Any, /, *others: Any) -> FunctionCall[Any]:
    """The first of the operands and values that is not missing."""
    return FunctionCall("coalesce", (as_operand(operand), *others))


@overload
def case(*branches: tuple[Predicate | bool, Operand[T] | T], else_: Operand[T] | T) -> Operand[T]: ...
@overload
def case(*branches: tuple[Predicate | bool, Operand[T] | T]) -> Operand[T | None]: ...
def case(*branches: tuple[Predicate | bool, Any], else_: Any = None) -> Operand[Any]:
    """The value of the first (condition, value) whose condition holds, else `else_`, else a missing value.

    Values are operands, plain values or None; they are read, and compared, as the first of them that is a field.
    Raises QueryError without a branch, and TypeError for what is no pair.
    """
    if not branches:
        raise QueryError("case() takes at least one pair (condition, value), such as (Model.field > 1, 'many')")
    return Case(tuple(map(_branch, branches)), else_)


def _branch(pair: tuple[object, object]) -> tuple[Predicate, object]:
    try:
        condition, value = pair
    except (TypeError, ValueError) as error:
        raise TypeError(f"case() takes pairs (condition, value), not {pair!r}") from error
    return as_predicate(condition), value


def to_lower(operand: object, /) -> FunctionCall[str]:
    """The text in small letters."""
    return FunctionCall("toLower", (as_operand(operand),))


def to_upper(operand: object, /) -> FunctionCall[str]:
    """The text in capital letters."""
    return FunctionCall("toUpper", (as_operand(operand),))


def fn(name: str, /, *arguments: object, aggregate: bool = False) -> FunctionCall[Any]:
    """Call a function of the database by its name, with operands and plain values.

    `aggregate` tells that it makes one value of many rows. Raises QueryError for a name that is none.
    """
    if not _NAME.fullmatch(check_name(name, "a function's name")):
        raise QueryError(f"fn(): {name!r} is no function's name: letters, digits, underscores, and dots between names")
    return FunctionCall(name, arguments, aggregate=aggregate)


def param(name: str, /) -> Parameter[Any]:
    """A value that is given later, with `statement.params(name=value)`.

    Raises QueryError for a name that needs quotes, and for p0, p1 and so on, which name other values.
    """
    if not is_plain(check_name(name, "a parameter's name")) or _GENERATED.fullmatch(name):
        raise QueryError(
            f"param(): {name!r} cannot name a parameter: use letters, digits, underscores, not p0, p1, ..."
        )
    return Parameter(name)
