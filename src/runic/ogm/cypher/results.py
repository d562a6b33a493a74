"""How the values that a statement computes are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.conversion import Codec
from runic.ogm.expressions import FunctionCall
from runic.ogm.query.references import is_column
from runic.ogm.query.scope import is_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.cypher.expressions import ExpressionCompiler


def result_codec(expressions: ExpressionCompiler, operand: object) -> Codec | None:
    """Return how the values of a column are read."""
    codec = expressions.columns.get(operand.name) if is_column(operand) else expressions.codec_of(operand)
    if codec is None and not is_call(operand):
        codec = expressions.codec_of_given(operand)
    elif codec is None and is_call(operand) and operand.name == "coalesce":
        codec = expressions.codec_of_given(*operand.arguments)
    if codec is not None or not isinstance(operand, FunctionCall) or not operand.arguments:
        return codec
    inner = expressions.codec_of(operand.arguments[0])
    if operand.name == "collect" and inner is not None:
        return _reading(list if inner.decode is None else _each(inner.decode))
    if operand.name == "avg":
        return _reading(float)
    if operand.name == "sum" and inner is not None:  # FalkorDB adds integers up to a float
        return _reading(int if inner.wire == "int" else float)
    return None


def is_sent(codec: Codec | None) -> bool:
    """Tell whether plain values can be sent as a codec says, which may only be for reading."""
    return codec is not None and codec.encode is not _refuse


def _each(decode: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda values: [decode(value) for value in values]


def _reading(decode: Any) -> Codec:  # noqa: ANN401 - any function of a wire value
    return Codec(encode=_refuse, decode=decode, wire="any")


def _refuse(value: object) -> object:
    raise ValueError(f"{value!r} is a result, which is only read")
