"""Counts tests by database and mode, and refuses silent gaps: under CI a skip needs a dialect's flag as its reason."""

from __future__ import annotations

import gc
import os
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.servers import STAND_INS, chosen, left_out, stop_all

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_DATABASE = "no database"
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed")
FLAG = re.compile(r"(\w+Dialect\.\w+|\w+Server\.concurrent) is (False|True)$")
"""Why a test may be left out under CI: the database cannot do it, and says so, or its test server is one process
that keeps every connection waiting while one of them has a transaction open."""

settings.register_profile(
    "shared", settings.get_profile("ci" if os.environ.get("CI") else "default"), deadline=None,
    max_examples=int(os.environ.get("RUNIC_TEST_EXAMPLES", "100")), suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("shared")  # servers and tests share the processors: time tells nothing of a test
BACKENDS = Path(__file__).with_name("backends")
SERVER = re.compile(r"\[(\w+)-a?sync\b|/backends/(\w+)/")
"""The database of a test, in its name."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: left out of `make fast` and `make quick`")
    config.addinivalue_line("markers", "asynchronous: the async half of a claim, left out of `make fast`")
    config.addinivalue_line("markers", "backend(name): counted under this database in the closing table")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what only a database does that is not in this run."""
    one = collection_path.parent == BACKENDS and collection_path.is_dir() and collection_path.name[0].isalpha()
    return True if one and collection_path.name not in chosen() else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Keep the tests of a server in one worker process, so that it is started once a run; spread all others."""
    return ByServer(config, log)


class ByServer(LoadScopeScheduling):
    """Deals tests out by the server that they need; FalkorDB starts at once, and so in every worker."""

    def _split_scope(self, nodeid: str) -> str:
        found = SERVER.search(nodeid)
        name = "" if found is None else found[1] or found[2]
        return nodeid if name in ("", "falkordb") else name


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note on each test where it counts; reports carry it, also from worker processes."""
    backend = _backend(item)
    item.user_properties.append(("backend", backend))
    if backend.endswith("-async"):
        item.add_marker("asynchronous")


def _backend(item: pytest.Item) -> str:
    mark = item.get_closest_marker("backend")
    if mark is not None:
        return str(mark.args[0])
    case = item.callspec.params.get("db") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    return "-".join(map(str, case)) if isinstance(case, tuple) else NO_DATABASE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests to FalkorDB, which takes a tenth of the time; RUNIC_TEST_SLOW=all runs them everywhere.

    And leave out most tests of a backend that only has another database's server to talk to.
    """
    every = os.environ.get("RUNIC_TEST_SLOW") == "all"
    left = [
        item
        for item in items
        if (item.get_closest_marker("slow") and not _is_quick(item) and not every)
        or left_out(_backend(item).split("-")[0], item.path.stem)
    ]
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [item for item in items if item not in gone]


def pytest_collection_finish() -> None:
    """Take thousands of tests out of what the garbage collector walks through again and again."""
    gc.collect()
    gc.freeze()


def _is_quick(item: pytest.Item) -> bool:
    return _backend(item).split("-")[0] in ("falkordb", NO_DATABASE)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line a database and mode: tests run, passed, failed, skipped."""
    counts = _count(terminalreporter)
    terminalreporter.section("tests by database")
    terminalreporter.line(_row("", "run", "passed", "failed", "skipped"))
    for name in sorted(counts, key=lambda name: (name == NO_DATABASE, name)):
        count = counts[name]
        failed = count["failed"] + count["error"]
        passed = count["passed"] + count["xfailed"]
        terminalreporter.line(_row(name, passed + failed, passed, failed, count["skipped"]))
    for name in sorted(STAND_INS.keys() & {place.split("-")[0] for place in counts}):
        terminalreporter.line(f"{name}: its backend, talking to a server of another database")
    for reason in _unexplained(terminalreporter) if _is_ci() else ():
        terminalreporter.line(f"a skip that CI does not accept: {reason}", red=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    """Stop the databases; fail a CI run that left something out for any reason but a dialect's flag."""
    yield
    stop_all()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter is not None and _is_ci() and list(_unexplained(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _count(reporter: pytest.TerminalReporter) -> dict[str, Counter[str]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for outcome in OUTCOMES:
        for report in reporter.stats.get(outcome, ()):
            counts[_place(report)][outcome] += 1
    return counts


def _place(report: Any) -> str:
    return str(dict(getattr(report, "user_properties", ())).get("backend", NO_DATABASE))


def _unexplained(reporter: pytest.TerminalReporter) -> Iterator[str]:
    for report in reporter.stats.get("skipped", ()):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not FLAG.search(reason):
            yield f"{report.nodeid}: {reason}"


def _is_ci() -> bool:
    return os.environ.get("CI") == "true"


def _row(name: object, *cells: object) -> str:
    return f"{name:<24}" + "".join(f"{cell:>9}" for cell in cells)
