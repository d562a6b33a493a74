"""What a bulk load writes: chunks of nodes or of edges to sections, each chunk one unit."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from runic.ogm.bulk.columns import FieldReader, RowReader, check_columns, renamed
from runic.ogm.bulk.groups import Placed, grouped, parts
from runic.ogm.bulk.sources import ABSENT, chunks_of
from runic.ogm.cypher import bulk
from runic.ogm.exceptions import ConstraintViolationError, EntityNotFoundError, FieldValidationError, OGMError
from runic.ogm.model.indexes import indexed_fields
from runic.ogm.model.relations import RelationAttribute
from runic.ogm.session.arguments import check_node_class
from runic.ogm.session.names import names_of
from runic.ogm.session.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from runic.ogm.bulk.columns import Extra
    from runic.ogm.bulk.sources import Chunk, Rows
    from runic.ogm.cypher.persist import Section
    from runic.ogm.cypher.statement import Operation, Row
    from runic.ogm.driver import AsyncDriver, Driver
    from runic.ogm.mapping.mapper import EntityMapper, Mapper
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import ClassMeta, NodeMeta, RelationMeta

    Columns: TypeAlias = Mapping[str, str | None]
    Progress: TypeAlias = Callable[[int], object]

_first_two = itemgetter(0, 1)
Mode: TypeAlias = Literal["merge", "create"]
_BLANK = (None, "", ABSENT)
"""What is no key: a row that has it at one end is no edge."""


class Task(Protocol):
    """What is made of each chunk."""

    @property
    def metas(self) -> Sequence[NodeMeta]:
        """The classes whose keys are looked up."""
        ...

    @property
    def written(self) -> Sequence[ClassMeta]:
        """The classes whose properties are written."""
        ...

    @property
    def types(self) -> Sequence[str]:
        """The types of the edges that are written."""
        ...

    def sections(self, chunk: Chunk, unit: BulkUnit) -> tuple[list[Section], int]:
        """Return what writes a chunk, and how many rows of it that are."""
        ...


class BulkUnit(UnitOfWork):
    """Writes one chunk after the other, each as a unit of its own."""

    located = 0
    """The row, within its chunk, of the value that was asked for last."""
    _writing: tuple[Sequence[ClassMeta], str] = ((), "")
    """The classes that are written, and the numbers of the rows."""

    def locate(self, mapper: EntityMapper, rows: Sequence[int], column: int) -> Callable[[int, int], tuple[str, str]]:
        """Return what tells the entity and field of a value in a section, for errors of the backend."""

        def locate(row: int, place: int) -> tuple[str, str]:
            self.located = rows[row]
            return mapper.meta.name, mapper.properties[max(place - column, 0)].name

        return locate

    def refuse_flawed(self, mapper: EntityMapper, columns: Sequence[Sequence[Any]], chunk: Chunk) -> None:
        """Raise FieldValidationError for a value of an indexed field that its index could not hold."""
        for prop in self.keys.held(mapper.meta):
            flaw = self.dialect.first_index_flaw(columns[mapper.index(prop.name)])
            if flaw is not None:
                row, reason = flaw
                raise FieldValidationError(mapper.meta.name, prop.name, f"{reason} (row {chunk.number(row)})")

    def store(self, task: Task, chunk: Chunk) -> Operation[int]:
        """Write a chunk and make it lasting; return how many of its rows were written."""
        yield from self.keys.prepare(task.metas)
        yield from self.keys.learn(task.written)
        if self.dialect.undoes_names:
            yield from self.keys.introduce(names_of(task.written, task.types))
        sections, rows = task.sections(chunk, self)
        self._writing = task.written, f"{chunk.number(0)} to {chunk.number(chunk.size - 1)}"
        try:
            if rows:
                yield from self._send(sections)
        except FieldValidationError as error:
            reason = f"{error.reason} (row {chunk.number(self.located)})"
            raise FieldValidationError(error.entity, error.field, reason) from error
        try:
            yield from self.commit()
        except ConstraintViolationError as error:  # some databases look no sooner
            self._name_rows(error)
            raise
        return rows

    def _explain(self, error: ConstraintViolationError, sections: list[Section]) -> Operation[None]:
        """Raise an error that names the row which broke a constraint; if none is found, tell what can be told."""
        yield from super()._explain(error, sections)
        self._name_rows(error)

    def _name_rows(self, error: ConstraintViolationError) -> None:
        metas, rows = self._writing
        unique = [(meta, prop) for meta in metas for prop, _, is_unique in indexed_fields(meta) if is_unique]
        text = str(error)
        words = {*re.findall(r"\w+", text)}
        keys = [
            (meta, prop) for meta in metas for prop in meta.properties.values() if prop is getattr(meta, "key", None)
        ]
        named = [(meta, prop) for meta, prop in [*unique, *keys] if words & {prop.name, prop.graph_name}]
        fields = " or ".join(f"{meta.name}.{prop.name}" for meta, prop in named or unique)
        what = f" gives {fields} is taken, or is in two of them" if fields else " breaks it"
        error.args = (f"{text}: what one of the rows {rows}{what}",)


class NodeTask:
    """Rows that are nodes of one class."""

    def __init__(self, mapper: Mapper, cls: type[Node], mode: Mode, columns: Columns | None, extra: Extra) -> None:
        cls = check_node_class(cls)
        check_choice("mode", mode, ("merge", "create"))
        check_choice("extra", extra, ("refuse", "ignore"))
        check_columns(columns)
        self.meta = cls.__meta__
        self.metas = self.written = [self.meta]
        self.types: Sequence[str] = ()
        self._mapper = mapper.entity(cls)
        self._reader = RowReader(self._mapper)
        self._mode, self._columns = mode, columns
        self._extra: Extra = extra
        self._key = self._mapper.index(self.meta.key.name)

    def sections(self, chunk: Chunk, unit: BulkUnit) -> tuple[list[Section], int]:
        """Return what makes or sets the nodes of a chunk."""
        names = renamed(chunk, self._columns)
        self._reader.check(names, self._extra)
        if self._mode == "merge" and chunk.uneven:
            return self._merged_by_columns(chunk, names, unit), chunk.size
        values = self._values(chunk, names, unit)
        keys = values[self._key]
        rows: list[Row] = list(map(list, zip(*values, strict=True)))
        places: Sequence[int] = range(len(rows))
        last = dict(zip(keys, places, strict=True))
        if len(last) < len(rows):
            self._refuse_twice(chunk, keys)
            places = list(last.values())
            rows = [rows[place] for place in places]
        locate = unit.locate(self._mapper, places, 0)
        if self._mode == "merge":
            given = self._reader.given(names) | {self._key}
            return bulk.merge_nodes(unit.dialect, self._mapper, rows, given, locate), chunk.size
        checked = unit.keys.is_unique(self.meta)

        def explain(row: int, _: object) -> OGMError:
            return self._stored(keys[row], f"is stored already (row {chunk.number(row)})")

        return bulk.create_nodes(unit.dialect, self._mapper, rows, explain, locate, checked=checked), chunk.size

    def _values(self, chunk: Chunk, names: Mapping[str, str], unit: BulkUnit) -> list[list[Any]]:
        """Return a column of wire values for each field, which the database can hold."""
        values = self._reader.read(chunk, names)
        unit.refuse_flawed(self._mapper, values, chunk)
        if not self.meta.key.options.generated:
            unit.keys.refuse_flawed(self.meta, values[self._key])
        return values

    def _merged_by_columns(self, chunk: Chunk, names: Mapping[str, str], unit: BulkUnit) -> list[Section]:
        """Return what sets of each row the columns that it has, where others have more of them."""
        found: list[Placed] = []
        for part, places in parts(chunk):
            own = {source: name for source, name in names.items() if source in part.columns}
            given = self._reader.given(own) | {self._key}
            rows = zip(*self._values(part, own, unit), strict=True)
            found += [Placed(place, given, list(row)) for place, row in zip(places, rows, strict=True)]
        return [
            section
            for given, (rows, places) in grouped(found, self._key).items()
            for section in bulk.merge_nodes(
                unit.dialect, self._mapper, rows, given, unit.locate(self._mapper, places, 0)
            )
        ]

    def _refuse_twice(self, chunk: Chunk, keys: Sequence[Any]) -> None:
        if self._mode == "merge":
            return
        seen: dict[Any, int] = {}
        for row, key in enumerate(keys):
            before = seen.setdefault(key, row)
            if before != row:
                raise self._stored(key, f"is in the rows {chunk.number(before)} and {chunk.number(row)}")

    def _stored(self, key: object, where: str) -> ConstraintViolationError:
        return ConstraintViolationError(f"{self.meta.name} with {self.meta.key.name}={key!r} {where}: use mode='merge'")


class EdgeTask:
    """Rows that are edges of one relation, between nodes that are stored."""

    def __init__(
        self, mapper: Mapper, relation: object, ends: tuple[str, str], to: type[Node] | None, columns: Columns | None,
        extra: Extra,
    ) -> None:  # fmt: skip
        if not isinstance(relation, RelationAttribute):
            raise TypeError(f"relation must be a class's relation, such as Model.relation, not {relation!r}")
        check_choice("extra", extra, ("refuse", "ignore"))
        check_columns(columns)
        for argument, name in zip(("source", "target"), ends, strict=True):
            if not isinstance(name, str):
                raise TypeError(f"{argument} must be the name of a column, not {name!r}")
        self.relation: RelationMeta = relation.meta
        self.metas = [self.relation.owner.__meta__, _target(self.relation, to).__meta__]
        self._ends, self._columns = ends, columns
        self._extra: Extra = extra
        self._mappers = [mapper.entity(meta.cls) for meta in self.metas]
        self._keys = [FieldReader(m, m.index(m.meta.key.name)) for m in self._mappers]
        model = self.relation.edge_model
        self._edge = None if model is None else RowReader(mapper.entity(model))
        self.written = [] if model is None else [model.__meta__]
        self.types = [self.relation.type]

    def sections(self, chunk: Chunk, unit: BulkUnit) -> tuple[list[Section], int]:
        """Return what makes sure of the edges of a chunk."""
        for name in self._ends:
            if name not in chunk.columns:
                known = ", ".join(map(repr, chunk.columns))
                raise ValueError(f"the rows have no column {name!r} for the key of an end; they have {known}")
        chunk = self._with_ends(chunk)
        if not chunk.size:
            return [], 0
        edge, properties, keeps = self._properties(chunk)
        if edge is not None:
            unit.refuse_flawed(edge.mapper, properties, chunk)
        keys = [reader.read(chunk.columns[name], chunk) for reader, name in zip(self._keys, self._ends, strict=True)]
        for meta, values in zip(self.metas, keys, strict=True):
            unit.keys.refuse_flawed(meta, dict.fromkeys(values))
        turn = -1 if self.relation.direction == "INCOMING" else 1
        rows: list[Row] = list(map(list, zip(*keys[::turn], *properties, strict=True)))
        places = self._distinct(rows, edge)
        ends = (self.metas[::turn][0], self.metas[::turn][1])
        locate = unit.locate(edge.mapper if edge else self._mappers[0], places, 2)
        written = [rows[place] for place in places]
        explain = self._explain(chunk, keys, places)
        mapper = edge.mapper if edge else None
        sections = bulk.merge_edges(unit.dialect, self.relation, ends, mapper, written, explain, locate, keeps=keeps)
        return sections, chunk.size

    def _with_ends(self, chunk: Chunk) -> Chunk:
        """Return the rows of a chunk that have both keys."""
        columns = [chunk.columns[name] for name in self._ends]
        if not any(blank in column for column in columns for blank in _BLANK):
            return chunk
        pairs = zip(*columns, strict=True)
        return chunk.take([row for row, pair in enumerate(pairs) if not any(blank in pair for blank in _BLANK)])

    def _properties(self, chunk: Chunk) -> tuple[RowReader | None, list[list[Any]], bool]:
        """Return the reader of the edges' properties with their columns; None where an edge is only an edge.

        The last tells whether the rows say nothing of properties: then those of an edge that is stored stay.
        """
        names = {source: name for source, name in renamed(chunk, self._columns).items() if source not in self._ends}
        if self._edge is None:
            if names and self._extra == "refuse":
                owner, relation = self.relation.owner.__name__, self.relation.name
                raise FieldValidationError(owner, relation, f"has no edge_model, so {min(names)!r} cannot be stored")
            return None, [], False
        self._edge.check(names, self._extra)
        if not self._edge.fields:
            return None, [], False
        return self._edge, self._edge.read(chunk, names), not self._edge.given(names)

    def _distinct(self, rows: Sequence[Row], edge: RowReader | None) -> Sequence[int]:
        """Return the places of the rows that are left when of each edge only the last is."""
        key = None if edge is None else edge.mapper.meta.key
        third = None if edge is None or key is None else 2 + edge.mapper.index(key.name)
        either = self.relation.direction == "BOTH" and self.metas[0].primary_label == self.metas[1].primary_label
        if third is None and not either and len(set(map(_first_two, rows))) == len(rows):
            return range(len(rows))
        last: dict[tuple[Any, ...], int] = {}
        for place, row in enumerate(rows):
            own = None if third is None else row[third]
            turned = (row[1], row[0], own)
            last[turned if either and turned in last else (row[0], row[1], own)] = place
        return range(len(rows)) if len(last) == len(rows) else list(last.values())

    def _explain(
        self, chunk: Chunk, keys: Sequence[Sequence[Any]], places: Sequence[int]
    ) -> Callable[[int, object], OGMError]:
        incoming = self.relation.direction == "INCOMING"

        def explain(row: int, start_gone: object) -> OGMError:
            place = places[row]
            side = int((start_gone is True) is incoming)
            meta, key = self.metas[side], keys[side][place]
            return EntityNotFoundError(
                f"{self.relation!r}: no {meta.name} with {meta.key.name}={key!r} is stored (row {chunk.number(place)})"
            )

        return explain


def _target(relation: RelationMeta, to: type[Node] | None) -> type[Node]:
    """Return the class of the targets, whose keys the rows have."""
    if to is not None:
        to = check_node_class(to)
        if not issubclass(to, relation.targets):
            names = " or ".join(cls.__name__ for cls in relation.targets)
            raise ValueError(f"to must be a class that {relation!r} leads to: {names}, not {to.__name__}")
        return to
    if len({cls.__meta__.primary_label for cls in relation.targets}) > 1:
        names = " or ".join(cls.__name__ for cls in relation.targets)
        raise ValueError(f"{relation!r} leads to {names}: say with to= which of them the keys are of")
    return relation.targets[0]


def check_choice(argument: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise ValueError for an argument that is none of its choices."""
    if value not in choices:
        raise ValueError(f"{argument} must be one of {', '.join(map(repr, choices))}, not {value!r}")


class Loading:
    """One load: its operations, one a chunk, and how far it is. As a context it notes that on errors."""

    def __init__(
        self, driver: Driver | AsyncDriver, task: Task, rows: Rows, batch: int, progress: Progress | None
    ) -> None:
        if type(batch) is not int or batch < 1:
            raise ValueError(f"batch must be a positive int, not {batch!r}")
        if progress is not None and not callable(progress):
            raise TypeError(f"progress must be a function of the number of rows, or None, not {progress!r}")
        self._unit = BulkUnit(driver.dialect, driver.mapper, driver.keys)
        self._task, self._progress = task, progress
        self._chunks = chunks_of(rows, batch)
        self.stored = 0

    def operations(self) -> Iterator[Operation[None]]:
        """Yield what stores each chunk."""
        for chunk in self._chunks:
            yield self._store(chunk)

    def _store(self, chunk: Chunk) -> Operation[None]:
        self.stored += yield from self._unit.store(self._task, chunk)
        if self._progress is not None:
            self._progress(self.stored)

    def __enter__(self) -> Loading:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None and self.stored:
            error.add_note(f"{self.stored:,} rows of earlier batches are stored.")
