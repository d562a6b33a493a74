"""`SchemaManager` and its twin: they send what the operations ask for, and wait."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.driving import drive, drive_async
from runic.ogm.extras import sleep
from runic.ogm.schema.operations import SchemaOperations
from runic.ogm.session.keys import check_driver

if TYPE_CHECKING:
    from runic.ogm.cypher.statement import Pause
    from runic.ogm.driver import AsyncDriver, Driver
    from runic.ogm.schema.operations import Steps
    from runic.ogm.schema.plan import SchemaPlan

T = TypeVar("T")
NOTHING = Reply(())


class SchemaManager:
    """The indexes and constraints of one database: `SchemaManager(driver).create()`.

    Each method takes node and edge classes; without any it is about all that are registered.
    """

    def __init__(self, driver: Driver) -> None:
        check_driver(driver)
        self._driver = driver
        self._operations = SchemaOperations(driver.dialect, driver.keys)

    def _run(self, steps: Steps[T]) -> T:
        return drive(steps, self._answer)

    def _answer(self, request: Statement | Pause) -> Reply:
        if isinstance(request, Statement):
            return self._driver.execute(request)
        time.sleep(request.seconds)
        return NOTHING

    def create(self, *classes: type[Any]) -> None:
        """Make what is declared and missing, and wait until it is usable; what is there stays.

        Raises ConstraintViolationError if stored data break a constraint, SchemaDriftError if something else stands
        in the place of what is declared, FieldValidationError for stored values that an index could not hold.
        """
        self._run(self._operations.create(classes))

    def diff(self, *classes: type[Any]) -> SchemaPlan:
        """Return what is missing, extra and different; it prints as a plan."""
        return self._run(self._operations.diff(classes))

    def validate(self, *classes: type[Any]) -> SchemaPlan:
        """Return the plan if at most something is extra in it; else raise SchemaDriftError, which holds it."""
        return self._run(self._operations.validate(classes))

    def sync(self, *classes: type[Any], drop_extra: bool = False) -> SchemaPlan:
        """Make what is missing and replace what differs; with `drop_extra` remove what is not declared.

        Returns what there was to do. Raises what `create` raises.
        """
        return self._run(self._operations.sync(classes, drop_extra=drop_extra))

    def drop(self, *classes: type[Any]) -> None:
        """Remove the indexes and constraints that are declared."""
        self._run(self._operations.drop(classes))


class AsyncSchemaManager:
    """`SchemaManager` for asyncio."""

    def __init__(self, driver: AsyncDriver) -> None:
        check_driver(driver)
        self._driver = driver
        self._operations = SchemaOperations(driver.dialect, driver.keys)

    async def _run(self, steps: Steps[T]) -> T:
        return await drive_async(steps, self._answer)

    async def _answer(self, request: Statement | Pause) -> Reply:
        if isinstance(request, Statement):
            return await self._driver.execute(request)
        await sleep(request.seconds)
        return NOTHING

    async def create(self, *classes: type[Any]) -> None:
        """Make what is declared and missing, like `SchemaManager.create`."""
        await self._run(self._operations.create(classes))

    async def diff(self, *classes: type[Any]) -> SchemaPlan:
        """Return what is missing, extra and different; it prints as a plan."""
        return await self._run(self._operations.diff(classes))

    async def validate(self, *classes: type[Any]) -> SchemaPlan:
        """Return the plan, or raise SchemaDriftError, like `SchemaManager.validate`."""
        return await self._run(self._operations.validate(classes))

    async def sync(self, *classes: type[Any], drop_extra: bool = False) -> SchemaPlan:
        """Make, replace and perhaps remove, like `SchemaManager.sync`."""
        return await self._run(self._operations.sync(classes, drop_extra=drop_extra))

    async def drop(self, *classes: type[Any]) -> None:
        """Remove the indexes and constraints that are declared."""
        await self._run(self._operations.drop(classes))
