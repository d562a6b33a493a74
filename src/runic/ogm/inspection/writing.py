"""Classes to the text of a module: formatted, typed, and with no text of the graph outside of a literal."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import TYPE_CHECKING

from runic.ogm.inspection.types import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.inspection.description import (
        EdgeDescription,
        ModelDescription,
        NodeDescription,
        PropertyDescription,
        RelationDescription,
    )

WIDTH = 88
UNION = 3
"""So many targets stand in an annotation; more are named by `target=`."""
_ANY_VALUE = '''class AnyValue(TypeConverter[object]):
    """Leaves a value as the database holds it."""

    def to_graph(self, value: object) -> object:
        return value

    def from_graph(self, value: object) -> object:
        return value
'''


def write_models(description: ModelDescription) -> str:
    """Return the text of a Python module that declares the described classes."""
    parts = [
        *([_ANY_VALUE] if ANYTHING in _annotations(description) else []),
        *(_edge_class(edge) for edge in description.edges),
        *(_node_class(node, description) for node in description.nodes),
    ]
    head = ["\n".join([_title(description), "", "from __future__ import annotations"])]
    imports = "\n\n".join(_imports(description))
    notes = "\n#\n".join(_comment(note) for note in description.notes)
    head += [block for block in (imports, notes) if block]
    return "\n\n\n".join(["\n\n".join(head), *(part.rstrip("\n") for part in parts)]) + "\n"


def _title(description: ModelDescription) -> str:
    nodes = sum(node.count for node in description.nodes)
    return f'"""Classes for a graph of {nodes:,} nodes, read by `runic inspect`."""'


def _annotations(description: ModelDescription) -> set[str]:
    """Return the types of all properties."""
    return {prop.type for prop in _properties(description)}


def _properties(description: ModelDescription) -> list[PropertyDescription]:
    found = [prop for node in description.nodes for prop in node.properties]
    return found + [prop for edge in description.edges for prop in edge.properties]


def _imports(description: ModelDescription) -> Iterator[str]:
    used = _annotations(description)
    times = sorted(used & {"date", "datetime", "time", "timedelta"})
    if times:
        yield f"from datetime import {', '.join(times)}"
    relations = [relation for node in description.nodes for relation in node.relations]
    names = {
        "Node": bool(description.nodes),
        "Edge": bool(description.edges),
        "Field": any(map(_options, _properties(description))),
        "Relation": bool(relations),
        "GeoLocation": "GeoLocation" in used,
        "Vector": "Vector" in used,
        "TypeConverter": ANYTHING in used,
    }
    wanted = sorted(name for name, is_used in names.items() if is_used)
    if wanted:
        yield f"from runic.ogm import {', '.join(wanted)}"


def _edge_class(edge: EdgeDescription) -> str:
    head = layout(f"class {edge.name}(", ["Edge", f"type={literal(edge.type)}"], "):")
    lines = [head, f'    """{_counted(edge.count, edge.sampled, "edges")}"""', "", *map(_property, edge.properties)]
    return "\n".join(lines)


def _node_class(node: NodeDescription, description: ModelDescription) -> str:
    parents = [other for other in description.nodes if other.name in node.parents]
    bases = [*(node.parents or ["Node"]), *_labels(node, parents)]
    head = layout(f"class {node.name}(", bases, "):")
    body = [*map(_property, node.properties), *map(_relation, node.relations)]
    counted = _counted(node.count, node.sampled, "nodes")
    lines = [head, f'    """{counted}"""', *(["", *body] if body else [])]
    return "\n".join(lines)


def _counted(count: int, sampled: int, what: str) -> str:
    if count == 0:
        return "What others have in common."
    if count == 1:
        return f"One {what.removesuffix('s')}, which was read."
    if sampled >= count:
        return f"{count:,} {what}, all of which were read."
    return f"{count:,} {what}; their types are those of {sampled:,} that were read."


def _labels(node: NodeDescription, parents: list[NodeDescription]) -> Iterator[str]:
    inherited = [label for parent in parents for label in parent.labels]
    if list(node.labels) != [*inherited, node.name]:
        yield f"labels=[{', '.join(map(literal, node.labels))}]"
    if node.primary_label != (parents[0].primary_label if parents else node.labels[0]):
        yield f"primary_label={literal(node.primary_label)}"


def _property(prop: PropertyDescription) -> str:
    annotation = f"{prop.type} | None" if prop.optional else prop.type
    options = _options(prop)
    if not options:
        return f"    {prop.name}: {annotation}" + (" = None" if prop.optional else "")
    if prop.optional:
        options = ["default=None", *options]
    return layout(f"    {prop.name}: {annotation} = Field(", options, ")")


def _options(prop: PropertyDescription) -> list[str]:
    """Return what Field() has to be told, but for the default."""
    options = ["primary_key=True"] if prop.key else []
    if prop.name != prop.graph_name:
        options.append(f"name={literal(prop.graph_name)}")
    if prop.type == ANYTHING:
        options.append("converter=AnyValue()")
    return options


def _relation(relation: RelationDescription) -> str:
    options = [f"relationship={literal(relation.type)}"]
    if relation.direction != "OUTGOING":
        options.append(f'direction="{relation.direction}"')
    targets = " | ".join(relation.targets)
    prefix = _relation_prefix(relation, targets)
    if len(relation.targets) > UNION or width(prefix) > WIDTH:
        prefix = _relation_prefix(relation, "Node")
        names = [f'"{name}"' for name in relation.targets]
        options.append(f"target=({', '.join(names)}{',' if len(names) == 1 else ''})")
    if relation.edge is not None:
        options.append(f"edge_model={relation.edge}")
    return layout(prefix, options, ")")


def _relation_prefix(relation: RelationDescription, targets: str) -> str:
    annotation = f"list[{targets}]" if relation.many else f"{targets} | None"
    return f"    {relation.name}: {annotation} = Relation("


def _comment(note: str) -> str:
    lines = textwrap.wrap(note, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)


def layout(prefix: str, arguments: Sequence[str], suffix: str) -> str:
    """Return a call on one line, or with its arguments on one of their own, or on one each: as formatters do."""
    line = f"{prefix}{', '.join(arguments)}{suffix}"
    if width(line) <= WIDTH:
        return line
    indent = " " * (len(prefix) - len(prefix.lstrip()))
    inner = f"{indent}    {', '.join(arguments)}"
    if width(inner) > WIDTH:
        inner = "\n".join(_item(f"{indent}    ", argument) for argument in arguments)
    return f"{prefix}\n{inner}\n{indent}{suffix}"


def _item(indent: str, argument: str) -> str:
    """Return an argument on a line of its own; of one that is a list and too long, each item has its own."""
    line = f"{indent}{argument},"
    for opening, closing in (("[", "]"), ("(", ")")):
        name, found, rest = argument.partition(opening)
        if width(line) > WIDTH and found and rest.endswith(closing) and name in ("labels=", "target="):
            inner = "\n".join(f"{indent}    {item}," for item in split_literals(rest[:-1]))
            return f"{indent}{name}{opening}\n{inner}\n{indent}{closing},"
    return line


def split_literals(text: str) -> list[str]:
    """Return the string literals of a list of them."""
    items: list[str] = []
    start = position = 0
    while position < len(text):
        quote = text[position]
        end = position + 1
        while text[end] != quote:
            end += 2 if text[end] == "\\" else 1
        items.append(text[start : end + 1])
        start = position = end + 3  # past the quote, the comma and the blank
    return items


def literal(text: str) -> str:
    """Return a Python literal of any text, quoted as formatters do; what is not plainly printable is escaped."""
    single = text.count('"') > text.count("'")
    quote = "'" if single else '"'
    return quote + "".join(_character(character, quote) for character in text) + quote


def _character(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return f"\\{character}"
    if character.isprintable() and _columns(character) == 1:
        return character
    return character.encode("unicode_escape").decode()


def width(text: str) -> int:
    """Return how many columns a line takes, as formatters count."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
