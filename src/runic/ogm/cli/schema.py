"""`runic schema`: what the classes declare of indexes and constraints against what the database has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runic.ogm import SchemaManager, create_driver
from runic.ogm.cli.shared import Url, import_classes, out, readable_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.schema.plan import SchemaPlan

app = typer.Typer(no_args_is_help=True, help="Compare the declared indexes and constraints with the database's.")
Modules = Annotated[list[str], typer.Argument(metavar="MODULE", help="Modules with the classes, or files.")]
DropExtra = Annotated[bool, typer.Option("--drop-extra", help="Also remove what is not declared.")]


@app.command()
def plan(modules: Modules, url: Url) -> None:
    """Show what is missing (+), different (~) and extra (-), and change nothing."""
    with readable_errors():
        out.print(str(_with_manager(modules, url, SchemaManager.diff)))


@app.command()
def apply(modules: Modules, url: Url, drop_extra: DropExtra = False) -> None:
    """Make what is missing and replace what differs; show what there was to do."""
    with readable_errors():
        out.print(str(_with_manager(modules, url, partial(SchemaManager.sync, drop_extra=drop_extra))))


@app.command()
def check(modules: Modules, url: Url) -> None:
    """Show the plan, and fail if anything that is declared is missing or different."""
    with readable_errors():
        found = _with_manager(modules, url, SchemaManager.diff)
        out.print(str(found))
    if found.drifted:
        raise typer.Exit(1)


def _with_manager(modules: list[str], url: str, work: Callable[..., SchemaPlan]) -> SchemaPlan:
    classes: list[type[Any]] = [cls for module in modules for cls in import_classes(module)]
    with create_driver(url) as driver:
        return work(SchemaManager(driver), *dict.fromkeys(classes))
