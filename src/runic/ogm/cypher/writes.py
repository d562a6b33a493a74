"""Statements that change what they find: update and delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runic.ogm.cypher.clauses import SelectCompiler
from runic.ogm.cypher.fitting import refuse_unfit
from runic.ogm.cypher.order import effective_order, target_of
from runic.ogm.cypher.parameters import is_operand
from runic.ogm.cypher.plan import ValueColumn
from runic.ogm.exceptions import FieldValidationError, QueryError, UnsupportedFeatureError
from runic.ogm.model.fields import Property
from runic.ogm.query.pattern import Stage, is_edge
from runic.ogm.query.scope import describe
from runic.ogm.query.search import searches_of

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.model.base import Node
    from runic.ogm.query.pattern import Change, Place, Selection


def compile_write(selection: Selection, dialect: Dialect) -> CompiledSelect:
    """Return the statement that writes to its results, each once, and gives their number."""
    if not selection.writes:
        raise QueryError("this statement changes nothing: give it update() or delete()")
    _refuse_rows(selection)
    if searches_of(selection) and not dialect.supports_search_in_writes:
        raise UnsupportedFeatureError(
            f"{dialect.name} cannot change in one statement what it searches: read the results with scalars(), change "
            "or delete them, and commit"
        )
    target = target_of(selection)
    compiler = SelectCompiler(selection, dialect, [target], named=False, writes=True)  # ArcadeDB: bare names
    clauses = compiler.clauses()
    _add_each_once(compiler, clauses, target)
    name = compiler.names[target]
    if selection.deletes:
        clauses.append(f"DETACH DELETE {name}")
    else:
        _add_changes(compiler, clauses, name, _versions(compiler, name, selection.nodes_at(target)))
    clauses.append("RETURN count(*)")
    return compiler.finish(clauses, ["int"], [ValueColumn("count", 0, None)], write=True)


def _refuse_rows(selection: Selection) -> None:
    """Raise for a statement that gives no nodes, whose conditions would not be those of what is written to."""
    edges_alone = bool(selection.returned) and all(map(is_edge, selection.returned)) and selection.target is None
    path_itself = selection.path is not None and selection.target is None and not selection.returned
    what = "rows" if selection.projected else "edges" if edges_alone else "a path" if path_itself else None
    if what is not None:
        raise QueryError(
            f"update() and delete() write to nodes, and this statement gives {what}: name the nodes with "
            f"return_target() or with_(), or read the results and change or delete them. {describe(selection)}"
        )


def _add_each_once(compiler: SelectCompiler, clauses: list[str], target: Place) -> None:
    """Add the WITH that is left with each result once: of a page those in its rows, of an optional step those found."""
    selection = compiler.selection
    stage = selection.stage
    order = effective_order(selection) if stage.paged else ()
    if stage.paged and (selection.steps or len(selection.stages) > 1) and not stage.distinct:
        compiler.add_with(clauses, [target], stage, order)
        stage, order = Stage(), ()
    compiler.add_with(clauses, [target], replace(stage, distinct=True), order)
    if selection.may_lack(target):
        compiler.leave_found(clauses, target)


def _add_changes(compiler: SelectCompiler, clauses: list[str], name: str, versions: list[str]) -> None:
    """Add SET of the changes; each value is of what was stored before, also where they are set one by one."""
    dialect, changes = compiler.dialect, [_given(compiler, change) for change in compiler.selection.changes]
    values = [_value(compiler, change) for change in changes]
    loose = [change.prop.nullable and (change.value is None or is_operand(change.value)) for change in changes]
    if dialect.removes_together or sum(loose) < 2:  # noqa: PLR2004 - removed together
        loose = [False] * len(changes)
    else:
        clauses.append(f"WITH {name}, {', '.join(f'{value} AS _v{index}' for index, value in enumerate(values))}")
        values = [f"_v{index}" for index in range(len(values))]
    places = [dialect.render_property(name, change.prop.graph_name) for change in changes]
    assignments = [f"{place} = {value}" for place, value in zip(places, values, strict=True)]
    sure = [text for text, may_remove in zip(assignments, loose, strict=True) if not may_remove]
    removals = [text for text, may_remove in zip(assignments, loose, strict=True) if may_remove]
    clauses.append(f"SET {dialect.render_changes([*sure, *versions], removals)}")


def _given(compiler: SelectCompiler, change: Change) -> Change:
    """Return a change with None for a parameter that is given None, which removes the property."""
    return replace(change, value=None) if compiler.expressions.is_none(change.value) else change


def _value(compiler: SelectCompiler, change: Change) -> str:
    if is_operand(change.value):
        refuse_unfit(change.prop, change.value, compiler.expressions)
    if change.value is not None:
        return compiler.expressions.value(change.value, Property.bound(change.prop), change.places)
    if not change.prop.nullable:
        raise FieldValidationError(change.prop.owner.__name__, change.prop.name, "may not be None")
    return "null"


def _versions(compiler: SelectCompiler, name: str, classes: tuple[type[Node], ...]) -> list[str]:
    """Return what counts the versions of the changed nodes up."""
    found = {cls.__meta__.version.graph_name for cls in classes if cls.__meta__.version is not None}
    places = [compiler.dialect.render_property(name, version) for version in sorted(found)]
    return [f"{place} = coalesce({place}, 0) + 1" for place in places]
