"""The two halves of the package."""

from __future__ import annotations

import pytest

from tests.unit.fake import Half


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def half(request: pytest.FixtureRequest) -> Half:
    """Return the sync half, then the async one."""
    return Half(is_async=request.param)
