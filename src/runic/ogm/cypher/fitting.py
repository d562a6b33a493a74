"""Whether what a statement computes can be stored in a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from runic.ogm.cypher.parameters import is_operand
from runic.ogm.exceptions import FieldValidationError
from runic.ogm.expressions import Arithmetic, Parameter
from runic.ogm.query.references import is_placed, is_property
from runic.ogm.query.scope import is_call, is_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.expressions import ExpressionCompiler
    from runic.ogm.model.metadata import PropertyMeta


_LITERALS: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,)}
"""What a field's values can be calculated with, by how they travel."""


def refuse_unfit(prop: PropertyMeta, value: object, expressions: ExpressionCompiler) -> None:
    """Raise FieldValidationError for an expression whose values the field could not be read with.

    Of what is not known, such as a function of the database, nothing is said.
    """
    own = prop.codec(expressions.dialect.native)
    for part in _outcomes(value):
        if not is_operand(part):
            _refuse_literal(prop, own, part)
        elif not (is_property(part) and _alike(part.meta, prop)) and not _fits(part, own, expressions):
            kind = getattr(prop.type, "__name__", prop.type)
            reason = f"the values of {part!r} would not be read back as {kind}"
            raise FieldValidationError(prop.owner.__name__, prop.name, f"update() cannot set it so: {reason}")


def _outcomes(value: object) -> Iterator[object]:
    """Yield what an expression may turn out to be."""
    if is_placed(value):
        yield from _outcomes(value.operand)
    elif is_case(value):
        for branch in value.values:
            yield from _outcomes(branch)
    elif is_call(value) and value.name in ("coalesce", "min", "max"):
        for argument in value.arguments:
            yield from _outcomes(argument)
    elif value is not None and not isinstance(value, Parameter):
        yield value


def _is_arithmetic(part: object) -> TypeGuard[Arithmetic[Any]]:
    return isinstance(part, Arithmetic)


def _alike(one: PropertyMeta, other: PropertyMeta) -> bool:
    return one.type == other.type and one.options.converter is other.options.converter


def _fits(part: object, own: Codec, expressions: ExpressionCompiler) -> bool:
    if _is_arithmetic(part):
        return _sides_fit(part, own, expressions)
    codec = expressions.codec_of(part)
    if codec is None:
        return True
    whole = (own.wire, codec.wire) == ("float", "int") and codec.decode is None
    return whole or (codec.wire, codec.exact, codec.decode) == (own.wire, own.exact, own.decode)


def _sides_fit(part: Arithmetic[Any], own: Codec, expressions: ExpressionCompiler) -> bool:
    """Tell whether a sum, or a text joined of others, fits: one float among integers makes it one."""
    for side in (part.left, part.right):
        if _is_arithmetic(side):
            if not _sides_fit(side, own, expressions):
                return False
        elif is_operand(side):
            if not isinstance(side, Parameter) and not _fits(side, own, expressions):
                return False
        elif type(side) not in _LITERALS.get(own.wire, (type(side),)):
            return False
    return True


def _refuse_literal(prop: PropertyMeta, own: Codec, value: object) -> None:
    try:
        own.encode(value)
    except ValueError as error:
        raise FieldValidationError(prop.owner.__name__, prop.name, str(error)) from error
