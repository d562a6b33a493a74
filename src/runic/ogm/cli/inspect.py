"""`runic inspect`: an existing graph to a module of typed classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runic.ogm import create_driver
from runic.ogm.cli.shared import err, out, readable_errors
from runic.ogm.inspection import SAMPLE, inspect_graph, write_models

Given = Annotated[str, typer.Argument(envvar="RUNIC_URL", help="The database, such as falkordb://host:6379/graph.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; by default it is printed.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]
Sample = Annotated[int, typer.Option(min=1, help="Of how many nodes of a kind the values are read.")]


def inspect(url: Given, output: Output = None, sample: Sample = SAMPLE, force: Force = False) -> None:
    """Read an existing graph and write typed classes that load it."""
    with readable_errors():
        if output is not None and output.exists() and not force:
            raise FileExistsError(f"{str(output)!r} is there already: give another name, or --force")
        with create_driver(url) as driver:
            description = inspect_graph(driver, sample=sample)
        text = write_models(description)
        if output is None:
            out.print(text, end="")
            return
        output.write_text(text, encoding="utf-8")
        out.print(f"{output}: {len(description.nodes)} node classes, {len(description.edges)} edge classes")
        for note in description.notes:
            err.print(f"note: {note}")
