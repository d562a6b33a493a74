"""The fixtures of tests/conformance, for tests that break the line to a database.

They take minutes on a server that is slow to connect to, so that a run has them on FalkorDB, and on the others those
that are marked `everywhere`; RUNIC_TEST_FAULTS=falkordb,neo4j names the databases that have them all.
"""

from __future__ import annotations

import logging
import os

import pytest

from tests.conformance import conftest
from tests.conformance.conftest import db, parametrize, pytest_pyfunc_call, registry
from tests.servers import chosen

__all__ = ["db", "pytest_configure", "pytest_generate_tests", "pytest_pyfunc_call", "registry"]
NAMED = os.environ.get("RUNIC_TEST_FAULTS")


def pytest_configure(config: pytest.Config) -> None:
    conftest.pytest_configure(config)
    config.addinivalue_line("markers", "everywhere: faults that every database of a run has")


@pytest.fixture(autouse=True)
def _no_records_of_psycopg(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest keeps each record, and one of psycopg's keeps the connection by which it asked for a cancellation."""
    monkeypatch.setattr(logging.getLogger("psycopg"), "disabled", True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    everywhere = metafunc.definition.get_closest_marker("everywhere") is not None
    parametrize(metafunc, chosen() if everywhere and NAMED is None else (NAMED or "falkordb").split(","))
