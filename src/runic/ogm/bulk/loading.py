"""`load_nodes` and `load_edges`: any number of rows to the database, batch by batch, with no entity made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.bulk.tasks import EdgeTask, Loading, NodeTask
from runic.ogm.session.async_session import AsyncSession
from runic.ogm.session.keys import check_driver
from runic.ogm.session.session import Session

if TYPE_CHECKING:
    from runic.ogm.bulk.columns import Extra
    from runic.ogm.bulk.sources import Rows
    from runic.ogm.bulk.tasks import Columns, Mode, Progress, Task
    from runic.ogm.driver import AsyncDriver, Driver
    from runic.ogm.model.base import Node

BATCH = 5_000
"""How many rows are one atomic commit, unless told otherwise."""


def load_nodes(  # noqa: PLR0913 - each option has its name
    driver: Driver, cls: type[Node], rows: Rows, *, mode: Mode = "merge", batch: int = BATCH,
    columns: Columns | None = None, extra: Extra = "refuse", progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write rows as nodes of `cls`, streaming; return how many rows that were.

    rows: mappings of field names to values, `read_csv(...)`, `read_parquet(...)`, an Arrow table or reader, or a
    DataFrame. Text is read as the type of its field. mode: "merge" makes a node or sets the given columns of the one
    that has the key; "create" refuses a key that is stored. A field without a column has its default in new nodes,
    and is left as it is in stored ones. batch: how many rows are one atomic commit. columns: renames source columns
    to fields, or to None to leave them out. extra: "ignore" leaves out all that no field has the name of. progress:
    called after each batch with the number of rows that are stored.

    Raises FieldValidationError that tells the row, ConstraintViolationError, DatabaseError; a note on the error says
    how many rows were stored before: with "merge" the load can be run again.
    """
    check_driver(driver)
    task = NodeTask(driver.mapper, cls, mode, columns, extra)
    return _load(driver, task, rows, batch, progress)


def load_edges(  # noqa: PLR0913 - each option has its name
    driver: Driver, relation: object, rows: Rows, *, source: str = "source", target: str = "target",
    to: type[Node] | None = None, batch: int = BATCH, columns: Columns | None = None, extra: Extra = "refuse",
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write rows as edges of a relation between stored nodes, streaming and without reading these; return how many.

    relation: such as `Model.relation`. rows: as in `load_nodes`; the columns `source` and `target` hold the keys of
    the relation's owner and of its target, all others are fields of its edge class. Writing an edge twice makes one,
    with the values of the last; a row that lacks one of the two keys is none. to: the class of the targets, where the
    relation leads to a union.

    Raises EntityNotFoundError, which tells the row, if an end is not stored, and what `load_nodes` does.
    """
    check_driver(driver)
    task = EdgeTask(driver.mapper, relation, (source, target), to, columns, extra)
    return _load(driver, task, rows, batch, progress)


async def load_nodes_async(  # noqa: PLR0913 - each option has its name
    driver: AsyncDriver, cls: type[Node], rows: Rows, *, mode: Mode = "merge", batch: int = BATCH,
    columns: Columns | None = None, extra: Extra = "refuse", progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write rows as nodes, like `load_nodes`; the rows themselves come from an ordinary iterable."""
    check_driver(driver)
    task = NodeTask(driver.mapper, cls, mode, columns, extra)
    return await _load_async(driver, task, rows, batch, progress)


async def load_edges_async(  # noqa: PLR0913 - each option has its name
    driver: AsyncDriver, relation: object, rows: Rows, *, source: str = "source", target: str = "target",
    to: type[Node] | None = None, batch: int = BATCH, columns: Columns | None = None, extra: Extra = "refuse",
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write rows as edges, like `load_edges`."""
    check_driver(driver)
    task = EdgeTask(driver.mapper, relation, (source, target), to, columns, extra)
    return await _load_async(driver, task, rows, batch, progress)


def _load(driver: Driver, task: Task, rows: Rows, batch: int, progress: Progress | None) -> int:
    session = Session(driver)
    with Loading(driver, task, rows, batch, progress) as loading:
        for operation in loading.operations():
            session._run(operation)  # noqa: SLF001 - a session's own way to wait for the database
    return loading.stored


async def _load_async(driver: AsyncDriver, task: Task, rows: Rows, batch: int, progress: Progress | None) -> int:
    session = AsyncSession(driver)
    with Loading(driver, task, rows, batch, progress) as loading:
        for operation in loading.operations():
            await session._run(operation)  # noqa: SLF001 - as above
    return loading.stored
