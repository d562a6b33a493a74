"""`runic load`: a file of rows to nodes of a class, or to edges of a relation."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeGuard

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from runic.ogm import Node, create_driver
from runic.ogm.bulk import BATCH, load_edges, load_nodes, read_csv, read_parquet
from runic.ogm.cli.shared import Url, err, find_target, out, readable_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from runic.ogm.bulk import CsvFile, ParquetFile

Place = Annotated[str, typer.Argument(metavar="PLACE", help="module:Class for nodes, module:Class.relation for edges.")]
File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A .csv, .tsv or .parquet file.")
]
Mode = Annotated[Literal["merge", "create"], typer.Option(help="Nodes: set those that are there, or refuse them.")]
Batch = Annotated[int, typer.Option(min=1, help="How many rows are one atomic commit.")]
Renames = Annotated[
    list[str], typer.Option("--column", metavar="COLUMN=FIELD", help="Rename a column; COLUMN= leaves it out.")
]
Ignore = Annotated[bool, typer.Option("--ignore-extra", help="Leave out the columns that no field has the name of.")]
Delimiter = Annotated[str | None, typer.Option(help="What separates the cells: by default , and in .tsv a tabulator.")]
Source = Annotated[str, typer.Option(help="Edges: the column with the keys of the relation's own class.")]
Target = Annotated[str, typer.Option(help="Edges: the column with the keys of what the relation leads to.")]
To = Annotated[str | None, typer.Option(metavar="MODULE:CLASS", help="Edges of a union: which class that is.")]


def load(  # noqa: PLR0913, PLR0917 - the options of the command
    place: Place,
    file: File,
    url: Url,
    mode: Mode = "merge",
    batch: Batch = BATCH,
    column: Renames = [],  # noqa: B006 - Typer copies it
    ignore_extra: Ignore = False,
    delimiter: Delimiter = None,
    source: Source = "source",
    target: Target = "target",
    to: To = None,
) -> None:
    """Write the rows of a file to the graph, in batches; the indexes of the keys are made first."""
    with readable_errors():
        found = find_target(place)
        rows, columns = open_rows(file, delimiter), renamed_columns(column)
        extra: Literal["refuse", "ignore"] = "ignore" if ignore_extra else "refuse"
        with create_driver(url, ensure_keys=True) as driver, shown_progress(rows.total) as progress:
            if is_node_class(found):
                count = load_nodes(
                    driver, found, rows, mode=mode, batch=batch, columns=columns, extra=extra, progress=progress
                )
            else:
                count = load_edges(
                    driver, found, rows, source=source, target=target, to=None if to is None else find_target(to),
                    batch=batch, columns=columns, extra=extra, progress=progress,
                )  # fmt: skip
        out.print(f"{count:,} rows of {file.name} are in {place.rpartition(':')[2]}")


def is_node_class(found: object) -> TypeGuard[type[Node]]:
    """Tell whether rows are to be nodes of what was found; all else is a relation, or a mistake."""
    return isinstance(found, type) and issubclass(found, Node)


def open_rows(file: Path, delimiter: str | None) -> CsvFile | ParquetFile:
    """Return the rows of a file, by its name; ValueError for one of another kind."""
    match file.suffix.lower():
        case ".csv":
            return read_csv(file, delimiter=delimiter or ",")
        case ".tsv":
            return read_csv(file, delimiter=delimiter or "\t")
        case ".parquet" | ".pq":
            return read_parquet(file)
        case other:
            raise ValueError(f"{file.name}: a file ends in .csv, .tsv or .parquet, not in {other!r}")


def renamed_columns(given: list[str]) -> dict[str, str | None] | None:
    """Return what `--column a=b` says; ValueError for one without an equals sign."""
    for text in given:
        if "=" not in text:
            raise ValueError(f"--column takes COLUMN=FIELD, not {text!r}")
    pairs = (text.rpartition("=") for text in given)
    return {column: name or None for column, _, name in pairs} or None


@contextmanager
def shown_progress(total: int | None) -> Generator[Callable[[int], object]]:
    """Show how many rows are stored, on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("rows", total=total)
        yield lambda stored: progress.update(task, completed=stored)
