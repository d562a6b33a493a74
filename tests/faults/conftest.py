"""The fixtures of tests/conformance, for tests that break the line to a database."""

from __future__ import annotations

from tests.conformance.conftest import (
    db,
    pytest_configure,
    pytest_generate_tests,
    pytest_pyfunc_call,
    registry,
)

__all__ = ["db", "pytest_configure", "pytest_generate_tests", "pytest_pyfunc_call", "registry"]
