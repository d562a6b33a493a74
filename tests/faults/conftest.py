"""The fixtures of tests/conformance, for tests that break the line to a database.

They take minutes on a server that is slow to connect to, so that a run has them on FalkorDB alone;
RUNIC_TEST_FAULTS=falkordb,neo4j takes others of the run as well.
"""

from __future__ import annotations

import os

import pytest

from tests.conformance.conftest import db, parametrize, pytest_configure, pytest_pyfunc_call, registry

__all__ = ["db", "pytest_configure", "pytest_generate_tests", "pytest_pyfunc_call", "registry"]
DATABASES = os.environ.get("RUNIC_TEST_FAULTS", "falkordb").split(",")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc, DATABASES)
