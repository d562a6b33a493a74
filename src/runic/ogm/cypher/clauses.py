"""The clauses of a statement: its pattern as MATCH, its stages as WITH; what is returned is written elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.conversion import codec_for
from runic.ogm.cypher.expressions import ExpressionCompiler
from runic.ogm.cypher.groups import Group, looks_back
from runic.ogm.cypher.order import effective_order, target_of
from runic.ogm.cypher.patterns import Shortest, render_step, render_targets
from runic.ogm.cypher.plan import CompiledSelect
from runic.ogm.cypher.related import Computed, compute_before, where
from runic.ogm.cypher.results import result_codec
from runic.ogm.cypher.search import render_search
from runic.ogm.cypher.variables import mentioned, variables
from runic.ogm.exceptions import QueryError, UnsupportedFeatureError
from runic.ogm.query.pattern import ROOT, Place, is_edge
from runic.ogm.query.scope import aggregates, columns_of, describe
from runic.ogm.query.search import SCORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import PlanColumn
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.expressions import Operand
    from runic.ogm.query.pattern import Filter, Places, Selection, Sort, Stage, Step


class SelectCompiler:
    """Writes the clauses of one statement; `needed` are the places that are read at its end."""

    def __init__(
        self,
        selection: Selection,
        dialect: Dialect,
        needed: Iterable[Place],
        *,
        named: bool = True,
        writes: bool = False,
        expressions: ExpressionCompiler | None = None,
    ) -> None:
        if selection.writes and not writes:
            raise QueryError("a statement with update() or delete() is no question: run it with session.execute()")
        self.selection, self.dialect = selection, dialect
        self.names = variables(selection, dialect, named=named)
        self._used = {*needed, *mentioned(selection)}
        self._bound: list[Place] = []
        self._columns: dict[str, Codec | None] = {}
        self._path: str | None = None
        self._paged = False
        self._before: set[Place] = set()  # what stood before the latest page
        self.expressions = expressions or ExpressionCompiler(dialect)
        self._enter()

    def _enter(self) -> None:
        """Let expressions speak of this statement: parts of a union are written in between."""
        self.expressions.enter(self.names, self.selection.values, self.selection.nodes_at)
        self.expressions.columns, self.expressions.path = self._columns, self._path

    def clauses(self) -> list[str]:
        """Return MATCH, OPTIONAL MATCH and WITH up to the open stage's end."""
        clauses: list[str] = []
        for number, stage in enumerate(self.selection.stages):
            if number > 0:
                self._close(clauses, self.selection.stages[number - 1])
                self._add_conditions(clauses, stage.filters)
            self._add_stage(clauses, number, stage)
        return clauses

    def _close(self, clauses: list[str], stage: Stage) -> None:
        """Add the WITH that ends a stage, with what goes on from it."""
        if stage.paged:
            self._before = {*self._bound}
        order = stage.order or self._best_first(stage)
        values, computed = self.values([(item.operand, item.places) for item in stage.computed])
        self.compute(clauses, computed)
        if stage.carry is not None:
            self._bound = [place for place in self._bound if place in stage.carry]
            self._columns = {name: self._columns[name] for name in stage.kept}
        named = [
            f"{value} AS {self.dialect.render_variable(item.name)}"
            for value, item in zip(values, stage.computed, strict=True)
            if item.name is not None
        ]
        self.add_with(clauses, self._bound, stage, order, named, ends=True)
        self._columns |= {
            item.name: result_codec(self.expressions, item.operand) for item in stage.computed if item.name
        }
        self._paged = self._paged or stage.paged
        self._enter()

    def _best_first(self, stage: Stage) -> tuple[Sort, ...]:
        """Return the order of a search's results for a stage that takes some of them and asks for no other."""
        source = self.selection.source
        searching = source is not None and SCORE in self._columns and ROOT in self._bound
        ordered = any(other.order for other in self.selection.stages)
        return source.order if source is not None and searching and stage.paged and not ordered else ()

    def values(self, items: Sequence[tuple[Operand[Any], Places]]) -> tuple[list[str], list[Computed]]:
        """Return the texts of values, and what must be computed before them."""
        merged = any(aggregates(operand) for operand, _ in items)
        found = [self.expressions.column(operand, places, merged=merged) for operand, places in items]
        return [text for text, _ in found], [each for _, computed in found for each in computed]

    def _add_conditions(self, clauses: list[str], filters: Sequence[Filter]) -> None:
        """Let the WITH written last choose its rows.

        Where that would be done before an earlier LIMIT, the WITH only computes whether they hold, for one after it.
        """
        found = self._conditions(Group(), filters)
        if self._paged and not self.dialect.keeps_filters_after_limit:
            found.decide_late()
        clauses[-1] += where(found.conditions)
        self._add_late(clauses, found)

    def _add_stage(self, clauses: list[str], number: int, stage: Stage) -> None:
        group = Group()
        if number == 0:
            self._bound = [ROOT]
            self._add_root(clauses, group, stage)
        for place, step in self.selection.steps_of(number):
            if step.optional:
                self._flush(clauses, group)
                group = Group()
            elif not group.patterns and clauses and clauses[-1].startswith("OPTIONAL"):
                clauses.append(f"WITH {self._listed(self._bound)}")  # openCypher asks for it before MATCH
            if step.shortest:
                self._flush(clauses, group)
                self._add_path(clauses, place, step)
                group = Group()
                continue
            if group.conditions and not self.dialect.looks_back_by_index:
                self._flush(clauses, group)
                group = Group()
            start = self._add_start(clauses, group, step)
            self._add_step(group, place, step, start)
            if step.optional or step.hops is not None:
                self._flush(clauses, group, step)
                group = Group()
        self._flush(clauses, group)

    def _add_root(self, clauses: list[str], group: Group, stage: Stage) -> None:
        name = self.names[ROOT]
        source = self.selection.source
        if source is not None:
            clauses.append(render_search(source, self.dialect, self.expressions.add, name))
            self._columns = {SCORE: codec_for(float, self.dialect.native)}
            self._paged, self._before = True, {ROOT}  # the database has counted the nearest before it filters
            self._enter()
            self._add_conditions(clauses, stage.filters)
        elif self.selection.united:
            once = "" if self.dialect.unites_once else "DISTINCT "
            clauses.append(f"{self._union()} WITH {once}{name}")
            self._paged = any(stage.paged for part in self.selection.united for stage in part.stages)
            self._before = {ROOT} if self._paged else set()
            self._add_conditions(clauses, stage.filters)
        else:
            group.patterns.append(f"({name}{self.dialect.render_labels(self.selection.root.__meta__.labels)})")
            self._conditions(group, stage.filters)

    def _union(self) -> str:
        """Return the subquery that binds the root to the results of several statements."""
        parts: list[str] = []
        for part in self.selection.united:
            target = target_of(part)
            compiler = SelectCompiler(part, self.dialect, [target], expressions=self.expressions)
            clauses = compiler.clauses()
            if part.stage.paged:
                compiler.add_with(clauses, [target], part.stage, effective_order(part))
            parts.append(" ".join([*clauses, f"RETURN {compiler.names[target]} AS {self.names[ROOT]}"]))
        self._enter()
        return f"CALL {{ {' UNION '.join(parts)} }}"

    def _add_start(self, clauses: list[str], group: Group, step: Step) -> str:
        """Return what a step starts from, after what a repeated one needs where nothing may be there."""
        source = self.names[step.source]
        if step.hops is None or self._is_sure(step.source):
            return source
        sure = next((self.names[place] for place in self._bound if not is_edge(place) and self._is_sure(place)), source)
        found = self.dialect.render_repeat_start(source, sure, self._listed(self._bound), optional=step.optional)
        if found.clause:
            self._flush(clauses, group)
            group.patterns, group.late, group.computed, group.conditions = [], [], [], [*found.conditions]
            clauses.append(found.clause)
        return found.variable

    def _is_sure(self, place: Place) -> bool:
        return not self.selection.may_lack(place)

    def _add_step(self, group: Group, place: Place, step: Step, start: str) -> None:
        edge = Place(place - 1)
        labels, test = render_targets(self.dialect, step.classes, self.names[place])
        variable = self.names[edge] if self._binds(edge) else ""
        # FalkorDB forgets the labels of a bound variable in OPTIONAL MATCH, and heeds conditions.
        in_pattern = self.dialect.supports_multiple_labels and not step.optional
        source = self._narrowed(group, step, start, in_pattern=in_pattern)
        target = self.names[place] + labels
        pattern, conditions = render_step(self.dialect, step, source, variable, target, f"_h{place // 2}")
        group.patterns.append(pattern)
        group.several = group.several or group.steps > 0 or step.is_keyed
        group.steps += 1
        self._bound += [edge, place] if variable else [place]
        group.conditions += [*conditions, test] if test else conditions
        self._filter(group, step)

    def _filter(self, group: Group, step: Step) -> None:
        """Add the conditions of a step; those that an earlier LIMIT must not be behind are decided after its clause."""
        back: list[Filter] = []
        if self._paged and not self.dialect.keeps_filters_after_limit and not step.optional:
            back = [each for each in step.filters if looks_back(each.predicate, each.places, self._before)]
        self._conditions(group, [condition for condition in step.filters if condition not in back])
        found = self._conditions(Group(), back)
        found.decide_late(len(group.computed))
        group.late += found.late
        group.computed += found.computed

    def _add_path(self, clauses: list[str], place: Place, step: Step) -> None:
        """Add what matches the end of the shortest path, and then binds the path to it."""
        source, target = self.names[step.source], self.names[place]
        labels, test = render_targets(self.dialect, step.classes, target)
        group = Group([f"({target}{labels})"], [test] if test else [])
        group.conditions.append(f"{self.dialect.render_id(source)} <> {self.dialect.render_id(target)}")
        start = self._narrowed(group, step, source, in_pattern=self.dialect.supports_multiple_labels)
        if start != source:  # a clause of its own, which no database moves to before a LIMIT
            group.patterns.insert(0, f"({start})")
        self._bound.append(place)
        self._filter(group, step)
        self._flush(clauses, group)
        path = f"_p{place // 2}"
        shortest = Shortest(path, step.relation, source, target, step.hops[1] if step.hops else None)
        clauses.append(self.dialect.render_shortest_path(shortest, self._listed(self._bound)))
        self._path = path
        self._enter()

    def _binds(self, edge: Place) -> bool:
        """Tell whether an edge needs a variable: it is spoken of, or keeps rows apart that would become one."""
        step = self.selection.step_at(edge)
        repeats = any(each.hops is not None for each in self.selection.steps)
        merged = not self.dialect.keeps_rows_of_hops and step.is_keyed
        return (edge in self._used or repeats or merged) and step.hops is None

    def _narrowed(self, group: Group, step: Step, source: str, *, in_pattern: bool) -> str:
        """Return what a step starts from, as the relation's own class where it may start at other classes too.

        in_pattern: by labels of the variable, where it can be given some; otherwise by a condition.
        """
        owner = step.relation.owner
        if all(issubclass(cls, owner) for cls in self.selection.nodes_at(step.source)):
            return source
        if in_pattern:
            return source + self.dialect.render_labels(owner.__meta__.labels)
        group.conditions.append(self.dialect.render_label_test(source, owner.__meta__.labels))
        return source

    def _conditions(self, group: Group, filters: Iterable[Filter]) -> Group:
        for condition in filters:
            before = self.expressions.questions
            text, computed = self.expressions.condition(condition.predicate, condition.places)
            group.asks = group.asks or self.expressions.questions > before
            (group.late if computed else group.conditions).append(text)
            group.computed += computed
        return group

    def _flush(self, clauses: list[str], group: Group, step: Step | None = None) -> None:
        """Add what was gathered; after a repeated step each node it reached stands once."""
        if not group.patterns:
            return
        optional = step is not None and step.optional
        clauses.append("OPTIONAL " + group.match() if optional else group.match())
        if step is not None and step.hops is not None:
            clauses.append(f"WITH DISTINCT {self._listed(self._bound)}")
        elif group.several and not self.dialect.keeps_rows_of_hops:
            clauses.append(f"WITH {self._listed(self._bound)}")
        if optional and (group.late or (group.asks and not self.dialect.asks_in_optional_steps)):
            raise UnsupportedFeatureError(
                f"{self.dialect.name} cannot decide exists() or count_related() within an optional step: "
                "use optional=False, or ask before the step"
            )
        self._add_late(clauses, group)

    def _add_late(self, clauses: list[str], group: Group) -> None:
        if group.late:
            self.compute(clauses, group.computed)
            clauses[-1] += where(group.late)

    def _listed(self, places: Iterable[Place]) -> str:
        """Return the variables that go on: nodes and edges, then named values, then the path."""
        variables = [*(self.names[place] for place in places), *map(self.dialect.render_variable, self._columns)]
        return ", ".join(variables if self._path is None else [*variables, self._path])

    def add_with(
        self,
        clauses: list[str],
        places: Sequence[Place],
        stage: Stage,
        order: Sequence[Sort] = (),
        computed: Sequence[str] = (),
        *,
        ends: bool = False,
    ) -> None:
        """Add WITH, which hands `places` on, with the order and paging of `stage`, and what is computed there.

        ends: it ends a stage, and hands on the named values and the path too.
        """
        scored = self.selection.source is not None and ROOT in places and SCORE in self._columns
        kept_names = {*self._columns} if ends else {SCORE} if scored else set[str]()
        foreign = any(place not in places for sort in order for place in sort.places.values())
        if stage.distinct and (foreign or any(not kept_names.issuperset(columns_of(sort.operand)) for sort in order)):
            raise QueryError(
                "distinct() results cannot be ordered by what is not part of them: "
                f"return it too, or leave distinct() out. {describe(self.selection)}"
            )
        keys, ordering = self.ordering(clauses, order)
        if ends:
            listed = [self._listed(places)] if places or self._columns or self._path else []
        else:
            listed = [
                *(self.names[place] for place in places),
                *([self.dialect.render_variable(SCORE)] if scored else []),
            ]
        kept = ", ".join([*listed, *computed, *(keys if stage.distinct else ())])
        distinct = "DISTINCT " if stage.distinct else ""
        if distinct and ordering and not self.dialect.orders_distinct:
            clauses.append(f"WITH DISTINCT {kept}")
            distinct = ""
        clauses.append(f"WITH {distinct}{kept}{self.paging(stage, ordering)}")

    def leave_found(self, clauses: list[str], place: Place) -> None:
        """Leave out the rows without a node; of a page they were some, so that it may not be done before its limit."""
        name = self.names[place]
        there = f"{name} IS NOT NULL"
        if not self.selection.stage.paged:
            clauses[-1] += where([there])
        elif self.dialect.keeps_filters_after_limit:
            clauses.append(f"WITH {name}{where([there])}")
        else:
            clauses.append(f"WITH {name}, {there} AS _kept{where(['_kept'])}")

    def ordering(self, clauses: list[str], order: Sequence[Sort]) -> tuple[list[str], str]:
        """Return ORDER BY, or nothing, and the variables of keys that a WITH, added here, computes before."""
        keys: list[str] = []
        computed: list[Computed] = []
        for sort in order:
            text, before = self.expressions.key(sort.operand, sort.places)
            keys.append(text + (" DESC" if sort.descending else ""))
            computed += before
        self.compute(clauses, computed)
        by_edge = any(is_edge(place) for sort in order for place in sort.places.values())
        if by_edge and not computed and not self.dialect.orders_by_edges:
            clauses.append(f"WITH {self._listed(self._bound)}")
        return [each.name for each in computed], f" ORDER BY {', '.join(keys)}" if keys else ""

    def compute(self, clauses: list[str], computed: Sequence[Computed]) -> None:
        """Add the WITH that computes what the next clause orders or chooses by."""
        if computed:
            clauses += compute_before(self._listed(self._bound), computed)

    def paging(self, stage: Stage, ordering: str = "") -> str:
        """Return ORDER BY as it is given, SKIP and LIMIT, or nothing."""
        if stage.limit is not None and not ordering:
            ordering = self.any_order()
        add = self.expressions.add_count
        skip = "" if stage.skip is None else f" SKIP {add(stage.skip)}"
        return f"{ordering}{skip}" + ("" if stage.limit is None else f" LIMIT {add(stage.limit)}")

    def any_order(self) -> str:
        """Return an order by nothing, where a LIMIT may need one."""
        return self.dialect.render_any_order() if any(step.optional for step in self.selection.steps) else ""

    def finish(
        self,
        clauses: Iterable[str],
        wires: Iterable[Wire] = (),
        plan: Iterable[PlanColumn] = (),
        shape: Iterable[int] = (0,),
        *,
        single: bool = True,
        write: bool = False,
    ) -> CompiledSelect:
        """Return the compiled statement."""
        expressions = self.expressions
        return CompiledSelect(
            " ".join(clauses),
            expressions.parameters,
            tuple(wires),
            tuple(plan),
            tuple(shape),
            single,
            tuple(expressions.unbound),
            expressions.beside,
            write,
            bindings=expressions.bindings.found,
        )
