"""The Neo4j of this run, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runic.ogm import Driver, Session, create_driver
from tests.servers import CannotStartError, Target, running


def pytest_itemcollected(item: pytest.Item) -> None:
    if "backends/neo4j" in item.nodeid:
        item.add_marker(pytest.mark.backend("neo4j"))


@pytest.fixture(scope="session")
def server() -> Target:
    try:
        return running("neo4j")
    except CannotStartError as error:
        pytest.skip(f"neo4j cannot start here: {error}")


@pytest.fixture
def url(server: Target) -> str:
    return server.url("")


@pytest.fixture
def driver(url: str) -> Iterator[Driver]:
    with create_driver(url) as driver:
        with Session(driver) as session:
            session.execute("MATCH (n) DETACH DELETE n", write=True)
        yield driver
