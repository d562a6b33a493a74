"""Whatever a graph calls its labels, types and properties, the classes that are written for it read all of it."""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from runic.ogm import OGMError, metadata, select
from runic.ogm.identifiers import quote
from runic.ogm.inspection import inspect_graph, inspect_graph_async, write_models
from runic.ogm.model.registry import Snapshot

from . import hostile
from .harness import Database

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("registry")]
NAMES = st.sampled_from([
    "id", "name", "class", "self", "Field", "str", "list", "None", '"""', "a'b", "{x}", "a b", "1st", "größe", "ﬁx",
    "日本", *hostile.STRANGE_NAMES.values(),
])  # fmt: skip
VALUES = st.one_of(st.integers(-9, 9), st.sampled_from(["", "x", "ü"]), st.booleans(), st.sampled_from([0.5, 2.5]),
                   st.lists(st.integers(0, 3), max_size=2))  # fmt: skip
Nodes = list[tuple[set[str], Mapping[str, Any]]]
LABELS = st.sets(NAMES | st.sampled_from(["id", "name"]), min_size=1, max_size=3)
NODES = st.lists(st.tuples(LABELS, st.dictionaries(NAMES, VALUES, max_size=3)), min_size=1, max_size=6)
EDGES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["HAS", "); import os"]), st.integers(0, 5), VALUES), max_size=6
)


@pytest.mark.requires("supports_multiple_labels")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(nodes=NODES, edges=EDGES)
async def test_written_classes_read_the_graph(db: Database, nodes: Nodes, edges: list[Any]) -> None:
    try:
        await make(db, nodes, edges)
    except OGMError:
        reject()  # a graph that this database cannot hold: ArcadeDB knows no blank label
    description = await (inspect_graph_async(db.driver) if db.is_async else _given(inspect_graph(db.driver)))
    metadata.restore(Snapshot((), ()))
    module: Any = types.ModuleType("random_models")
    sys.modules[module.__name__] = module
    exec(compile(write_models(description), "random_models.py", "exec"), module.__dict__)
    async with db.session() as s:
        for node in description.nodes:
            found = await s.scalars(select(getattr(module, node.name)))
            wanted = [values for labels, values in nodes if labels.issuperset(node.labels)]
            assert len(found) == len(wanted)
            by_number = {_of(entity, "no"): entity for entity in found}
            for number, (labels, values) in enumerate(nodes):
                if labels.issuperset(node.labels):
                    # A node with the labels of two classes, neither of which is the other's parent, is in both: it has
                    # a class of its own, but is here asked for as the other one, which knows what it declares.
                    entity = by_number[number]
                    whole = labels == set(entity.__meta__.labels)
                    known = {prop.graph_name for prop in entity.__meta__.properties.values()}
                    names = [name for name in values if whole or name in known]
                    assert {name: _of(entity, name) for name in names} == {name: values[name] for name in names}
        count = sum(start < len(nodes) and end < len(nodes) for start, _, end, _ in edges)
        assert sum(edge.count for edge in description.edges) == count


async def make(db: Database, nodes: Nodes, edges: list[Any]) -> None:
    for number, (labels, values) in enumerate(nodes):
        properties = {**values, "no": number}
        assigned = ", ".join(f"{quote(name)}: $v{place}" for place, name in enumerate(properties))
        await db.execute(
            f"CREATE (:{':'.join(map(quote, sorted(labels)))} {{{assigned}}})",
            {f"v{place}": value for place, value in enumerate(properties.values())},
        )
    for start, kind, end, value in edges:
        text = f"MATCH (a {{no: $a}}), (b {{no: $b}}) CREATE (a)-[:{quote(kind)} {{value: $value}}]->(b)"
        await db.execute(text, {"a": start, "b": end, "value": value})


async def _given(value: Any) -> Any:
    return value


def _of(entity: Any, graph_name: str) -> Any:
    """Return the value of the property that the graph calls so."""
    (prop,) = [prop for prop in entity.__meta__.properties.values() if prop.graph_name == graph_name]
    return getattr(entity, prop.name)
