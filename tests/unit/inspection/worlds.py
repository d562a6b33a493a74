"""Graphs that only a hostile mind would make, as the facts that are read of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from runic.ogm.inspection.facts import EdgeFacts, Facts, NodeFacts, Values

HOSTILE = [
    "id", "name", "class", "None", "self", "str", "list", "Field", "Node", "date", "to_dict", "source", "__init__",
    '"""', "'''", 'a"b', "a'b", "a\\", "\\", "\\n", "{x}", "$x", "#", "# type: ignore", "a b", " ", "1st", "ﬁx", "Ⅷ",
    "naïve", "_x", "größe", "日本", "עברית", "x" * 255, '"' * 90, "'\"" * 40, "); import os; os.abort(", "labels",
    "type", "HAS_PART", "HasPart", "has_part", "\xe9", "e\u0301", "🦊", "AnyValue", "a.b", "a-b", "x²",
]  # fmt: skip
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="`"), min_size=1, max_size=12),
)
VALUES: list[list[Any]] = [["a", "b"], [1, 2], [1, 2.5], [True], [[1], []], [["a"]], [[]], [1, "a"], [{"a": 1}], [None]]


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    """Return facts of a graph with hostile names, hierarchies, relations of all kinds and values of all types."""
    labels = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    sets = draw(st.lists(st.frozensets(st.sampled_from(labels), min_size=1, max_size=3), min_size=1, max_size=5))
    facts = Facts(unlabelled=draw(st.integers(0, 1)), unnamed={"\n`": "label"})
    keys = {label: draw(names) for label in labels}
    for known in dict.fromkeys(sets):
        count = draw(st.integers(1, 3))
        properties = {keys[label]: Values(count, [f"k{i}" for i in range(count)]) for label in sorted(known)}
        for name in draw(st.lists(names, max_size=4)):
            properties.setdefault(name, Values(draw(st.integers(1, count)), draw(st.sampled_from(VALUES))))
        facts.nodes[known] = NodeFacts(known, count, count, properties)
    facts.keys = {label: key for label, key in keys.items() if draw(st.integers(0, 4))}
    for kind in draw(st.lists(names, max_size=3, unique=True)):
        facts.edges[kind] = draw(_edges(kind, list(facts.nodes)))
    return facts


@st.composite
def _edges(draw: st.DrawFn, kind: str, sets: list[frozenset[str]]) -> EdgeFacts:
    ends = draw(st.dictionaries(st.tuples(st.sampled_from(sets), st.sampled_from(sets)), st.just(2), min_size=1))
    found = EdgeFacts(kind, 2 * len(ends), 2, ends)
    found.properties = {name: Values(2, draw(st.sampled_from(VALUES))) for name in draw(st.lists(names, max_size=3))}
    found.fan_out = {start: draw(st.integers(1, 2)) for start, _ in ends}
    found.fan_in = {end: draw(st.integers(1, 2)) for _, end in ends}
    found.parallel = draw(st.integers(0, 1))
    if found.parallel and found.properties and draw(st.booleans()):
        found.key = min(found.properties)
        found.properties[found.key] = Values(found.count, ["a", "b"])
    return found
