"""The databases that the suite runs on: one module and one entry of `MODULES` each, started once a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

MODULES = ("falkordb", "neo4j", "arcadedb", "age")
"""Each has a module here with `start() -> Target`; it raises `CannotStartError` where the machine lacks something."""


STAND_INS = {
    "memgraph": frozenset(
        f"test_{topic}"
        for topic in (
            *("types", "where", "fetch", "fetch_options", "both", "keyed_edges", "edge_properties", "atomic_commit"),
            *("changed_properties", "polymorphic", "statement_clauses", "execute", "inspect", "merge", "bulk"),
        )
    ),
}
"""Backends of databases that cannot be had, run against a server of another; each has a module as well.

In a run of all databases they have these conformance tests, in which the dialects differ; named in
RUNIC_TEST_DATABASES they have all.
"""


class CannotStartError(Exception):
    """This machine cannot start a database; the text says in one line what is missing."""


class Target(Protocol):
    """A running database and how a test gets an empty graph of it."""

    @property
    def shared(self) -> bool:
        """Tell whether every test sees the same graph, which must be emptied first."""
        ...

    def url(self, graph: str) -> str:
        """Return the URL of a graph that is empty, or will be emptied if the target is shared."""
        ...

    def forget(self, graph: str) -> None:
        """Remove what a test left: its graph, or the schema of the shared one."""
        ...

    def close(self) -> None:
        """Stop the database and remove its files."""
        ...


class GivenServer:
    """A database that runs already, named by RUNIC_TEST_URLS; its one graph belongs to the tests."""

    shared = True

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, graph: str) -> str:
        del graph
        return self._url

    def forget(self, graph: str) -> None:
        del graph

    def close(self) -> None:
        return None


_running: dict[str, Target | CannotStartError] = {}


def running(name: str) -> Target:
    """Return a database of this process, started when it is first asked for; CannotStartError if it cannot be."""
    if name not in _running:
        try:
            _running[name] = chosen().get(name, starter(name))()
        except CannotStartError as error:
            _running[name] = error
    found = _running[name]
    if isinstance(found, CannotStartError):
        raise found
    return found


def stop_all() -> None:
    """Stop what this process started."""
    while _running:
        _, target = _running.popitem()
        if not isinstance(target, CannotStartError):
            target.close()


def chosen() -> dict[str, Callable[[], Target]]:
    """Return what starts each database of this run.

    These are the URLs of RUNIC_TEST_URLS (`name=url,name=url`), else the names of RUNIC_TEST_DATABASES
    (`name,name`), else all, and the stand-ins for those that cannot be had.
    """
    given = _entries("RUNIC_TEST_URLS")
    if given:
        pairs = (entry.split("=", 1) for entry in given)
        return {name: lambda url=url: GivenServer(url) for name, url in pairs}
    return {name: starter(name) for name in _entries("RUNIC_TEST_DATABASES") or (*MODULES, *STAND_INS)}


def left_out(name: str, topic: str) -> bool:
    """Tell whether the tests of a module, such as `test_types`, are left out on a stand-in that nobody named."""
    named = _entries("RUNIC_TEST_DATABASES") or _entries("RUNIC_TEST_URLS")
    return not named and name in STAND_INS and topic not in STAND_INS[name]


def starter(name: str) -> Callable[[], Target]:
    """Return what starts one database."""
    if not Path(__file__).with_name(f"{name}.py").exists():
        raise ValueError(f"no test server is called {name!r}; known are {', '.join(MODULES)}")

    def start() -> Target:
        target: Target = import_module(f"{__name__}.{name}").start()
        return target

    return start


def cache_directory(name: str) -> Path:
    """Return the folder in which a database's downloads are kept from run to run; it is there."""
    root = os.environ.get("RUNIC_TEST_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root).resolve() / "runic-ogm-servers" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _entries(variable: str) -> list[str]:
    return [entry.strip() for entry in os.environ.get(variable, "").split(",") if entry.strip()]
