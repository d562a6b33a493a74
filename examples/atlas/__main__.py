"""Write the world to a graph, open it again, and ask it eight questions: `python examples/atlas`."""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import questions
from loading import load_world
from picture import draw_borders
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax

from runic.ogm import AsyncDriver, count_statements, create_async_driver, create_driver

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path("var/atlas")
console = Console(width=118)


def main() -> None:
    """Load, ask, draw."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("RUNIC_URL", f"falkordb+embedded://{FOLDER.resolve() / 'graph'}")
    started = time.perf_counter()
    with create_driver(url, ensure_keys=True) as driver:
        load_world(driver)
    console.print(f"The world was written in {time.perf_counter() - started:.1f} s; now it is opened again.\n")
    with create_driver(url, ensure_keys=True) as driver:
        for question in questions.SYNC:
            with count_statements(driver) as statements:
                show(question, *timed(partial(question, driver)), len(statements))
    asyncio.run(ask_async(url))
    with create_driver(url, ensure_keys=True) as driver:
        picture = FOLDER / "borders.svg"
        shown = draw_borders(driver, picture)
    console.print(f"A picture of {shown} countries and their borders: {picture.resolve().as_uri()}")


async def ask_async(url: str) -> None:
    """The eighth question, through an async driver on the same data."""
    driver: AsyncDriver = create_async_driver(url, ensure_keys=True)
    try:
        with count_statements(driver) as statements:
            started = time.perf_counter()
            answer = await questions.how_many_cities_has_each_continent(driver)
            seconds = time.perf_counter() - started
        show(questions.how_many_cities_has_each_continent, answer, seconds, len(statements))
    finally:
        await driver.close()


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """Return what `work` gives, and how many seconds it took."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def show(question: Callable[..., Any], answer: object, seconds: float, statements: int) -> None:
    """Print a question's code, its answer, and what it cost."""
    title = question.__name__.replace("_", " ").capitalize() + "?"
    code = Syntax(inspect.getsource(question).rstrip(), "python", theme="ansi_light", background_color="default")
    console.print(Panel(code, title=title, title_align="left"))
    console.print(answer)
    console.print(f"{statements} statements, {seconds * 1000:.1f} ms\n", style="dim")


if __name__ == "__main__":
    main()
