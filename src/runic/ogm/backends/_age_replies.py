"""The columns of a reply, agtype each, to the rows of a statement's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.backends._agtype import parse, parse_entities, parse_scalars
from runic.ogm.codegen import build_function
from runic.ogm.cypher.statement import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.backends._age_text import Compiled, Packed, Source
    from runic.ogm.backends._agtype import LabelsOf, Text
    from runic.ogm.cypher.statement import Columns, Table

_PARTS = {"properties": "{entity}['properties'].get({name!r})", "labels": "labels_of({entity}['label'])"}


class Reader:
    """Reads the replies of one statement; it is made once for each text."""

    def __init__(self, compiled: Compiled, tables: Sequence[Columns]) -> None:
        self._compiled = compiled
        self._tables = [_make_table(packed, wires) for packed, wires in zip(compiled.tables, tables, strict=True)]

    def read(self, columns: Sequence[Sequence[Text]], labels_of: LabelsOf) -> Reply:
        """Return the tables of a reply that came as columns of texts."""
        if not self._tables:
            names = self._compiled.names
            values = [[_value(text, labels_of) for text in column] for column in columns[: len(names)]]
            return Reply([[list(row) for row in zip(*values, strict=True)]], names)
        if len(self._tables) == 1:
            return Reply([self._tables[0](columns, labels_of)])
        return Reply([make(part, labels_of) for make, part in zip(self._tables, self._parts(columns), strict=True)])

    def _parts(self, columns: Sequence[Sequence[Text]]) -> list[list[list[Text]]]:
        """Return the columns of each table, as the last column of a row tells its table."""
        places: list[list[int]] = [[] for _ in self._tables]
        for place, index in enumerate(columns[-1]):
            places[int(index or 0)].append(place)
        return [[[column[place] for place in chosen] for column in columns[:-1]] for chosen in places]


def _value(text: Text, labels_of: LabelsOf) -> Any:  # noqa: ANN401 - any value
    return None if text is None else parse(text, labels_of)


def _make_table(packed: Packed, wires: Columns) -> Callable[[Sequence[Sequence[Text]], LabelsOf], Table]:
    """Return a function from columns to rows."""
    entities = packed.entities
    used = sorted({source.column for source in packed.sources})
    if not used:
        return lambda _, __: []
    readers: dict[int, Callable[[Sequence[Text]], list[Any]]] = {
        column: parse_entities if column in entities else parse_scalars for column in used
    }
    plain = [f"v{source.column}" for source in packed.sources]
    values = ", ".join(
        _expression(source, wire, is_entity=source.column in entities)
        for source, wire in zip(packed.sources, wires, strict=True)
    )
    loop = ", ".join(f"v{column}" for column in used)
    lists = ", ".join(f"read{column}(columns[{column}])" for column in used)
    if plain == [values]:  # one column of values: no names are needed
        loop = plain[0]
    body = [f"return [[{values}] for {loop} in zip({lists}, strict=True)]"]
    if len(used) == 1:
        body = [f"return [[{values}] for {loop} in {lists}]"]
    return build_function("read_rows", "columns, labels_of", body, {f"read{c}": read for c, read in readers.items()})


def _expression(source: Source, wire: str, *, is_entity: bool) -> str:
    entity = f"v{source.column}"
    if not is_entity:
        return f"(None if {entity} is None else labels_of({entity}[0]))" if wire == "labels" else entity
    text = _PARTS.get(source.part, "{entity}[{part!r}]").format(entity=entity, name=source.name, part=source.part)
    return f"None if {entity} is None else {text}"
