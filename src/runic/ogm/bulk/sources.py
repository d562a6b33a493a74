"""Where rows come from: mappings, CSV, Parquet, Arrow and DataFrames, read in chunks of columns."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from itertools import count, islice
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from runic.ogm.exceptions import OGMError
from runic.ogm.extras import load_extra


class Absent:
    """Stands where a row does not have a column that others of its chunk have."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
_LONGEST_CELL: Final = 2**31 - 1  # what fits into a C long everywhere
_bound = Lock()


@dataclass(frozen=True)
class Chunk:
    """Some rows as columns; `first` is the number of the first one, counted from 1.

    is_text: all values are text, so that an empty one may mean none. kept: which rows of a larger chunk these are.
    uneven: some rows lack some of the columns.
    """

    first: int
    size: int
    columns: Mapping[str, Sequence[Any]]
    is_text: bool = False
    kept: Sequence[int] | None = None
    uneven: bool = False

    def number(self, row: int) -> int:
        """Return the number of a row in its source."""
        return self.first + (row if self.kept is None else self.kept[row])

    def take(self, rows: Sequence[int], names: Iterable[str] | None = None) -> Chunk:
        """Return a chunk of some of the rows, perhaps with some of the columns."""
        if names is None and len(rows) == self.size:
            return self
        chosen = self.columns if names is None else names
        columns = {name: [self.columns[name][row] for row in rows] for name in chosen}
        kept = rows if self.kept is None else [self.kept[row] for row in rows]
        return Chunk(self.first, len(rows), columns, self.is_text, kept)


class Source(Protocol):
    """A file that `load_nodes` and `load_edges` read; made by `read_csv` and `read_parquet`."""

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows in chunks of at most `size`, opening the file anew."""
        ...


@runtime_checkable
class ArrowStream(Protocol):
    """What pyarrow's tables and readers, and the DataFrames of pandas and Polars, offer."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


Rows: TypeAlias = "Source | ArrowStream | Iterable[Mapping[str, Any]]"


@dataclass(frozen=True)
class CsvFile:
    """A CSV file whose first line names the columns."""

    path: Path
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    total: int | None = field(default=None, init=False)

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows in chunks."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            header = next(iter(self._read(reader, 1, "the first line")), list[str]())
            if len(set(header)) < len(header):
                raise OGMError(f"{self.path.name}: the first line names a column twice: {header}")
            filled = filter(None, reader)  # a blank line is no row
            for first in count(1, size):
                rows = self._read(filled, size, first)
                if not rows:
                    return
                yield Chunk(first, len(rows), self._columns(header, rows, first), is_text=True)

    def _read(self, lines: Iterator[list[str]], size: int, first: int | str) -> list[list[str]]:
        """Return the next rows, with cells of any length; OGMError that tells the row which is no CSV."""
        rows: list[list[str]] = []
        try:
            with _long_cells():
                rows.extend(islice(lines, size))
        except csv.Error as error:
            where = f"row {first + len(rows)}" if isinstance(first, int) else first
            raise OGMError(f"{self.path.name}: {where} cannot be read as CSV: {error}") from error
        return rows

    def _columns(self, names: list[str], rows: list[list[str]], first: int) -> dict[str, Sequence[str]]:
        try:
            columns = list(zip(*rows, strict=True))
        except ValueError:
            columns = []
        if len(columns) != len(names):
            wrong = next(index for index, row in enumerate(rows) if len(row) != len(names))
            raise OGMError(
                f"{self.path.name}: row {first + wrong} has {len(rows[wrong])} cells, but there are "
                f"{len(names)} columns"
            )
        return dict(zip(names, columns, strict=True))


@contextmanager
def _long_cells() -> Generator[None]:
    """Let cells have any length within the block: the bound, 131,072 characters, is one for all of a process."""
    with _bound:
        before = csv.field_size_limit(_LONGEST_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file; it is read piece by piece."""

    path: Path

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows in chunks."""
        parquet = load_extra("pyarrow.parquet", "arrow")
        with parquet.ParquetFile(self.path) as file:
            yield from _from_batches(file.iter_batches(batch_size=size), size)

    @property
    def total(self) -> int:
        """How many rows there are."""
        with load_extra("pyarrow.parquet", "arrow").ParquetFile(self.path) as file:
            rows: int = file.metadata.num_rows
        return rows


def read_csv(path: str | Path, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> CsvFile:
    """Return the rows of a CSV file, for `load_nodes` and `load_edges`; its first line names the columns.

    The file is read when it is loaded, piece by piece. The text of each cell is read as the type of its field; an
    empty one is no value, but for a field of str that takes no None. Raises ValueError for an encoding that Python does
    not know, or a delimiter that is not one character.
    """
    try:
        TextIOWrapper(BytesIO(), encoding=encoding)
    except LookupError:
        raise ValueError(f"encoding must be one that Python knows, such as 'utf-8', not {encoding!r}") from None
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise ValueError(f"delimiter must be one character, not {delimiter!r}")
    return CsvFile(Path(path), delimiter, encoding)


def read_parquet(path: str | Path) -> ParquetFile:
    """Return the rows of a Parquet file, for `load_nodes` and `load_edges`; needs the extra `arrow`."""
    return ParquetFile(Path(path))


def chunks_of(rows: Rows, size: int) -> Iterator[Chunk]:
    """Return the rows of any source in chunks; TypeError for what is none."""
    if isinstance(rows, (CsvFile, ParquetFile)):
        return rows.chunks(size)
    if isinstance(rows, ArrowStream):
        reader = load_extra("pyarrow", "arrow").RecordBatchReader.from_stream(rows)
        return _from_batches(reader, size)
    if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
        raise TypeError(f"rows must be an iterable of mappings, an Arrow table, or read_csv(...), not {rows!r}")
    return _from_mappings(iter(rows), size)


def _from_batches(batches: Iterable[Any], size: int) -> Iterator[Chunk]:
    """Yield Arrow's record batches, cut to size."""
    first = 1
    for batch in batches:
        _refuse_doubled(batch.schema.names)
        for offset in range(0, batch.num_rows, size):
            part = batch.slice(offset, size)
            values = {name: part.column(index).to_pylist() for index, name in enumerate(part.schema.names)}
            yield Chunk(first, part.num_rows, values)
            first += part.num_rows


def _refuse_doubled(names: Sequence[str]) -> None:
    """Raise OGMError for two columns of one name, of which a mapping would keep the last."""
    if len(set(names)) < len(names):
        doubled = next(name for index, name in enumerate(names) if name in names[:index])
        raise OGMError(f"the rows have two columns with the name {doubled!r}: rename or leave out one of them")


def _from_mappings(rows: Iterator[Any], size: int) -> Iterator[Chunk]:
    for first in count(1, size):
        batch = list(islice(rows, size))
        if not batch:
            return
        for index, row in enumerate(batch if set(map(type, batch)) != {dict} else ()):
            if not isinstance(row, Mapping):
                raise TypeError(f"row {first + index} must be a mapping of names to values, not {row!r}")
        columns, uneven = _columns(batch)
        yield Chunk(first, len(batch), columns, uneven=uneven)


def _columns(batch: Sequence[Mapping[str, Any]]) -> tuple[dict[str, list[Any]], bool]:
    """Return the rows as columns, and whether some rows lack some of them."""
    names = batch[0].keys()
    try:
        columns = {name: [row[name] for row in batch] for name in names}
    except KeyError:
        columns = {}
    if columns and set(map(len, batch)) == {len(columns)}:
        return columns, False
    names = dict.fromkeys(name for row in batch for name in row).keys()
    return {name: [row.get(name, ABSENT) for row in batch] for name in names}, True
