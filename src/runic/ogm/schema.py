"""`SchemaManager`: makes the indexes and constraints that the models declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.exceptions import DatabaseError
from runic.ogm.model.base import Node

if TYPE_CHECKING:
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.driver import AsyncDriver, Driver


def create_operation(driver: Driver | AsyncDriver, classes: tuple[type[Any], ...]) -> Operation[None]:
    """Make what is declared and missing."""
    for cls in classes:
        if not (isinstance(cls, type) and issubclass(cls, Node)):
            raise TypeError(f"expected a node class, not {cls!r}")
        for statement in driver.dialect.ddl_key(cls.__meta__):
            try:
                yield statement
            except DatabaseError as error:
                if not driver.dialect.is_already_there(error):
                    raise


class SchemaManager:
    """The schema of one database."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def create(self, *classes: type[Any]) -> None:
        """Make the indexes and constraints of classes."""
        operation = create_operation(self._driver, classes)
        for request in operation:
            self._driver.execute(request)  # type: ignore[arg-type] # only statements are asked for


class AsyncSchemaManager:
    """`SchemaManager` for asyncio."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver

    async def create(self, *classes: type[Any]) -> None:
        """Make the indexes and constraints of classes."""
        operation = create_operation(self._driver, classes)
        for request in operation:
            await self._driver.execute(request)  # type: ignore[arg-type] # only statements are asked for
