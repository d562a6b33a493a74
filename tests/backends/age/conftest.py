"""One server for the tests of what only Apache AGE does, and a graph for each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runic.ogm import Driver, create_driver
from tests.servers import CannotStartError, Target, running

_numbers = itertools.count()


def pytest_itemcollected(item: pytest.Item) -> None:
    if "backends/age/" in item.nodeid:
        item.add_marker(pytest.mark.backend("age"))


@pytest.fixture(scope="session")
def server() -> Target:
    try:
        return running("age")
    except CannotStartError as error:
        pytest.skip(f"age cannot start here: {error}")


@pytest.fixture
def url(server: Target) -> Iterator[str]:
    """The URL of a graph of the test's own."""
    graph = f"only_age_{next(_numbers)}"
    yield server.url(graph)
    server.forget(graph)


@pytest.fixture
def connect(url: str) -> Iterator[Callable[..., Driver]]:
    """Open drivers of the test's graph, or of others."""
    drivers: list[Driver] = []

    def open_driver(name: str = url, /, **options: Any) -> Driver:
        drivers.append(create_driver(name, **options))
        return drivers[-1]

    yield open_driver
    for driver in drivers:
        driver.close()


@pytest.fixture
def driver(connect: Callable[..., Driver]) -> Driver:
    return connect()
