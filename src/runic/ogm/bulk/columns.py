"""Columns of a source to the rows that a statement takes: checked and converted as entities would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, cast

from runic.ogm.bulk.sources import ABSENT, Absent
from runic.ogm.bulk.text import parser_of
from runic.ogm.exceptions import FieldValidationError
from runic.ogm.model.fields import MISSING
from runic.ogm.model.keys import make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.bulk.sources import Chunk
    from runic.ogm.mapping.mapper import EntityMapper
    from runic.ogm.model.metadata import PropertyMeta

    Values: TypeAlias = "Sequence[Any]"

Extra: TypeAlias = Literal["refuse", "ignore"]
"""What becomes of a column that no field has the name of."""


class FieldReader:
    """Reads the column of one field."""

    def __init__(self, mapper: EntityMapper, index: int) -> None:
        self.mapper, self.index = mapper, index
        self.prop: PropertyMeta = mapper.properties[index]
        self._codec = mapper.codecs[index]
        self._parse = parser_of(self.prop)
        self._default = _default_of(self.prop)

    def read(self, values: Values, chunk: Chunk) -> Values:
        """Return the wire values of a column; FieldValidationError that tells the row of one that does not fit."""
        kinds = set(map(type, values))
        if str in kinds and (self._parse is not None or chunk.is_text):
            values = self._parsed(values, chunk)
            kinds = set(map(type, values))
        if Absent in kinds:
            values = [self._made(chunk, row) if value is ABSENT else value for row, value in enumerate(values)]
            kinds = set(map(type, values))
        if self._codec.exact is not None and kinds == {self._codec.exact}:
            return values
        encode = self._codec.encode
        try:
            if type(None) not in kinds:
                return list(map(encode, values))
            if self.prop.nullable:
                return [None if value is None else encode(value) for value in values]
        except Exception as error:  # noqa: BLE001 - a converter may raise anything
            self._refuse(values, chunk, error)
        return self._refuse(values, chunk)

    def defaults(self, chunk: Chunk) -> Values:
        """Return the wire values of a field that has no column."""
        return self.read([self._made(chunk, row) for row in range(chunk.size)], chunk)

    def _made(self, chunk: Chunk, row: int) -> object:
        if self._default is None:
            raise self._error(chunk, row, "there is no value, and the field has no default")
        return self._default()

    def _parsed(self, values: Values, chunk: Chunk) -> list[Any]:
        parse, blank = self._parse, self._blank(chunk)
        found: list[Any] = []
        try:
            for value in values:
                text = type(value) is str
                if text and not value:
                    found.append(blank)
                else:
                    found.append(parse(value) if text and parse is not None else value)
        except Exception as error:  # a converter or a type of the user's may raise anything
            reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            raise self._error(chunk, len(found), reason) from error
        return found

    def _blank(self, chunk: Chunk) -> object:
        """Return what an empty text means."""
        if self._parse is None and (not chunk.is_text or (self._default is None and not self.prop.nullable)):
            return ""
        return None if self.prop.nullable else ABSENT

    def _refuse(self, values: Values, chunk: Chunk, cause: Exception | None = None) -> NoReturn:
        for row, value in enumerate(values):
            if value is None and not self.prop.nullable:
                raise self._error(chunk, row, "may not be None")
            try:
                self.mapper.encode(self.index, value)
            except FieldValidationError as error:
                raise self._error(chunk, row, error.reason) from cause
        raise AssertionError("unreachable: one of the values was refused") from cause

    def _error(self, chunk: Chunk, row: int, reason: str) -> FieldValidationError:
        return FieldValidationError(self.mapper.meta.name, self.prop.name, f"{reason} (row {chunk.number(row)})")


def _default_of(prop: PropertyMeta) -> Callable[[], object] | None:
    """Return what makes the value of a field that is not given, or None if it must be."""
    options = prop.options
    if options.default_factory is not None:
        return options.default_factory
    if options.default is not MISSING and not (options.generated and options.default is None):
        return lambda: options.default
    if options.generated:
        return lambda: make_key(prop)
    if options.version:
        return lambda: 1
    return (lambda: None) if prop.nullable else None


class RowReader:
    """Reads whole rows of one class: a column for each field, by its name here or in the graph."""

    def __init__(self, mapper: EntityMapper) -> None:
        self.mapper = mapper
        self.fields = [FieldReader(mapper, index) for index in range(len(mapper.properties))]
        self._by_name = {field.prop.graph_name: field for field in self.fields}
        self._by_name |= {field.prop.name: field for field in self.fields}

    def given(self, columns: Mapping[str, str]) -> frozenset[int]:
        """Return the indexes of the fields that have a column."""
        return frozenset(self._by_name[name].index for name in columns.values() if name in self._by_name)

    def read(self, chunk: Chunk, columns: Mapping[str, str]) -> list[list[Any]]:
        """Return a column of wire values for each field; `columns` maps those of the chunk to fields."""
        sources = {self._by_name[name].index: source for source, name in columns.items() if name in self._by_name}
        return [
            list(
                field.read(chunk.columns[sources[field.index]], chunk)
                if field.index in sources
                else field.defaults(chunk)
            )
            for field in self.fields
        ]

    def check(self, columns: Mapping[str, str], extra: Extra, besides: Sequence[str] = ()) -> None:
        """Raise FieldValidationError for a column that is no field's, and for two of one field."""
        seen: dict[int, str] = {}
        for source, name in columns.items():
            field = self._by_name.get(name)
            if field is None:
                if extra == "refuse" and source not in besides:
                    known = ", ".join(other.prop.name for other in self.fields)
                    raise FieldValidationError(
                        self.mapper.meta.name,
                        str(name),
                        f"a column has this name, but no field has; there are: {known}",
                    )
            elif (other := seen.setdefault(field.index, source)) != source:
                reason = f"the columns {other!r} and {source!r} both are this field"
                raise FieldValidationError(self.mapper.meta.name, field.prop.name, reason)


def check_columns(columns: object) -> None:
    """Raise TypeError unless `columns` maps names of columns to names of fields, or to None."""
    if columns is None:
        return
    given = dict(cast("Mapping[object, object]", columns)) if isinstance(columns, Mapping) else {None: None}
    if not all(isinstance(source, str) and isinstance(name, str | None) for source, name in given.items()):
        raise TypeError(f"columns must be a mapping of columns to fields, or to None, not {columns!r}")


def renamed(chunk: Chunk, columns: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return the field's name of each column of a chunk; those renamed to None are left out."""
    unknown = (columns or {}).keys() - chunk.columns.keys()
    if unknown:
        known = ", ".join(map(repr, chunk.columns))
        raise ValueError(f"columns renames {min(unknown)!r}, which the rows do not have; they have {known}")
    names = {source: (columns or {}).get(source, source) for source in chunk.columns}
    return {source: name for source, name in names.items() if name is not None}
