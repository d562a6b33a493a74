"""Gives every test body the fixture `db` on each database of the run, sync and async.

To add a database, add one module to tests/servers. Marks: `requires("flag")` skips where the dialect's
flag is False; `sync_only` and `async_only` name the one half that a claim is about.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from runic.ogm import metadata
from tests.servers import CannotStartError, chosen, running

from .harness import Database

MODES = ("sync", "async")


def pytest_configure(config: pytest.Config) -> None:
    for line in (
        "requires(flag): skip on databases whose dialect (of `concurrent`: whose test server) has this flag False",
        "sync_only: a claim about the sync half alone",
        "async_only: a claim about the async half alone",
    ):
        config.addinivalue_line("markers", line)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc, chosen())


def parametrize(metafunc: pytest.Metafunc, names: Iterable[str]) -> None:
    """Run a test body on each of these databases that is in this run, sync and async."""
    if "db" not in metafunc.fixturenames:
        return
    barred = {mark.name for mark in metafunc.definition.iter_markers() if mark.name in {"sync_only", "async_only"}}
    modes = [mode for mode in MODES if not barred or f"{mode}_only" in barred]
    cases = [(name, mode) for name in names if name in chosen() for mode in modes]
    metafunc.parametrize("db", cases, ids=[f"{name}-{mode}" for name, mode in cases], indirect=True)


@pytest.fixture
def db(request: pytest.FixtureRequest) -> Database:
    """Give the database that the test body runs on."""
    name, mode = request.param
    try:
        target = running(name)
    except CannotStartError as error:
        pytest.skip(f"{name} cannot start here: {error}")
    flags = [mark.args[0] for mark in request.node.iter_markers("requires")]
    return Database(target, is_async=mode == "async", requirements=flags, quick=name == "falkordb")


@pytest.fixture
def registry() -> Iterator[None]:
    """Forget the classes that a test declares."""
    before = metadata.snapshot()
    yield
    metadata.restore(before)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test body that is a coroutine function; let pytest run the others."""
    body: Any = pyfuncitem.obj
    if hasattr(body, "hypothesis"):
        _drive_examples(body, pyfuncitem.funcargs["db"])
        return None
    if not inspect.iscoroutinefunction(body):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(body).parameters}
    arguments["db"].drive(functools.partial(body, **arguments))
    return True


def _drive_examples(body: Any, db: Database) -> None:
    """Let Hypothesis call the body once an example, each on an empty graph.

    On a database that takes long for each graph only a third of the examples is run, unless RUNIC_TEST_EXAMPLES asks
    for a number: FalkorDB has had them all.
    """
    chosen_settings = body.hypothesis.__dict__.setdefault("runic_settings", body._hypothesis_internal_use_settings)
    few = not db.quick and "RUNIC_TEST_EXAMPLES" not in os.environ
    examples = max(1, chosen_settings.max_examples // 3) if few else chosen_settings.max_examples
    body._hypothesis_internal_use_settings = settings(chosen_settings, max_examples=examples)
    inner = getattr(body.hypothesis, "coroutine_test", body.hypothesis.inner_test)
    if not inspect.iscoroutinefunction(inner):
        return
    body.hypothesis.coroutine_test = inner

    @functools.wraps(inner)
    def example(*args: Any, **options: Any) -> None:
        db.drive(functools.partial(inner, *args, **options))

    body.hypothesis.inner_test = example
