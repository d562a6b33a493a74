"""The command's tree."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from runic.ogm.cli import inspect, load, schema
from runic.ogm.cli.shared import out

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
app.add_typer(schema.app, name="schema")
app.command()(inspect.inspect)
app.command()(load.load)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"runic-ogm {version('runic-ogm')}")
        raise typer.Exit


@app.callback()
def root(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Typed classes for property graphs: their schema, their data, and classes for a graph that is there."""
