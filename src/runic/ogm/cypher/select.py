"""Statements that give entities, rows of nodes and edges, or their number: what is returned, after the clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.cypher.clauses import SelectCompiler
from runic.ogm.cypher.order import effective_order, target_of
from runic.ogm.cypher.plan import EdgeColumn, NodeColumn, PathColumn, PlanColumn, ValueColumn
from runic.ogm.cypher.rows import add_rows
from runic.ogm.exceptions import QueryError
from runic.ogm.query.pattern import ROOT, Place, is_edge
from runic.ogm.query.related import fits_classes
from runic.ogm.query.scope import aggregates, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Edge, Entity
    from runic.ogm.query.pattern import Selection


def compile_select(selection: Selection, dialect: Dialect, mapper: Mapper) -> CompiledSelect:
    """Return the statement whose results are of the statement's type: entities, or tuples for `select(A, E, B)`."""
    if len(selection.classes) > 1:
        return compile_paths(selection, dialect, mapper)
    if selection.path is not None and selection.target is None:
        return _compile_shortest(selection, dialect, mapper, selection.path)
    target = target_of(selection)
    compiler = SelectCompiler(selection, dialect, [target])
    return _compile_columns(compiler, mapper, [target], single=True)


def compile_paths(
    selection: Selection, dialect: Dialect, mapper: Mapper, classes: Sequence[type[Entity]] = ()
) -> CompiledSelect:
    """Return the statement whose results are tuples of nodes and edges, in the order of the pattern.

    classes: what the caller takes them for. Raises QueryError if they do not fit, and where there is no step at all.
    """
    expected = classes or (selection.classes if len(selection.classes) > 1 else ())
    if not selection.steps:
        raise QueryError(f"rows of nodes and edges need a traverse(); {describe(selection)}")
    places = _places_of(selection, expected)
    ends = [end for place in places if is_edge(place) for end in _ends(selection, place)]
    if not {*places, *ends} <= {*selection.visible}:
        raise QueryError(
            "with_() left behind what a row is made of: an edge comes with the nodes at its ends, so name these in "
            f"with_() too. {describe(selection)}"
        )
    compiler = SelectCompiler(selection, dialect, [*places, *ends])
    return _compile_columns(compiler, mapper, places, single=False)


def compile_count(selection: Selection, dialect: Dialect) -> CompiledSelect:
    """Return the statement that counts the results."""
    places = results_of(selection)
    compiler = SelectCompiler(selection, dialect, places)
    stage = selection.stage
    clauses = compiler.clauses()
    if selection.projected:
        add_rows(compiler, clauses)
    elif stage.distinct or stage.paged:
        compiler.add_with(clauses, places, stage)
    return compiler.finish([*clauses, "RETURN count(*)"], ["int"], [ValueColumn("count", 0, None)])


def compile_exists(selection: Selection, dialect: Dialect) -> CompiledSelect:
    """Return the statement that has a row if there is any result."""
    places = results_of(selection)
    compiler = SelectCompiler(selection, dialect, places)
    stage = selection.stage
    clauses = compiler.clauses()
    if selection.having or any(aggregates(item.operand) for item in selection.projected):
        add_rows(compiler, clauses)
    elif stage.paged:
        compiler.add_with(clauses, places, stage)
    order = compiler.any_order() if stage.paged else ""  # there may be rows, and none on the page
    return compiler.finish([*clauses, f"RETURN 1{order} LIMIT 1"], ["int"], [ValueColumn("exists", 0, None)])


def compile_prefix(selection: Selection, dialect: Dialect) -> tuple[CompiledSelect, str]:
    """Return what binds the results, ordered and paged, for a loader to go on from the variable that is told too."""
    target = target_of(selection)
    compiler = SelectCompiler(selection, dialect, [target], named=False)
    stage, order = selection.stage, effective_order(selection)
    clauses = compiler.clauses()
    if stage.distinct or stage.paged or order or selection.steps:
        compiler.add_with(clauses, [target], stage, order)
    return compiler.finish(clauses, [], []), compiler.names[target]


def results_of(selection: Selection) -> list[Place]:
    """Return the places that make a result, as far as counting goes."""
    if selection.target is not None:
        return [selection.target]
    if len(selection.classes) > 1:
        return list(_places_of(selection, selection.classes))
    return list(selection.returned) or [ROOT]


def _ends(selection: Selection, edge: Place) -> tuple[Place, Place]:
    return selection.step_at(edge).source, Place(edge + 1)


def _places_of(selection: Selection, classes: Sequence[type[Entity]]) -> Sequence[Place]:
    """Return the places of a row's parts: those named, else the first of the pattern that fit `classes` in order."""
    if not classes:
        return selection.returned or selection.visible
    places = selection.returned or _matching(selection, classes)
    fitting = [_fits(selection, place, cls) for place, cls in zip(places, classes, strict=False)]
    if len(places) == len(classes) and all(fitting):
        return places
    names = ", ".join(cls.__name__ for cls in classes)
    raise QueryError(
        f"({names}) is not what a row is made of: traverse() to each of them, and name what to give with "
        f"return_nodes() and return_edge() where it is not clear. {describe(selection)}"
    )


def _matching(selection: Selection, classes: Sequence[type[Entity]]) -> list[Place]:
    found: list[Place] = []
    for place in selection.visible:
        if len(found) < len(classes) and _fits(selection, place, classes[len(found)]):
            found.append(place)
    return found


def _fits(selection: Selection, place: Place, cls: type[Entity]) -> bool:
    edge = selection.edge_at(place)
    there: tuple[type[Entity], ...] = selection.nodes_at(place) if edge is None else (edge,)
    return fits_classes(there, cls)


def _compile_columns(
    compiler: SelectCompiler, mapper: Mapper, places: Sequence[Place], *, single: bool
) -> CompiledSelect:
    """Return the statement with the columns of nodes and edges; edges bring their ends."""
    texts: list[str] = []
    wires: list[Wire] = []
    plan: list[PlanColumn] = []
    selection = compiler.selection
    asked = sorted({*places, *(end for place in places if is_edge(place) for end in _ends(selection, place))})
    index = {place: number for number, place in enumerate(asked)}
    turning = {place: selection.step_at(place).relation.direction != "OUTGOING" for place in asked if is_edge(place)}
    sources = {_ends(selection, place)[0] for place, turns in turning.items() if turns}
    for place in asked:
        name, offset = compiler.names[place], len(texts)
        label = selection.name_at(place) or name
        nullable = selection.may_lack(place)
        if is_edge(place):
            relation = selection.step_at(place).relation
            source, target = (index[end] for end in _ends(selection, place))
            plan.append(EdgeColumn(label, relation, relation.edge_model, offset, nullable, source, target))
            edge_texts, edge_wires = edge_columns(
                compiler.dialect, mapper, relation.edge_model, name, with_start=turning[place]
            )
            texts += edge_texts
            wires += edge_wires
        else:
            family = mapper.family(selection.nodes_at(place))
            plan.append(NodeColumn(label, family, offset, nullable))
            node_texts, node_wires = family.row(name, with_id=nullable or place in sources)
            texts += node_texts
            wires += node_wires
    clauses = compiler.clauses()
    _add_return(compiler, clauses, texts, asked)
    shape = [index[place] for place in places]
    return compiler.finish(clauses, wires, plan, shape, single=single)


def _compile_shortest(selection: Selection, dialect: Dialect, mapper: Mapper, place: Place) -> CompiledSelect:
    """Return the statement whose results are the shortest paths, each as its nodes and its edges in their order."""
    compiler = SelectCompiler(selection, dialect, [place])
    clauses = compiler.clauses()
    step = selection.step_at(place)
    family = mapper.family(tuple(dict.fromkeys([*selection.nodes_at(step.source), *step.classes])))
    source, path = compiler.names[step.source], compiler.expressions.path
    if source is None or path is None:
        raise QueryError(f"the path of shortest_path() was left behind. {describe(selection)}")
    nodes = ", ".join(family.columns("_x"))
    edges = ", ".join(edge_columns(dialect, mapper, step.relation.edge_model, "_x")[0])
    texts = [
        dialect.render_id(source),
        f"[_x IN nodes({path}) | [{nodes}]]",
        f"[_x IN relationships({path}) | [{edges}]]",
    ]
    stage, order = selection.stage, effective_order(selection)
    if stage.distinct:
        raise QueryError("distinct() says nothing of paths: each is one of two nodes")
    _, ordering = compiler.ordering(clauses, order)
    clauses.append(f"RETURN {', '.join(texts)}{compiler.paging(stage, ordering)}")
    plan = [PathColumn(selection.name_at(place) or path, step.relation, family)]
    return compiler.finish(clauses, [dialect.id_wire, "any", "any"], plan)


def _add_return(compiler: SelectCompiler, clauses: list[str], columns: Sequence[str], places: Sequence[Place]) -> None:
    """Add RETURN with the open stage's order and paging; what is distinct is made so before."""
    stage, order = compiler.selection.stage, effective_order(compiler.selection)
    if stage.distinct:
        compiler.add_with(clauses, places, stage, order)
        clauses.append(compiler.dialect.render_return(columns))
    else:
        _, ordering = compiler.ordering(clauses, order)
        clauses.append(compiler.dialect.render_return(columns, compiler.paging(stage, ordering)))


def edge_columns(
    dialect: Dialect, mapper: Mapper, edge: type[Edge] | None, name: str, *, with_start: bool = True
) -> tuple[list[str], list[Wire]]:
    """Return the columns of an edge: its properties, its id, that of its start where its direction must be told."""
    ids = [dialect.render_id(name), *([dialect.render_start_id(name)] if with_start else [])]
    id_wires: list[Wire] = [dialect.id_wire] * len(ids)
    if edge is None:
        return ids, id_wires
    entity = mapper.entity(edge)
    wires: list[Wire] = [prop.codec(dialect.native).wire for prop in entity.properties]
    return [*entity.columns(name), *ids], [*wires, *id_wires]
