"""Rows of one batch that have not all the same columns: a row sets what it has, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from runic.ogm.bulk.sources import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runic.ogm.bulk.sources import Chunk
    from runic.ogm.cypher.statement import Row

    Groups: TypeAlias = dict[frozenset[int], tuple[list[Row], list[int]]]


class Placed(NamedTuple):
    """A row, its place within its batch, and the indexes of the fields that it gives."""

    place: int
    given: frozenset[int]
    row: Row


def parts(chunk: Chunk) -> Iterator[tuple[Chunk, Sequence[int]]]:
    """Yield the rows of each set of columns, as a chunk that has just these, and their places."""
    shapes: dict[tuple[str, ...], list[int]] = {}
    columns = list(chunk.columns.items())
    for place in range(chunk.size):
        names = tuple(name for name, values in columns if values[place] is not ABSENT)
        shapes.setdefault(names, []).append(place)
    for names, places in shapes.items():
        yield chunk.take(places, names), places


def grouped(rows: Iterable[Placed], key: int) -> Groups:
    """Return one row for each key, by the fields that it gives; of two rows of one key the later one wins.

    What it does not give is that of the earlier one: as if each had been written by itself.
    """
    last: dict[object, Placed] = {}
    for place, given, row in sorted(rows, key=lambda one: one.place):
        before = last.get(row[key])
        if before is None:
            last[row[key]] = Placed(place, given, row)
            continue
        whole = [before.row[index] if index in before.given - given else value for index, value in enumerate(row)]
        last[row[key]] = Placed(place, given | before.given, whole)
    groups: Groups = {}
    for place, given, row in last.values():
        rows_of, places = groups.setdefault(given, ([], []))
        rows_of.append(row)
        places.append(place)
    return groups
