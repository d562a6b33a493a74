"""Writes of a unit of work: each batch is a section over its rows, and the sections are one unit.

Where several statements can be undone together each section is one statement of a transaction. Where they cannot
(FalkorDB) all sections are one statement, guarded by the counts that they must reach: a division by zero undoes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.patterns import render_targets
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import ConstraintViolationError
from runic.ogm.identifiers import quote
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Columns, Row, Wire
    from runic.ogm.exceptions import OGMError
    from runic.ogm.mapping.mapper import EntityMapper
    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import NodeMeta, RelationMeta


@dataclass(eq=False, slots=True)
class Pair:
    """What is staged for the edges of one type between two nodes: removal, then a relate, or one of them."""

    relation: RelationMeta
    start: Node
    end: Node
    key: Any = None
    remove: bool = False
    told: bool = False  # the removal was asked for by unrelate(), so that a later assignment makes the edge anew
    add: bool = False
    edge: Edge | None = None
    stated: bool = False  # relate() asked for it, so that the edge may be stored already


@dataclass(frozen=True)
class Diagnosis:
    """How to find out which rows of a section failed: a statement that returns the indexes of rows, and their error."""

    body: str  # after UNWIND of [index, row]: leaves `i`, and maybe `detail`
    explain: Callable[[int, object], OGMError | None]  # None: that row is no fault
    undone: bool = False  # it finds what was there before, so that what the section did must be undone first


@dataclass(frozen=True)
class Section:
    """One batch: what is done with each row, and how many results that must give (None: any number)."""

    body: str
    rows: Sequence[Row]
    expected: int | None = None
    diagnosis: Diagnosis | None = None
    locate: Callable[[int, int], tuple[str, str]] | None = None  # (row, column) -> (entity, field), for messages
    value: str = "count(*)"
    receive: Callable[[Any], None] | None = None  # what is to be told the value

    @property
    def wire(self) -> Wire:
        """What the value travels as."""
        return "int" if self.receive is None else "any"


def compile_section(section: Section) -> Statement:
    """Return a section as a statement of its own, whose one value is its count, or what it reads."""
    text = f"UNWIND $r0 AS row {section.body} RETURN {section.value} AS c0"
    return Statement(text, {"r0": section.rows}, ((section.wire,),), write=True, origin="flush")


def compile_guarded(sections: Sequence[Section]) -> Statement:
    """Return all sections as one statement that fails, and so leaves nothing, unless each reaches its count."""
    parameters: dict[str, object] = {}
    calls: list[str] = []
    conditions: list[str] = []
    for index, section in enumerate(sections):
        parameters[f"r{index}"] = section.rows
        calls.append(f"CALL {{ UNWIND $r{index} AS row {section.body} RETURN {section.value} AS c{index} }}")
        if section.expected is not None:
            parameters[f"e{index}"] = section.expected
            conditions.append(f"c{index} = $e{index}")
    counts = ", ".join(f"c{index}" for index in range(len(sections)))
    guard = (
        f" WITH {counts}, 1 / (CASE WHEN {' AND '.join(conditions)} THEN 1 ELSE 0 END) AS guard" if conditions else ""
    )
    text = f"{' '.join(calls)}{guard} RETURN {counts}"
    wires: Columns = tuple(section.wire for section in sections)
    return Statement(text, parameters, (wires,), write=True, origin="flush")


def compile_diagnosis(section: Section, diagnosis: Diagnosis) -> Statement:
    """Return a read that finds the rows of a section that cannot be done."""
    rows = [[index, row] for index, row in enumerate(section.rows)]
    text = f"UNWIND $rows AS pair WITH pair[0] AS i, pair[1] AS row {diagnosis.body} RETURN i, detail"
    return Statement(text, {"rows": rows}, (("int", "any"),), origin="flush")


def render_map(dialect: Dialect, mapper: EntityMapper, first: int = 0) -> str:
    """Return the properties of a new node or edge as a map over the columns of `row`, from `first` on."""
    pairs = [
        f"{quote(prop.graph_name)}: {dialect.render_value(codec, f'row[{first + index}]')}"
        for index, (prop, codec) in enumerate(zip(mapper.properties, mapper.codecs, strict=True))
    ]
    return f" {{{', '.join(pairs)}}}" if pairs else ""


def render_changes(  # noqa: PLR0913 - each option has its name
    dialect: Dialect, mapper: EntityMapper, alias: str, indexes: Sequence[int], first: int, rows: Sequence[Row],
    *, counts: bool = False, keeps: bool = False,
) -> str:  # fmt: skip
    """Return assignments of some properties, by index, from the columns of `row` from `first` on.

    counts: a version that is there already is counted up instead, so that who read an older one learns of the change.
    keeps: what is there already stays.
    """
    assignments: list[str] = []
    for position, index in enumerate(indexes):
        prop = mapper.properties[index]
        place = dialect.render_property(alias, prop.graph_name)
        value = dialect.render_value(mapper.codecs[index], f"row[{first + position}]")
        counted = f"coalesce({place} + 1, {value})" if counts and prop.options.version else value
        counted = f"coalesce({place}, {value})" if keeps else counted
        assignments.append(f"{place} = {counted}")
    return join_changes(dialect, assignments, first, rows)


def join_changes(dialect: Dialect, assignments: Sequence[str], first: int, rows: Sequence[Row]) -> str:
    """Return assignments, from the columns of the rows from `first` on, as what follows SET."""
    removed: set[int] = set()
    if not dialect.removes_together:
        for row in rows:
            if row.count(None) > 1:
                removed.update(place for place in range(len(assignments)) if row[first + place] is None)
    return dialect.render_changes(
        [text for place, text in enumerate(assignments) if place not in removed],
        [text for place, text in enumerate(assignments) if place in removed],
    )


def render_set(
    dialect: Dialect, mapper: EntityMapper, alias: str, indexes: Sequence[int], first: int, rows: Sequence[Row]
) -> str:
    """Return SET of some properties, or nothing if there are none."""
    changes = render_changes(dialect, mapper, alias, indexes, first, rows)
    return dialect.render_set(alias, changes, _vectors(dialect, mapper, alias, indexes)) if changes else ""


def _vectors(dialect: Dialect, mapper: EntityMapper, alias: str, indexes: Iterable[int]) -> list[str]:
    return [
        dialect.render_property(alias, mapper.properties[index].graph_name)
        for index in indexes
        if mapper.codecs[index].kind == "vector"
    ]


def render_create(dialect: Dialect, mapper: EntityMapper, meta: NodeMeta) -> str:
    """Return what makes a node of the whole row."""
    return f"CREATE (n{dialect.render_labels(meta.labels)}{render_map(dialect, mapper)})"


def render_merge(dialect: Dialect, mapper: EntityMapper, meta: NodeMeta, rows: Sequence[Row]) -> str:
    """Return what makes or finds a node by its key, the row's column of it, and sets the whole row."""
    every = range(len(mapper.properties))
    labels = [meta.primary_label, *(label for label in meta.labels if label != meta.primary_label)]
    key = f" {{{quote(meta.key.graph_name)}: row[{mapper.index(meta.key.name)}]}}"
    properties = render_map(dialect, mapper)
    changes = render_changes(dialect, mapper, "n", every, 0, rows, counts=True)
    fits = kin_test(dialect, meta)
    return dialect.render_merge_node(labels, key, properties, changes, _vectors(dialect, mapper, "n", every), fits)


def kin_test(dialect: Dialect, meta: NodeMeta) -> Callable[[str], str] | None:
    """Return what renders that a node of a key may be of a class; None where every node that has the key may.

    It may not be of a class beside this one, which has a label that this one lacks, and the other way round.
    """
    own = frozenset(meta.labels)
    others = [] if len(own) == 1 else [frozenset(cls.__meta__.labels) for cls in metadata.all_nodes()
                                       if cls.__meta__.primary_label == meta.primary_label]  # fmt: skip
    strange = {labels - own for labels in others if not (labels <= own or own <= labels)}
    if not strange:
        return None
    alike = [sorted(labels) for labels in strange if not any(other < labels for other in strange)]

    def fits(alias: str) -> str:
        tests = [f"NOT ({dialect.render_label_test(alias, labels)})" for labels in sorted(alike)]
        mine = dialect.render_label_test(alias, sorted(own - {meta.primary_label}))
        return f"(({mine}) OR ({' AND '.join(tests)}))"

    return fits


def merge_section(
    dialect: Dialect, mapper: EntityMapper, body: str, rows: Sequence[Row],
    locate: Callable[[int, int], tuple[str, str]] | None,
) -> Section:  # fmt: skip
    """Return the batch of a merge; where a node keeps the one label it was made with, one of another class fails it."""
    meta: NodeMeta = mapper.meta
    if dialect.counts_merged:
        return Section(body, rows, len(rows), _found_strange(dialect, mapper, rows), locate)
    if dialect.supports_multiple_labels or len(meta.labels) == 1:
        return Section(body, rows, None, None, locate)
    index = mapper.index(meta.key.name)
    other = f"NOT {dialect.render_label_test('n', meta.labels)}"
    found = render_node(dialect, "n", meta, f"row[{index}]", other)

    def explain(i: int, _: object) -> OGMError:
        return ConstraintViolationError(
            f"the {meta.primary_label} with {meta.key.name}={rows[i][index]!r} is stored as another class than "
            f"{meta.name}, and a node of {dialect.name} keeps the label that it was made with: delete it first"
        )

    diagnosis = Diagnosis(f"{found} WITH i, n LIMIT 1 WITH i, null AS detail", explain)
    whole = f"{found} RETURN count(*) AS c0 UNION ALL UNWIND $r0 AS row {body}"
    return Section(whole, rows, 0, diagnosis, locate)


def _found_strange(dialect: Dialect, mapper: EntityMapper, rows: Sequence[Row]) -> Diagnosis | None:
    meta: NodeMeta = mapper.meta
    fits = kin_test(dialect, meta)
    if fits is None:
        return None
    index = mapper.index(meta.key.name)
    found = render_node(dialect, "n", meta, f"row[{index}]", f"NOT {fits('n')}")

    def explain(i: int, _: object) -> OGMError:
        return ConstraintViolationError(
            f"the {meta.primary_label} with {meta.key.name}={rows[i][index]!r} is stored as another class than "
            f"{meta.name}, which shares its keys: use that class, or delete it first"
        )

    return Diagnosis(f"{found} WITH i, n LIMIT 1 WITH i, null AS detail", explain)


def render_node(dialect: Dialect, alias: str, meta: NodeMeta, value: str, condition: str = "") -> str:
    """Return the match of a node by its key, and perhaps a condition."""
    return dialect.render_keyed_node(alias, meta.primary_label, meta.key.graph_name, value, condition)


def render_ends(dialect: Dialect, start: NodeMeta, end: NodeMeta) -> str:
    """Return the matches of an edge's two nodes, `a` and `b`, by the keys in the first two columns."""
    return f"{render_node(dialect, 'a', start, 'row[0]')} {render_node(dialect, 'b', end, 'row[1]')}"


def render_relate(
    dialect: Dialect, relation: RelationMeta, edge: EntityMapper | None, rows: Sequence[Row], *, keeps: bool = False
) -> str:
    """Return what makes sure of an edge between `a` and `b`, and sets its properties from the third column on.

    keeps: an edge that is there keeps the properties that it has.
    """
    kind, key, properties, changes = f":{quote(relation.type)}", "", "", ""
    vectors: list[str] = []
    if edge is not None:
        properties = render_map(dialect, edge, first=2)
        every = range(len(edge.properties))
        changes = render_changes(dialect, edge, "r", every, 2, rows, counts=not keeps, keeps=keeps)
        vectors = [] if keeps else _vectors(dialect, edge, "r", every)
        if edge.meta.key is not None:
            column = 2 + edge.index(edge.meta.key.name)
            key = f" {{{quote(edge.meta.key.graph_name)}: row[{column}]}}"
    if relation.direction == "BOTH":
        return dialect.render_undirected_relate(kind, key, properties, changes)
    return dialect.render_relate(kind, key, properties, changes, vectors)


def relate_sections(
    dialect: Dialect, ends: str, relate: str, rows: Sequence[Row], missing: Diagnosis,
    locate: Callable[[int, int], tuple[str, str]] | None, *, undirected: bool = False,
) -> list[Section]:  # fmt: skip
    """Return the batch that makes sure of edges; where this cannot count them all, the ends are counted before."""
    lock = dialect.render_ends_lock() if undirected else ""
    ends = f"{ends} {lock} WITH row {ends}" if lock else ends
    body = f"{ends} {relate}"
    if not dialect.counts_merged:
        body = f"{ends} RETURN count(*) AS c0 UNION ALL UNWIND $r0 AS row {body}"
    return [Section(body, rows, len(rows), missing, locate)]


def render_edge_match(kind: str, *, undirected: bool, condition: str) -> str:
    """Return the match of the edges `r` between `a` and `b`."""
    where = f" WHERE {condition}" if condition else ""
    return f"MATCH (a)-[r:{quote(kind)}]-{'' if undirected else '>'}(b){where}"


def render_replace(dialect: Dialect, relation: RelationMeta, source: NodeMeta, target: type[Node]) -> str:
    """Return what removes the edges of a relation to nodes of `target` whose keys are not in the second column."""
    left = "<-" if relation.direction == "INCOMING" else "-"
    right = "->" if relation.direction == "OUTGOING" else "-"
    labels, _ = render_targets(dialect, (target,), "b")
    key = dialect.render_property("b", target.__meta__.key.graph_name)
    return (
        f"{render_node(dialect, 'a', source, 'row[0]')} MATCH (a){left}[r:{quote(relation.type)}]{right}(b{labels}) "
        f"WHERE NOT {key} IN row[1] DELETE r"
    )
