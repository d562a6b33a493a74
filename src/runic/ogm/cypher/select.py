"""Statements to text: the pattern as MATCH clauses, stages as WITH, and at last what is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.expressions import ExpressionCompiler
from runic.ogm.cypher.load import render_targets
from runic.ogm.cypher.plan import CompiledSelect, EdgeColumn, NodeColumn, PlanColumn, ValueColumn
from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import quote
from runic.ogm.query.pattern import ROOT, Place, is_edge
from runic.ogm.query.scope import describe, fits_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Entity
    from runic.ogm.query.pattern import Filter, Projected, Selection, Sort, Stage, Step


def compile_select(selection: Selection, dialect: Dialect, mapper: Mapper) -> CompiledSelect:
    """Return the statement whose results are of the statement's type: entities, or tuples for `select(A, E, B)`."""
    if len(selection.classes) > 1:
        return compile_paths(selection, dialect, mapper)
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
    compiler = SelectCompiler(selection, dialect, [*places, *ends])
    return _compile_columns(compiler, mapper, places, single=False)


def compile_count(selection: Selection, dialect: Dialect) -> CompiledSelect:
    """Return the statement that counts the results."""
    places = results_of(selection)
    compiler = SelectCompiler(selection, dialect, places)
    stage = selection.stage
    clauses = compiler.clauses()
    if stage.distinct or stage.paged:
        clauses.append(compiler.with_clause(places, stage, ()))
    return compiler.finish([*clauses, "RETURN count(*)"], ["int"], [ValueColumn("count", 0, None)])


def compile_exists(selection: Selection, dialect: Dialect) -> CompiledSelect:
    """Return the statement that has a row if there is any result."""
    places = results_of(selection)
    compiler = SelectCompiler(selection, dialect, places)
    stage = selection.stage
    clauses = compiler.clauses()
    if stage.paged:
        clauses.append(compiler.with_clause(places, stage, ()))
    return compiler.finish([*clauses, "RETURN 1 LIMIT 1"], ["int"], [ValueColumn("exists", 0, None)])


def compile_prefix(selection: Selection, dialect: Dialect) -> tuple[str, str, dict[str, Any]]:
    """Return (text, variable, parameters) of what binds the results, ordered and paged, for a loader to go on from."""
    target = target_of(selection)
    compiler = SelectCompiler(selection, dialect, [target], named=False)
    stage, order = selection.stage, effective_order(selection)
    clauses = compiler.clauses()
    if stage.distinct or stage.paged or order or selection.steps:
        clauses.append(compiler.with_clause([target], stage, order))
    compiled = compiler.finish(clauses, [], [])
    return compiled.text, compiler.names[target], dict(compiled.parameters)


def target_of(selection: Selection) -> Place:
    """Return the place of what `scalars` gives: the target, else the root (or the first node that is returned)."""
    if selection.target is not None:
        return selection.target
    nodes = [place for place in selection.returned if not is_edge(place)]
    return ROOT if ROOT in nodes or not nodes else nodes[0]


def results_of(selection: Selection) -> list[Place]:
    """Return the places that make a result, as far as counting goes."""
    if selection.target is not None:
        return [selection.target]
    if len(selection.classes) > 1:
        return list(_places_of(selection, selection.classes))
    return list(selection.returned) or [ROOT]


def effective_order(selection: Selection) -> tuple[Sort, ...]:
    """Return the order of the results: the open stage's, else that of the last stage which has one."""
    visible = selection.visible
    for stage in reversed(selection.stages):
        if stage.order:
            kept = all(place in visible for sort in stage.order for place in sort.places.values())
            return stage.order if kept else ()
    return ()


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
    for place in asked:
        name, offset = compiler.names[place], len(texts)
        label = selection.name_at(place) or name
        nullable = place != ROOT and selection.step_at(place).optional
        if is_edge(place):
            relation = selection.step_at(place).relation
            source, target = (index[end] for end in _ends(selection, place))
            plan.append(EdgeColumn(label, relation, relation.edge_model, offset, nullable, source, target))
            edge_texts, edge_wires = _edge_columns(compiler, mapper, place)
            texts += edge_texts
            wires += edge_wires
        else:
            family = mapper.family(selection.nodes_at(place))
            plan.append(NodeColumn(label, family, offset, nullable))
            texts += family.columns(name)
            wires += family.wires
    clauses = [*compiler.clauses(), *compiler.returning(texts, asked)]
    shape = [index[place] for place in places]
    return compiler.finish(clauses, wires, plan, shape, single=single)


def _edge_columns(compiler: SelectCompiler, mapper: Mapper, place: Place) -> tuple[list[str], list[Wire]]:
    dialect, name = compiler.dialect, compiler.names[place]
    edge = compiler.selection.edge_at(place)
    ids = [dialect.render_id(name), dialect.render_id(f"startNode({name})")]
    id_wires: list[Wire] = [dialect.id_wire, dialect.id_wire]
    if edge is None:
        return ids, id_wires
    entity = mapper.entity(edge)
    wires: list[Wire] = [*entity.wires, *id_wires]
    return [*entity.columns(name), *ids], wires


class SelectCompiler:
    """Writes the clauses of one statement; `needed` are the places that are read at its end."""

    def __init__(self, selection: Selection, dialect: Dialect, needed: Iterable[Place], *, named: bool = True) -> None:
        self.selection, self.dialect = selection, dialect
        self.names = _names(selection, named=named)
        self._used = {*needed, *_mentioned(selection)}
        self.expressions = ExpressionCompiler(dialect, self.names, selection.values)

    def clauses(self) -> list[str]:
        """Return MATCH, OPTIONAL MATCH and WITH up to the open stage's end."""
        clauses: list[str] = []
        for number, stage in enumerate(self.selection.stages):
            if number > 0:
                closed = self.selection.stages[number - 1]
                kept = [place for place in self._bound_before(number) if self._is_bound(place)]
                clauses.append(self.with_clause(kept, closed, closed.order, stage.filters))
            clauses += self._matches(number, stage)
        return clauses

    def _bound_before(self, number: int) -> list[Place]:
        """Return the places that the end of the stage before `number` hands on."""
        places: list[Place] = [ROOT]
        for stage_number, stage in enumerate(self.selection.stages[:number]):
            for place, _ in self.selection.steps_of(stage_number):
                places += (Place(place - 1), place)
            if stage.carry is not None:
                places = [place for place in places if place in stage.carry]
        return places

    def _is_bound(self, place: Place) -> bool:
        return not is_edge(place) or place in self._used

    def _matches(self, number: int, stage: Stage) -> list[str]:
        """Return the stage's patterns: required steps side by side, so that the database chooses where it begins."""
        clauses: list[str] = []
        patterns: list[str] = []
        conditions: list[str] = []
        if number == 0:
            patterns.append(f"({self.names[ROOT]}{self.dialect.render_labels(self.selection.root.__meta__.labels)})")
            conditions += self._conditions(stage.filters)
        for place, step in self.selection.steps_of(number):
            if step.optional and patterns:
                clauses.append(_match(patterns, conditions))
                patterns, conditions = [], []
            pattern, test = self._pattern(place, step)
            patterns.append(pattern)
            conditions += [*test, *self._conditions(step.filters)]
            if step.optional:
                clauses.append(f"OPTIONAL {_match(patterns, conditions)}")
                patterns, conditions = [], []
        if patterns:
            clauses.append(_match(patterns, conditions))
        return clauses

    def _pattern(self, place: Place, step: Step) -> tuple[str, list[str]]:
        relation, edge = step.relation, Place(place - 1)
        labels, test = render_targets(self.dialect, step.classes, self.names[place])
        left = "<-" if relation.direction == "INCOMING" else "-"
        right = "->" if relation.direction == "OUTGOING" else "-"
        variable = self.names[edge] if edge in self._used else ""
        source = self.names[step.source] + self._narrowing(step)
        middle = f"[{variable}:{quote(relation.type)}]"
        return f"({source}){left}{middle}{right}({self.names[place]}{labels})", [test] if test else []

    def _narrowing(self, step: Step) -> str:
        """Return the labels of the relation's own class where the step may start at other classes too."""
        owner = step.relation.owner
        if all(issubclass(cls, owner) for cls in self.selection.nodes_at(step.source)):
            return ""
        return self.dialect.render_labels(owner.__meta__.labels)

    def _conditions(self, filters: Iterable[Filter]) -> list[str]:
        return [self.expressions.condition(condition.predicate, condition.places) for condition in filters]

    def with_clause(
        self, places: Sequence[Place], stage: Stage, order: Sequence[Sort], filters: Sequence[Filter] = ()
    ) -> str:
        """Return WITH, which hands `places` on, with the order and paging of `stage`."""
        names = ", ".join(self.names[place] for place in places)
        distinct = "DISTINCT " if stage.distinct else ""
        if stage.distinct:
            self._check_order(places, order)
        text = f"WITH {distinct}{names}{self._ordering(order)}{self._paging(stage)}"
        where = self._conditions(filters)
        return f"{text} WHERE {' AND '.join(where)}" if where else text

    def returning(self, columns: Sequence[str], places: Sequence[Place]) -> list[str]:
        """Return RETURN with the open stage's order and paging; what is distinct is made so before."""
        stage, order = self.selection.stage, effective_order(self.selection)
        result = f"RETURN {', '.join(columns)}"
        if stage.distinct:
            return [self.with_clause(places, stage, order), result]
        return [f"{result}{self._ordering(order)}{self._paging(stage)}"]

    def _check_order(self, places: Sequence[Place], order: Sequence[Sort]) -> None:
        if any(place not in places for sort in order for place in sort.places.values()):
            raise QueryError(
                "distinct() results cannot be ordered by what is not part of them: "
                f"return it too, or leave distinct() out. {describe(self.selection)}"
            )

    def _ordering(self, order: Sequence[Sort]) -> str:
        keys = [self.expressions.render(s.operand, s.places) + (" DESC" if s.descending else "") for s in order]
        return f" ORDER BY {', '.join(keys)}" if keys else ""

    def _paging(self, stage: Stage) -> str:
        skip = "" if stage.skip is None else f" SKIP {self.expressions.add(stage.skip)}"
        return skip if stage.limit is None else f"{skip} LIMIT {self.expressions.add(stage.limit)}"

    def finish(
        self,
        clauses: Sequence[str],
        wires: Sequence[Wire],
        plan: Sequence[PlanColumn],
        shape: Sequence[int] = (0,),
        *,
        single: bool = True,
    ) -> CompiledSelect:
        """Return the compiled statement."""
        parameters, unbound = self.expressions.parameters, tuple(self.expressions.unbound)
        return CompiledSelect(
            " ".join(clauses),
            parameters,
            tuple(wires),
            tuple(plan),
            tuple(shape),
            single,
            unbound,
            self.expressions.fields,
        )


def _match(patterns: Iterable[str], conditions: Sequence[str]) -> str:
    """Return MATCH clauses and their common WHERE; clauses of their own let two steps use the same edge."""
    text = " ".join(f"MATCH {pattern}" for pattern in patterns)
    return f"{text} WHERE {' AND '.join(conditions)}" if conditions else text


def _mentioned(selection: Selection) -> set[Place]:
    """Return the places that expressions speak of."""
    expressions: list[Filter | Sort | Projected] = [
        *(condition for stage in selection.stages for condition in stage.filters),
        *(condition for step in selection.steps for condition in step.filters),
        *(sort for stage in selection.stages for sort in stage.order),
        *selection.projected,
    ]
    return {place for expression in expressions for place in expression.places.values()}


def _names(selection: Selection, *, named: bool) -> dict[Place, str]:
    """Return the variable of each place: the user's alias, else n, e1, n1, e2 and so on, none of them twice."""
    places = [Place(number) for number in range(selection.last + 1)]
    aliases = {place: selection.name_at(place) for place in places} if named else {}
    taken = {alias for alias in aliases.values() if alias is not None}
    names: dict[Place, str] = {}
    for place in places:
        alias = aliases.get(place)
        names[place] = quote(alias) if alias is not None else _free_name(place, taken)
    return names


def _free_name(place: Place, taken: set[str]) -> str:
    name = "n" if place == ROOT else f"{'e' if is_edge(place) else 'n'}{(place + 1) // 2}"
    while name in taken:
        name = f"_{name}"
    return name
