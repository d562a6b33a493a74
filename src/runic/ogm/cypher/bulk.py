"""Batches of rows that no entity stands for, as sections: what bulk loading writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.cypher import persist
from runic.ogm.cypher.persist import Diagnosis, Section
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Row
    from runic.ogm.exceptions import OGMError
    from runic.ogm.mapping.mapper import EntityMapper
    from runic.ogm.model.metadata import NodeMeta, RelationMeta

    Explain = Callable[[int, object], OGMError | None]
    Locate = Callable[[int, int], tuple[str, str]]


def create_nodes(
    dialect: Dialect, mapper: EntityMapper, rows: list[Row], explain: Explain, locate: Locate, *, checked: bool
) -> list[Section]:
    """Make new nodes of whole rows; `checked`: the database itself refuses a key that is there."""
    meta: NodeMeta = mapper.meta
    index = mapper.index(meta.key.name)
    made = persist.render_create(dialect, mapper, meta)
    found = _found(dialect, meta, f"row[{index}]", explain)
    create = Section(made, rows, len(rows), found, locate)
    if checked:
        return [create]
    keys = [[row[index]] for row in rows]
    free = Section(persist.render_node(dialect, "n", meta, "row[0]"), keys, 0, _found(dialect, meta, "row[0]", explain))
    return [free, create]


def _found(dialect: Dialect, meta: NodeMeta, key: str, explain: Explain) -> Diagnosis:
    """Return how to find a row whose node is stored already."""
    match = persist.render_node(dialect, "n", meta, key)
    return Diagnosis(f"{match} WITH i, n LIMIT 1 WITH i, null AS detail", explain)


def merge_nodes(
    dialect: Dialect, mapper: EntityMapper, rows: list[Row], given: frozenset[int], locate: Locate
) -> list[Section]:
    """Make nodes or set them, by key: only the `given` columns of a node that is there, unless it lacks the others.

    A field that takes None may be without a value on purpose: only a new node has its default.
    """
    meta: NodeMeta = mapper.meta
    key = f" {{{quote(meta.key.graph_name)}: row[{mapper.index(meta.key.name)}]}}"
    labels = [meta.primary_label, *(label for label in meta.labels if label != meta.primary_label)]
    new = {
        index
        for index, prop in enumerate(mapper.properties)
        if index not in given and prop.nullable and any(row[index] is not None for row in rows)
    }
    changed = [index for index in range(len(mapper.codecs)) if index not in new]
    changes = _changes(dialect, mapper, changed, given, rows)
    made = _changes(dialect, mapper, sorted(new), frozenset(new), rows) if new else ""
    vectors = [
        dialect.render_property("n", mapper.properties[index].graph_name)
        for index in sorted(given)
        if mapper.codecs[index].kind == "vector"
    ]
    properties = persist.render_map(dialect, mapper)
    fits = persist.kin_test(dialect, meta)
    body = dialect.render_merge_node(labels, key, properties, changes, vectors, fits, made)
    return [persist.merge_section(dialect, mapper, body, rows, locate)]


def _changes(
    dialect: Dialect, mapper: EntityMapper, indexes: Sequence[int], given: frozenset[int], rows: Sequence[Row]
) -> str:
    """Return assignments of some properties, by index, from the columns of the rows."""
    assignments = [_change(dialect, mapper, index, given=index in given) for index in indexes]
    chosen = [[row[index] for index in indexes] for row in rows] if len(indexes) < len(mapper.codecs) else rows
    return persist.join_changes(dialect, assignments, 0, chosen)


def _change(dialect: Dialect, mapper: EntityMapper, index: int, *, given: bool) -> str:
    place = dialect.render_property("n", mapper.properties[index].graph_name)
    value = dialect.render_value(mapper.codecs[index], f"row[{index}]")
    if mapper.properties[index].options.version:
        return f"{place} = coalesce({place} + 1, {value})"
    return f"{place} = {value}" if given else f"{place} = coalesce({place}, {value})"


def merge_edges(  # noqa: PLR0913 - each has its name
    dialect: Dialect,
    relation: RelationMeta,
    ends: tuple[NodeMeta, NodeMeta],
    edge: EntityMapper | None,
    rows: Sequence[Row],
    explain: Explain,
    locate: Locate,
    *,
    keeps: bool,
) -> list[Section]:
    """Make sure of edges between the keys in the first two columns, and set their properties from the third on.

    keeps: an edge that is there keeps its properties; those of the rows are for new ones.
    """
    first, second = (
        persist.render_node(dialect, alias, meta, f"row[{column}]").replace("MATCH", "OPTIONAL MATCH", 1)
        for column, (alias, meta) in enumerate(zip("ab", ends, strict=True))
    )
    missing = Diagnosis(
        f"{first} {second} WITH i, a, b WHERE a IS NULL OR b IS NULL WITH i, a IS NULL AS detail", explain
    )
    matches, relate = (
        persist.render_ends(dialect, *ends),
        persist.render_relate(dialect, relation, edge, rows, keeps=keeps),
    )
    both = relation.direction == "BOTH"
    return persist.relate_sections(dialect, matches, relate, rows, missing, locate, undirected=both)
