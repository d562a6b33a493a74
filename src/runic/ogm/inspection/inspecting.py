"""`inspect_graph`: what classes a graph could be read with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.inspection.facts import read_facts
from runic.ogm.inspection.infer import describe
from runic.ogm.session.async_session import AsyncSession
from runic.ogm.session.session import Session

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.driver import AsyncDriver, Driver
    from runic.ogm.inspection.description import ModelDescription

SAMPLE = 10_000
"""Of so many nodes of a label set, and edges of a type, the values are read."""


def inspect_graph(driver: Driver, *, sample: int = SAMPLE) -> ModelDescription:
    """Return the classes that an existing graph could be read with; `write_models` makes a module of them.

    Which labels, types and properties there are, which properties are on all nodes, which is a key and how many
    targets a relation has is counted by the database over the whole graph. The types of properties are those of the
    values that are read: of at most `sample` nodes of each label set and edges of each type.

    Raises DatabaseError for what the database reports.
    """
    return Session(driver, read_only=True)._run(_inspect(driver.dialect, sample))  # noqa: SLF001 - its way to wait


async def inspect_graph_async(driver: AsyncDriver, *, sample: int = SAMPLE) -> ModelDescription:
    """Return the classes that an existing graph could be read with, like `inspect_graph`."""
    return await AsyncSession(driver, read_only=True)._run(_inspect(driver.dialect, sample))  # noqa: SLF001 - as above


def _inspect(dialect: Dialect, sample: int) -> Operation[ModelDescription]:
    if type(sample) is not int or sample < 1:
        raise ValueError(f"sample must be a positive int, not {sample!r}")
    facts = yield from read_facts(dialect, sample)
    return describe(facts, dialect.native)
