"""Versions of what may have been stored before: the database counts them up, and says within the unit how far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from runic.ogm.cypher import persist
from runic.ogm.cypher.persist import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Row
    from runic.ogm.mapping.mapper import EntityMapper
    from runic.ogm.model.metadata import NodeMeta, RelationMeta

Receive: TypeAlias = "Callable[[list[list[Any]]], None]"


def node_versions(dialect: Dialect, mapper: EntityMapper, rows: Sequence[Row], receive: Receive) -> Iterator[Section]:
    """Read the versions of merged nodes: `receive` is given [index in rows, version]."""
    meta: Any = mapper.meta
    if meta.version is not None:
        key, version = mapper.index(meta.key.name), dialect.render_property("n", meta.version.graph_name)
        asked = [[index, row[key]] for index, row in enumerate(rows)]
        body = persist.render_node(dialect, "n", meta, "row[1]")
        yield Section(body, asked, value=f"collect([row[0], {version}])", receive=receive)


def edge_versions(
    dialect: Dialect, mapper: EntityMapper, relation: RelationMeta, ends: tuple[NodeMeta, NodeMeta],
    rows: Sequence[Row], receive: Receive,
) -> Iterator[Section]:  # fmt: skip
    """Read the versions of related edges, whose rows begin with the keys of their ends, as `node_versions` does."""
    meta: Any = mapper.meta
    if meta.version is None:
        return
    version, condition, key = dialect.render_property("r", meta.version.graph_name), "", None
    if meta.key is not None:
        key = 2 + mapper.index(meta.key.name)
        condition = f"{dialect.render_property('r', meta.key.graph_name)} = row[2]"
    asked = [[row[0], row[1], None if key is None else row[key], index] for index, row in enumerate(rows)]
    match = persist.render_edge_match(relation.type, undirected=relation.direction == "BOTH", condition=condition)
    body = f"{persist.render_ends(dialect, *ends)} {match}"
    yield Section(body, asked, value=f"collect([row[3], {version}])", receive=receive)
