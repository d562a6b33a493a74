"""The command `runic`: a thin layer over the library, which does not need it."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process, and return its exit code.

    0: done. 1: it could not be done, or `schema check` found a difference. 2: the command was used wrongly.
    """
    try:
        app = import_module("runic.ogm.cli.app").app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        sys.stderr.write(f"error: the library {error.name!r} is not installed: pip install 'runic-ogm[cli]'\n")
        return 1
    try:
        app(args=None if arguments is None else list(arguments), prog_name="runic")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    return 0
