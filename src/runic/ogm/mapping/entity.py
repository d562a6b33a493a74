"""Entities of one class to rows and back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias
from weakref import ref

from runic.ogm.codegen import build_function
from runic.ogm.conversion.scalars import brief
from runic.ogm.exceptions import FieldValidationError
from runic.ogm.mapping import sources
from runic.ogm.mapping.columns import GLOBALS, make_column
from runic.ogm.mapping.sources import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Columns, Row, Table
    from runic.ogm.mapping.columns import Column
    from runic.ogm.model.state import Link

# Entities and their values are of the user's types, which are not known here.
Instance: TypeAlias = Any
Value: TypeAlias = Any
Meta: TypeAlias = Any  # NodeMeta or EdgeMeta: an EntityMapper serves both
Load: TypeAlias = "Callable[[Table, dict[Any, Any], Link], list[Any]]"

_ABSENT = object()
KEPT_SETS = 256
"""For how many sets of changed properties a class keeps its functions."""
_WRITTEN = {
    "dump": ("entities", sources.dump),
    "keys": ("entities", sources.keys),
    "renewals": ("entities", sources.renewals),
    "changed": ("entities", sources.changed),
    "snapshots": ("entities, rows", sources.snapshots),
}


class EntityMapper:
    """Maps one node or edge class for one dialect; what it does for many entities is generated for the class.

    properties, codecs and wires are in the order of the values in `_row`. The mapper lives as long as its class
    does; it holds the dialect weakly, so that a class outlives the drivers it was used with.
    """

    def __init__(self, cls: type[Any], dialect: Dialect) -> None:
        self.meta: Meta = cls.__meta__
        self.cls: type[Any] = self.meta.cls
        self._dialect = ref(dialect)
        self._columns = [
            make_column(index, prop, dialect.native) for index, prop in enumerate(self.meta.properties.values())
        ]
        self.properties = [column.prop for column in self._columns]
        self.codecs = [column.codec for column in self._columns]
        self.wires: Columns = tuple(column.codec.wire for column in self._columns)
        self.places = [column.place for column in self._columns]
        """(name in the graph, wire) of each property."""
        self._indexes = {column.name: column.index for column in self._columns}
        self._key: Column | None = None if self.meta.key is None else self._columns[self._indexes[self.meta.key.name]]
        self._masks: dict[int, tuple[int, ...]] = {}
        self._generated: dict[object, Callable[..., Any]] = {}
        self._changed_sets: dict[object, Callable[..., Any]] = {}
        self._loaders: dict[object, Load] = {}  # by what was asked for: get() asks each time

    # Descriptions

    def columns(self, alias: str) -> list[str]:
        """Return the expressions of all properties of `alias`."""
        dialect = self._dialect()
        if dialect is None:
            raise RuntimeError(f"the dialect that the mapper of {self.meta.name} was made for is gone")
        return [dialect.render_property(alias, prop.graph_name) for prop in self.properties]

    def index(self, name: str) -> int:
        """Return the place of a property in `_row`; raises KeyError if there is none of that name."""
        return self._indexes[name]

    # Entities to rows

    def dump(self, entities: Iterable[Instance]) -> Table:
        """Return the wire values of all properties; raises FieldValidationError."""
        rows: Table = self._function("dump")(entities)
        return rows

    def dump_values(self, entities: Iterable[Instance], indexes: Sequence[int]) -> Table:
        """Return the wire values of some properties; raises FieldValidationError."""
        rows: Table = self._partial("dump", indexes)(entities)
        return rows

    def keys(self, nodes: Iterable[Instance]) -> list[Value]:
        """Return the wire forms of the keys; raises FieldValidationError."""
        found: list[Value] = self._function("keys")(nodes)
        return found

    def renewals(self, entities: Iterable[Instance], indexes: Sequence[int]) -> Table:
        """Return the `_row` that each entity has once some properties of it, as they are now, are written."""
        rows: Table = self._partial("renewals", indexes)(entities)
        return rows

    def encode(self, name_or_index: str | int, value: Value) -> Value:
        """Return the wire form of a value of one property; raises FieldValidationError."""
        index = name_or_index if isinstance(name_or_index, int) else self._indexes[name_or_index]
        column = self._columns[index]
        try:
            return column.write(value)
        except Exception as error:
            raise FieldValidationError(self.meta.name, column.name, _reason(error)) from error

    def _dump_value(self, entity: Instance, column: Column) -> Value:
        value = getattr(entity, column.name, _ABSENT)
        if value is _ABSENT:
            reason = f"the attribute was deleted; set it to None to remove the property{self._named(entity)}"
            raise FieldValidationError(self.meta.name, column.name, reason)
        try:
            return column.write(value)
        except Exception as error:
            reason = f"{_reason(error)}{self._named(entity)}"
            raise FieldValidationError(self.meta.name, column.name, reason) from error

    def _refused(self, columns: Iterable[Column], entity: Instance, error: Exception) -> Exception:
        """Return the error that tells which value of an entity cannot be stored."""
        if entity is None:
            return error
        try:
            for column in columns:
                self._dump_value(entity, column)
        except FieldValidationError as precise:
            return precise
        return error

    def _named(self, entity: Instance) -> str:
        key = None if self._key is None else getattr(entity, self._key.name, None)
        return "" if self._key is None or key is None else f" (of the one with {self._key.name}={brief(key)})"

    # Changes

    def changed(self, entities: Iterable[Instance]) -> list[tuple[Instance, tuple[int, ...]]]:
        """Return the entities that differ from their `_row`, each with the indexes of the changed properties."""
        masks, indexes = self._masks, self._mask_indexes
        return [(entity, masks.get(mask) or indexes(mask)) for entity, mask in self._function("changed")(entities)]

    def _mask_indexes(self, mask: int) -> tuple[int, ...]:
        found = self._masks[mask] = tuple(index for index in range(len(self._columns)) if mask >> index & 1)
        return found

    def snapshot(self, entity: Instance) -> Row:
        """Return the `_row` of an entity that was just written."""
        return [
            self._dump_value(entity, column) if column.kept == "wire" else getattr(entity, column.name)
            for column in self._columns
        ]

    def snapshots(self, entities: Sequence[Instance], rows: Table) -> Table:
        """Return the `_row` that each entity has once it is written as `dump` gave it."""
        kept: Table = self._function("snapshots")(entities, rows)
        return kept

    def restore(self, entity: Instance, row: Row) -> None:
        """Set all properties back to what `row`, a `_row`, says."""
        for column in self._columns:
            value = row[column.index]
            setattr(entity, column.name, column.read(value) if column.kept == "wire" else value)

    # Rows to entities

    def loader(
        self,
        offset: int = 0,
        positions: tuple[int, ...] | None = None,
        id_position: int | None = None,
        *,
        nullable: bool = False,
        share_rows: bool = True,
    ) -> Load:
        """Return load(rows, known, link), which finds the entity of each row in `known` by its key, or makes it.

        positions: where each property is in a row, counted from `offset`, as is id_position. nullable: a row without
        an id gives None. share_rows: rows that begin with the properties in their order become `_row` themselves.
        Entities that are there already are not touched, but expired ones are filled; what was assigned to these is
        kept. A row can be loaded once only: it is changed. Raises FieldValidationError for values that do not fit.
        """
        asked = (offset, positions, id_position, nullable, share_rows)
        found = self._loaders.get(asked)
        if found is None:
            places = tuple(offset + position for position in (positions or range(len(self._columns))))
            share = share_rows and places == tuple(range(len(self._columns)))
            layout = Layout(places, offset + id_position if nullable and id_position is not None else None, share)
            found = self._loaders[asked] = self._generated.get(layout) or self._build_loader(layout)
        return found

    def make_edges(self, rows: Table, offset: int, link: Link, id_position: int | None = None) -> list[Any]:
        """Return a new edge with properties for each row; None where the id at `id_position` (if given) is null.

        `offset` is the position of the first property, `id_position` is counted from the row's begin.
        """
        layout = self._contiguous(offset, id_position)
        make = self._generated.get(("edges", layout))
        if make is None:
            make = self._build(("edges", layout), "rows, link", sources.make_edges(self._columns, layout), layout)
        edges: list[Any] = make(rows, link)
        return edges

    def load_values(self, entity: Instance, row: Row, offset: int, link: Link) -> None:
        """Fill an expired entity, node or edge, from a row whose properties begin at `offset`."""
        self._revive(self._contiguous(offset, None), entity, row, link)

    def _revive(self, layout: Layout, entity: Instance, row: Row, link: Link) -> None:
        wires = [row[position] for position in layout.positions]
        try:
            values = [column.read(wire) for column, wire in zip(self._columns, wires, strict=True)]
        except Exception as error:
            raise self._unreadable(layout, row, error) from error
        entity.__class__ = self.cls  # first: an expired entity would load what it is asked for
        entity._ogm = link
        entity._row = [
            wire if column.kept == "wire" else value
            for column, wire, value in zip(self._columns, wires, values, strict=True)
        ]
        for column, value in zip(self._columns, values, strict=True):
            if getattr(entity, column.name, _ABSENT) is _ABSENT:
                setattr(entity, column.name, value)

    def _contiguous(self, offset: int, id_position: int | None) -> Layout:
        return Layout(tuple(range(offset, offset + len(self._columns))), id_position, shares_row=False)

    def _unreadable(self, layout: Layout, row: Row | None, error: Exception) -> Exception:
        """Return the error that tells which stored value does not fit."""
        if row is None:
            return error
        for column in self._columns:
            wire = row[layout.positions[column.index]]
            try:
                column.read(wire)
            except Exception as cause:  # noqa: BLE001 - a converter may raise anything
                reason = f"the database holds {brief(wire)}, which does not fit: {_reason(cause)}"
                return FieldValidationError(self.meta.name, column.name, reason + self._stored_key(layout, row, column))
            if column is self._key and wire is None:
                reason = "a stored node has no key: give it one, or remove its label"
                keyless = FieldValidationError(self.meta.name, column.name, reason)
                keyless.row = list(row)  # where reads are no snapshots, the node may just have been deleted
                return keyless
        return error

    def _stored_key(self, layout: Layout, row: Row, column: Column) -> str:
        key = self._key
        return "" if key is None or key is column else f" ({key.name} {brief(row[layout.positions[key.index]])})"

    # Generated functions

    def _function(self, name: str) -> Callable[..., Any]:
        found = self._generated.get(name)
        if found is None:
            parameters, source = _WRITTEN[name]
            columns = [self._key] if name == "keys" and self._key is not None else self._columns
            found = self._build(name, parameters, source(columns))
        return found

    def _partial(self, name: str, indexes: Sequence[int]) -> Callable[..., Any]:
        """Return a function over some columns; of all the sets of columns that there may be, only the last are kept."""
        wanted = (name, *indexes)
        found = self._changed_sets.get(wanted)
        if found is None:
            parameters, source = _WRITTEN[name]
            if len(self._changed_sets) >= KEPT_SETS:
                self._changed_sets.clear()
            columns = [self._columns[index] for index in indexes]
            found = self._changed_sets[wanted] = self._compile(name, parameters, source(columns), columns=columns)
        return found

    def _build_loader(self, layout: Layout) -> Callable[..., Any]:
        if self._key is None:
            raise TypeError(f"{self.meta.name} has no key: nodes are loaded, edges are made with make_edges")
        return self._build(layout, "rows, known, link", sources.load_nodes(self._columns, self._key, layout), layout)

    def _build(
        self, cache_key: object, parameters: str, body: Iterable[str], layout: Layout | None = None
    ) -> Callable[..., Any]:
        built = self._generated[cache_key] = self._compile(cache_key, parameters, body, layout)
        return built

    def _compile(
        self,
        cache_key: object,
        parameters: str,
        body: Iterable[str],
        layout: Layout | None = None,
        columns: Sequence[Column] | None = None,
    ) -> Callable[..., Any]:
        names: dict[str, object] = {**GLOBALS, "cls": self.cls, "new": self.cls.__new__}
        names |= {"missing": _refuse_none, "missing_key": _refuse_none}
        names |= {"refused": partial(self._refused, self._columns if columns is None else columns)}
        if layout is not None:
            names |= {"unreadable": partial(self._unreadable, layout), "revive": partial(self._revive, layout)}
        for column in self._columns:
            names |= {f"encode{column.index}": column.encode, f"decode{column.index}": column.decode}
            names[f"differs{column.index}"] = column.differs
        name = "load" if layout is not None else str(cache_key)
        return build_function(name, parameters, body, names)


def _refuse_none() -> NoReturn:
    raise ValueError("may not be None")


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
