"""Libraries that only some functions need, asyncio among them: loaded by name when such a function is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from runic.ogm.exceptions import OGMError

if TYPE_CHECKING:
    from types import ModuleType


def load_extra(module: str, extra: str) -> ModuleType:
    """Return a module of an optional library; OGMError that names the extra to install if it is not there."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise OGMError(f"the library {error.name!r} is not installed: pip install 'runic-ogm[{extra}]'") from error


async def sleep(seconds: float) -> None:
    """Do what asyncio.sleep does; asyncio, a third of what this package would import, is there by then."""
    await import_module("asyncio").sleep(seconds)
