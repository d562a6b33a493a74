"""The two halves of the package, and a registry that forgets what a test declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runic.ogm import metadata
from tests.unit.fake import Half

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Forget the classes that a test declares: some databases refuse names for what other classes are called."""
    before, version = metadata.snapshot(), metadata.version
    yield
    if metadata.version != version:
        metadata.restore(before)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def half(request: pytest.FixtureRequest) -> Half:
    """Return the sync half, then the async one."""
    return Half(is_async=request.param)
