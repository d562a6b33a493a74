"""Polymorphic reads: the table that serves a class with its subclasses, or a union of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from weakref import ref

from runic.ogm.conversion.guards import is_tuple
from runic.ogm.exceptions import FieldValidationError, MetadataError
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, MutableMapping, Sequence

    from runic.ogm.cypher.statement import Columns, Row, Table, Wire
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Node
    from runic.ogm.model.state import Link

Identity: TypeAlias = "MutableMapping[str, dict[Any, Any]]"
"""The nodes of a session: by primary label, then by key."""


_OWN_ALIASES = frozenset({"n", *(f"{letter}{depth}" for letter in "nm" for depth in range(1, 10))})


class _Member(NamedTuple):
    """A class that rows of the table can become, and where its properties are in them."""

    cls: ref[type[Node]]
    positions: tuple[int, ...]
    primary_label: str


class Family:
    """The columns [properties..., labels?, id?] of a class or a union, and how their rows become entities.

    The properties of the classes asked for come first, then those of their subclasses; properties of one name and
    one form share a column. There are labels only where a node may become one of several classes, and an id only where
    somebody looks at it: on some databases it is as long as all else. Classes are held weakly, and a family is only
    good for one version of the registry: ask the mapper each time.
    """

    def __init__(self, mapper: Mapper, classes: Sequence[type[Node]]) -> None:
        self._mapper = mapper
        self._asked = tuple(ref(cls) for cls in classes)
        asked = [cls.__meta__.cls for cls in classes]
        members = dict.fromkeys([*asked, *(sub for cls in asked for sub in metadata.subclasses(cls))])
        places = [place for cls in members for place in mapper.entity(cls).places]
        self._places = {place: position for position, place in enumerate(dict.fromkeys(places))}
        self._labels = {label for cls in members for label in cls.__meta__.labels}
        self._columns: dict[str, list[str]] = {}
        self.texts: dict[object, str] = {}
        """Texts of statements that read this family alone, kept by whoever compiled them."""
        self._members: dict[Hashable, _Member] = {}
        self._only = self._member(asked[0]) if len(members) == 1 else None
        self.names = " or ".join(cls.__name__ for cls in asked)
        """The classes asked for, for messages."""
        self.labels_position = None if self._only is not None else len(self._places)
        """Where the labels are in a row, if it has them."""
        labels: tuple[Wire, ...] = () if self.labels_position is None else ("labels",)
        self.wires: Columns = (*(wire for _, wire in self._places), *labels, mapper.dialect.id_wire)
        """What each column holds."""
        self.bare_wires: Columns = self.wires[:-1]
        """What each column holds in a row without the id."""
        self.width = len(self.wires)
        """How many columns there are."""
        self.id_position = self.width - 1
        """Where the id is in a row that has it."""

    def row(self, alias: str, *, with_id: bool) -> tuple[list[str], Columns]:
        """Return the expressions of a row for the node `alias`, with or without its id, and what each holds."""
        found = self.columns(alias)
        return (found, self.wires) if with_id else (found[:-1], self.bare_wires)

    def columns(self, alias: str) -> list[str]:
        """Return the expressions of a whole row for the node `alias`."""
        found = self._columns.get(alias)
        if found is None:
            dialect = self._mapper.dialect
            properties: list[str] = []
            for graph_name, _ in self._places:
                column = dialect.render_property(alias, graph_name)
                while column in properties:  # a name may stand once in what is returned
                    column = f"coalesce({column})"
                properties.append(column)
            labels = [] if self.labels_position is None else [f"labels({alias})"]
            found = [*properties, *labels, dialect.render_id(alias)]
            if alias in _OWN_ALIASES:  # those that users choose have no bound
                self._columns[alias] = found
        return [*found]

    def load(self, rows: Table, nodes: Identity, link: Link, offset: int = 0, *, nullable: bool = False) -> list[Any]:
        """Return the entity of each row, found in `nodes` or made; they become the siblings of `link`.

        offset: where the table begins in the rows. nullable: rows without an id give None. Each row can be loaded
        once. Raises FieldValidationError for stored values that do not fit, MetadataError for a node that none of
        the classes fits.
        """
        if self._only is not None:
            loaded = self._load_as(self._only, rows, nodes, link, offset, nullable)
        else:
            loaded = self._load_mixed(rows, nodes, link, offset, nullable)
        if len(loaded) < 2:  # noqa: PLR2004 - a single entity and its siblings would only hold each other
            link.siblings = []
        else:
            link.siblings = [entity for entity in loaded if entity is not None] if nullable else list(loaded)
        return loaded

    def _load_mixed(self, rows: Table, nodes: Identity, link: Link, offset: int, nullable: bool) -> list[Any]:  # noqa: FBT001
        position = offset + self.id_position - 1
        groups: dict[Hashable, Table] = {labels: [] for labels in {row[position] for row in rows}}
        if len(groups) > 1:
            for row in rows:
                groups[row[position]].append(row)
        else:
            groups = dict.fromkeys(groups, rows)
        if () in groups and not self._mapper.dialect.reads_snapshots:
            raise self._vanished(groups[()][0])
        loaded = {
            labels: [None] * len(group)
            if labels is None and nullable
            else self._load_as(self._member_of(labels), group, nodes, link, offset, nullable)
            for labels, group in groups.items()
        }
        if len(loaded) == 1:
            return next(iter(loaded.values()))
        following: dict[Hashable, Callable[[], Any]] = {
            labels: iter(group).__next__ for labels, group in loaded.items()
        }
        return [following[row[position]]() for row in rows]

    def _vanished(self, row: Row) -> FieldValidationError:
        """Return the error for a node that was matched by a label and has none: it is being deleted."""
        error = FieldValidationError(self.names, "labels", "a stored node lost them while it was read")
        error.row = list(row)
        return error

    def _load_as(
        self,
        member: _Member,
        rows: Table,
        nodes: Identity,
        link: Link,
        offset: int,
        nullable: bool,  # noqa: FBT001
    ) -> list[Any]:
        if not rows:
            return []
        known = nodes.get(member.primary_label)
        if known is None:
            known = nodes[member.primary_label] = {}
        load = self._mapper.entity(self._alive(member)).loader(
            offset,
            member.positions,
            self.id_position,
            nullable=nullable,
            share_rows=_is_close(rows[0], self.width),
        )
        return load(rows, known, link)

    def _member(self, cls: type[Node]) -> _Member:
        places = self._mapper.entity(cls).places
        return _Member(ref(cls), tuple(self._places[place] for place in places), cls.__meta__.primary_label)

    def _alive(self, member: _Member) -> type[Node]:
        cls = member.cls()
        if cls is None:
            raise MetadataError(f"a class that was part of {self.names} does not exist any more; make the query anew")
        return cls

    def _member_of(self, labels: Hashable) -> _Member:
        """Return what a node with this value of `labels()` becomes."""
        found = self._members.get(labels)
        if found is None:
            asked = [cls for cls in (known() for known in self._asked) if cls is not None]
            cls = metadata.resolve(asked, self._carried(labels))
            if cls is None:
                raise MetadataError(
                    f"a node with the labels {labels} fits no class among {self.names} and their subclasses"
                )
            found = self._members[labels] = self._member(cls)
        return found

    def _carried(self, labels: Hashable) -> frozenset[str]:
        """Return which of the family's labels a node carries; an untyped reply spells all of them as one text."""
        if isinstance(labels, str):
            text = f", {labels[1:-1]}, " if labels.startswith("[") else f", {labels}, "
            return frozenset(label for label in self._labels if f", {label}, " in text)
        known = self._mapper.dialect.all_labels(labels) if is_tuple(labels) else ()
        return frozenset(self._labels.intersection(known))


def _is_close(row: Row, width: int) -> bool:
    """Tell whether a row holds little else than the entity's own columns, so that keeping it wastes no memory."""
    return len(row) <= width + 4
