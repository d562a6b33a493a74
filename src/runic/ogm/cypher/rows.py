"""Statements that give rows of named values: projections and aggregates."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from runic.ogm.conversion import Codec
from runic.ogm.cypher.clauses import SelectCompiler, effective_order
from runic.ogm.cypher.plan import NodeColumn, PlanColumn, ValueColumn
from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Arithmetic, FunctionCall
from runic.ogm.identifiers import quote
from runic.ogm.model.fields import Property
from runic.ogm.query.building import function_name
from runic.ogm.query.pattern import ROOT
from runic.ogm.query.scope import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.query.pattern import Projected, Selection, Sort


def compile_rows(selection: Selection, dialect: Dialect, mapper: Mapper) -> CompiledSelect:
    """Return the statement whose results are rows of what `project` and `aggregate` named."""
    if not selection.projected:
        raise QueryError(f"rows of values need project() or aggregate(). {describe(selection)}")
    compiler = SelectCompiler(selection, dialect, selection.groups)
    names = row_names(compiler)
    clauses = compiler.clauses()
    texts, wires, plan = _group_columns(compiler, mapper)
    values = [compiler.expressions.render(item.operand, item.places) for item in selection.projected]
    codecs = [_result_codec(compiler, item.operand) for item in selection.projected]
    plan += [
        ValueColumn(name, len(texts) + i, codec) for i, (name, codec) in enumerate(zip(names, codecs, strict=True))
    ]
    wires.extend(map(_wire, codecs))
    columns = [f"{value} AS {quote(name)}" for value, name in zip(values, names, strict=True)]
    order = _ordering(compiler, clauses, names)
    paging = compiler.paging(selection.stage)
    distinct = "DISTINCT " if selection.stage.distinct else ""
    if selection.groups:
        groups = [compiler.names[place] for place in selection.groups]
        clauses.append(f"WITH {distinct}{', '.join([*groups, *columns])}{order}{paging}")
        clauses.append(f"RETURN {', '.join([*texts, *map(quote, names)])}")
    else:
        clauses.append(f"RETURN {distinct}{', '.join(columns)}{order}{paging}")
    return compiler.finish(clauses, wires, plan, range(len(plan)), single=False)


def projected_columns(compiler: SelectCompiler) -> str:
    """Return what makes a row, for counting rows."""
    selection = compiler.selection
    names = row_names(compiler)
    values = [compiler.expressions.render(item.operand, item.places) for item in selection.projected]
    columns = [f"{value} AS {quote(name)}" for value, name in zip(values, names, strict=True)]
    distinct = "DISTINCT " if selection.stage.distinct else ""
    return distinct + ", ".join([*(compiler.names[place] for place in selection.groups), *columns])


def _group_columns(compiler: SelectCompiler, mapper: Mapper) -> tuple[list[str], list[Wire], list[PlanColumn]]:
    texts: list[str] = []
    wires: list[Wire] = []
    plan: list[PlanColumn] = []
    selection = compiler.selection
    for place in selection.groups:
        family = mapper.family(selection.nodes_at(place))
        name = compiler.names[place]
        nullable = place != ROOT and selection.step_at(place).optional
        plan.append(NodeColumn(selection.name_at(place) or name, family, len(texts), nullable))
        texts += family.columns(name)
        wires += family.wires
    return texts, wires, plan


def row_names(compiler: SelectCompiler) -> list[str]:
    """Return the keys of a row: as named, else the field's or function's name, with the alias where that clashes."""
    selection = compiler.selection
    plain = [item.name or _own_name(item) for item in selection.projected]
    groups = [selection.name_at(place) or compiler.names[place] for place in selection.groups]
    often = Counter([*plain, *groups])
    names = [
        name if item.name or often[name] == 1 else _long_name(selection, item, name)
        for item, name in zip(selection.projected, plain, strict=True)
    ]
    clashing = [name for name, times in Counter([*names, *groups]).items() if times > 1]
    if clashing:
        raise QueryError(
            f"several columns are called {clashing[0]!r}: name them with .as_(name), or give the steps aliases. "
            f"{describe(selection)}"
        )
    return names


def _own_name(item: Projected) -> str:
    operand = item.operand
    name = operand.meta.name if isinstance(operand, Property) else function_name(item)
    if name is None:
        raise QueryError(f"a column of {type(operand).__name__} needs a name: .as_(name)")
    return name


def _long_name(selection: Selection, item: Projected, name: str) -> str:
    alias = selection.name_at(next(iter(item.places.values()))) if item.places else None
    return name if alias is None else f"{alias}.{name}"


def _ordering(compiler: SelectCompiler, clauses: list[str], names: Sequence[str]) -> str:
    """Return ORDER BY: by the columns of the row where they are meant, else by what the rows are made of."""
    keys: list[str] = []
    for sort in effective_order(compiler.selection):
        column = _column_of(compiler.selection, sort, names)
        if column is None:
            column, computed = compiler.expressions.key(sort.operand, sort.places)
            compiler.compute(clauses, computed)
        keys.append(column + (" DESC" if sort.descending else ""))
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _column_of(selection: Selection, sort: Sort, names: Sequence[str]) -> str | None:
    """Return the column that a key of the order is; None if it is none, and need not be one."""
    for item, name in zip(selection.projected, names, strict=True):
        if _same(item.operand, sort.operand) and dict(item.places) == dict(sort.places):
            return quote(name)
    merged = selection.stage.distinct or any(_aggregates(item.operand) for item in selection.projected)
    if _aggregates(sort.operand) or (merged and not set(sort.places.values()) <= set(selection.groups)):
        raise QueryError(f"rows can only be ordered by what they hold, which {sort.operand!r} is not; project it too")
    return None


def _same(one: object, other: object) -> bool:
    """Tell whether two operands are spelt alike."""
    if isinstance(one, Property) and isinstance(other, Property):
        return one.meta is other.meta
    if isinstance(one, FunctionCall) and isinstance(other, FunctionCall):
        alike = (one.name, one.distinct, len(one.arguments)) == (other.name, other.distinct, len(other.arguments))
        return alike and all(map(_same, one.arguments, other.arguments))
    return one is other


def _aggregates(operand: object) -> bool:
    if isinstance(operand, FunctionCall):
        return operand.aggregate or any(map(_aggregates, operand.arguments))
    return isinstance(operand, Arithmetic) and (_aggregates(operand.left) or _aggregates(operand.right))


def _result_codec(compiler: SelectCompiler, operand: object) -> Codec | None:
    """Return how the values of a column are read."""
    codec = compiler.expressions.codec_of(operand)
    if codec is not None or not isinstance(operand, FunctionCall) or not operand.arguments:
        return codec
    inner = compiler.expressions.codec_of(operand.arguments[0])
    if operand.name == "collect" and inner is not None:
        return _reading(list if inner.decode is None else _each(inner.decode))
    if operand.name == "avg":
        return _reading(float)
    if operand.name == "sum" and inner is not None:  # FalkorDB adds integers up to a float
        return _reading(int if inner.wire == "int" else float)
    return None


def _wire(codec: Codec | None) -> Wire:
    return "any" if codec is None else codec.wire


def _each(decode: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda values: [decode(value) for value in values]


def _reading(decode: Any) -> Codec:  # noqa: ANN401 - any function of a wire value
    return Codec(encode=_refuse, decode=decode, wire="any")


def _refuse(value: object) -> object:
    raise ValueError(f"{value!r} is a result, which is only read")
