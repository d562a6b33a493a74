"""A database of its own on the ArcadeDB of this run, for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest

from runic.ogm import Driver, Node, Session, create_driver, metadata
from tests.servers import CannotStartError, Target, running

_numbers = itertools.count()


def pytest_itemcollected(item: pytest.Item) -> None:
    if "arcadedb" in item.nodeid:
        item.add_marker(pytest.mark.backend("arcadedb"))


@pytest.fixture(scope="session")
def server() -> Target:
    try:
        return running("arcadedb")
    except CannotStartError as error:
        pytest.skip(f"arcadedb cannot start here: {error}")


@pytest.fixture
def url(server: Target) -> Iterator[str]:
    """An empty database."""
    name = f"backend_{os.getpid()}_{next(_numbers)}"
    yield server.url(name)
    server.forget(name)


@pytest.fixture
def driver(url: str) -> Iterator[Driver]:
    with create_driver(url) as driver:
        yield driver


@pytest.fixture
def registry() -> Iterator[None]:
    """Forget the classes that a test declares."""
    before = metadata.snapshot()
    yield
    metadata.restore(before)


def raw(driver: Driver, text: str, /, **parameters: Any) -> list[list[Any]]:
    """Run Cypher that may write, and return its rows."""
    with Session(driver) as session:
        return [list(row) for row in session.execute(text, parameters, write=True).rows]


def save(driver: Driver, *entities: Node) -> None:
    with Session(driver) as session:
        session.add_all(entities)
