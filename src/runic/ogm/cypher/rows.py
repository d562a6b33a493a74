"""Statements that give rows of named values: projections and aggregates."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from runic.ogm.cypher.clauses import SelectCompiler
from runic.ogm.cypher.order import effective_order
from runic.ogm.cypher.plan import NodeColumn, PlanColumn, ValueColumn
from runic.ogm.cypher.results import result_codec
from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Arithmetic, FunctionCall
from runic.ogm.model.fields import Property
from runic.ogm.query.building import function_name
from runic.ogm.query.references import is_column, is_property
from runic.ogm.query.scope import aggregates, attributes, describe, is_aggregate, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.query.pattern import Places, Projected, Selection, Sort


def compile_rows(selection: Selection, dialect: Dialect, mapper: Mapper) -> CompiledSelect:
    """Return the statement whose results are rows of what `project` and `aggregate` named."""
    if not selection.projected:
        raise QueryError(f"rows of values need project() or aggregate(). {describe(selection)}")
    compiler = SelectCompiler(selection, dialect, selection.groups)
    names = row_names(compiler)
    clauses = compiler.clauses()
    texts, wires, plan = _group_columns(compiler, mapper)
    values, computed = compiler.values([(item.operand, item.places) for item in selection.projected])
    compiler.compute(clauses, computed)
    codecs = [result_codec(compiler.expressions, item.operand) for item in selection.projected]
    plan += [
        ValueColumn(name, len(texts) + i, codec) for i, (name, codec) in enumerate(zip(names, codecs, strict=True))
    ]
    wires.extend(map(_wire, codecs))
    variables = list(map(dialect.render_variable, names))
    columns = [f"{value} AS {name}" for value, name in zip(values, variables, strict=True)]
    if selection.having:
        expressions_columns = dict(zip(names, codecs, strict=True))
        compiler.expressions.columns = {**compiler.expressions.columns, **expressions_columns}
        _add_chosen(compiler, clauses, names, columns)
        order = _ordering(compiler, clauses, names)
        clauses.append(f"RETURN {', '.join([*texts, *variables])}{compiler.paging(selection.stage, order)}")
        return compiler.finish(clauses, wires, plan, range(len(plan)), single=False)
    order = _ordering(compiler, clauses, names)
    tail = compiler.paging(selection.stage, order)
    if selection.groups:
        clauses.append(f"WITH {_row(compiler, columns)}{tail}")
        clauses.append(f"RETURN {', '.join([*texts, *variables])}")
    else:
        clauses.append(f"RETURN {_row(compiler, columns)}{tail}")
    return compiler.finish(clauses, wires, plan, range(len(plan)), single=False)


def add_rows(compiler: SelectCompiler, clauses: list[str]) -> None:
    """Add what makes the rows, for counting them."""
    names = row_names(compiler)
    items = compiler.selection.projected
    values, computed = compiler.values([(item.operand, item.places) for item in items])
    compiler.compute(clauses, computed)
    columns = [
        f"{value} AS {compiler.dialect.render_variable(name)}" for value, name in zip(values, names, strict=True)
    ]
    stage = compiler.selection.stage
    if not compiler.selection.having:
        clauses.append(f"WITH {_row(compiler, columns)}{compiler.paging(stage)}")
        return
    codecs = {name: result_codec(compiler.expressions, item.operand) for item, name in zip(items, names, strict=True)}
    compiler.expressions.columns = {**compiler.expressions.columns, **codecs}
    _add_chosen(compiler, clauses, names, columns)
    if stage.paged:
        clauses.append(f"WITH 1 AS _row{compiler.paging(stage)}")


def _row(compiler: SelectCompiler, columns: Sequence[str]) -> str:
    """Return what a row is made of."""
    distinct = "DISTINCT " if compiler.selection.stage.distinct else ""
    return distinct + ", ".join([*(compiler.names[place] for place in compiler.selection.groups), *columns])


def _add_chosen(compiler: SelectCompiler, clauses: list[str], names: Sequence[str], columns: Sequence[str]) -> None:
    """Add the WITH that makes the rows and chooses among them; what only chooses is computed beside them."""
    selection, expressions = compiler.selection, compiler.expressions
    known: _Known = [
        (item.operand, item.places, compiler.dialect.render_variable(name))
        for item, name in zip(selection.projected, names, strict=True)
    ]
    beside: list[str] = []
    for condition in selection.having:
        for operand in _aggregated(condition.predicate):
            if _text_of(known, operand, condition.places) is None:
                name = f"_h{len(beside)}"
                beside.append(f"{expressions.render(operand, condition.places)} AS {name}")
                known.append((operand, condition.places, name))
    texts: list[str] = []
    for condition in selection.having:
        _check_grouped(selection, known, condition.predicate, condition.places)
        expressions.replace = partial(_text_of, known, places=condition.places)
        text, computed = expressions.condition(condition.predicate, condition.places)
        expressions.replace = None
        if computed:
            raise QueryError("a condition on rows cannot ask what is related: put that before aggregate(), by where()")
        texts.append(text)
    clauses.append(f"WITH {_row(compiler, [*columns, *beside])} WHERE {' AND '.join(texts)}")


_Known: TypeAlias = "list[tuple[object, Places, str]]"


def _text_of(known: _Known, expression: object, places: Places) -> str | None:
    """Return the variable of what a row holds, or None for what it does not."""
    for operand, at, text in known:
        if _same(operand, expression) and all(places.get(key) == at.get(key) for key in attributes(operand)):
            return text
    return None


def _aggregated(expression: object) -> Iterator[object]:
    """Yield the aggregates in a condition."""
    if is_aggregate(expression):
        yield expression
        return
    for part in parts_of(expression):
        yield from _aggregated(part)


def _check_grouped(selection: Selection, known: _Known, expression: object, places: Places) -> None:
    """Raise QueryError for a field that a row does not hold."""
    if _text_of(known, expression, places) is not None:
        return
    if is_property(expression):
        key = next(iter(attributes(expression)))
        if places[key] not in selection.groups:
            raise QueryError(
                f"{expression!r} is no part of the rows that the condition chooses from: group by it, or filter by it "
                f"in a where() of its own. {describe(selection)}"
            )
    for part in parts_of(expression):
        _check_grouped(selection, known, part, places)


def _group_columns(compiler: SelectCompiler, mapper: Mapper) -> tuple[list[str], list[Wire], list[PlanColumn]]:
    texts: list[str] = []
    wires: list[Wire] = []
    plan: list[PlanColumn] = []
    selection = compiler.selection
    for place in selection.groups:
        family = mapper.family(selection.nodes_at(place))
        name = compiler.names[place]
        nullable = selection.may_lack(place)
        plan.append(NodeColumn(selection.name_at(place) or name, family, len(texts), nullable))
        node_texts, node_wires = family.row(name, with_id=nullable)
        texts += node_texts
        wires += node_wires
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
        column = _column_of(compiler, sort, names)
        if column is None:
            column, computed = compiler.expressions.key(sort.operand, sort.places)
            compiler.compute(clauses, computed)
        keys.append(column + (" DESC" if sort.descending else ""))
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _column_of(compiler: SelectCompiler, sort: Sort, names: Sequence[str]) -> str | None:
    """Return the column that a key of the order is; None if it is none, and need not be one."""
    selection = compiler.selection
    for item, name in zip(selection.projected, names, strict=True):
        if _same(item.operand, sort.operand) and dict(item.places) == dict(sort.places):
            column = compiler.dialect.render_variable(name)
            carried = is_column(item.operand) and item.operand.name == name
            return compiler.dialect.render_carried_key(column) if carried else column
    mixed = any(aggregates(item.operand) for item in selection.projected)
    merged = selection.stage.distinct or bool(selection.having) or mixed
    if aggregates(sort.operand) or (merged and not set(sort.places.values()) <= set(selection.groups)):
        raise QueryError(f"rows can only be ordered by what they hold, which {sort.operand!r} is not; project it too")
    return None


def _same(one: object, other: object) -> bool:
    """Tell whether two operands are spelt alike."""
    if is_property(one) and is_property(other):
        return next(attributes(one)) == next(attributes(other))
    if is_column(one) and is_column(other):
        return one.name == other.name
    if isinstance(one, Arithmetic) and isinstance(other, Arithmetic):
        return one.operator == other.operator and _same(one.left, other.left) and _same(one.right, other.right)
    if isinstance(one, FunctionCall) and isinstance(other, FunctionCall):
        alike = (one.name, one.distinct, len(one.arguments)) == (other.name, other.distinct, len(other.arguments))
        return alike and all(map(_same, one.arguments, other.arguments))
    return one is other


def _wire(codec: Codec | None) -> Wire:
    return "any" if codec is None else codec.wire
