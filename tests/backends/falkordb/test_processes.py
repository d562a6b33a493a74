"""Embedded servers and the ends of processes: exit, kill, several processes on one directory."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runic.ogm.backends.falkordb import FalkorDBBackend, connect
from runic.ogm.cypher.dialect import Dialect

from .conftest import Program, count, eventually, runs, server_pid, statement, value, write

Start = Callable[..., Program]

HEAD = """
import redis
backend = connect(sys.argv[1], Dialect(), **({"durability": sys.argv[2]} if sys.argv[2:] else {}))
def pid():
    client = redis.Redis(unix_socket_path=backend._exchange._server.socket_path)
    try:
        return client.info("server")["process_id"]
    finally:
        client.close()
def count():
    return run(backend, "MATCH (n) RETURN count(n)")[0][0][0]
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    """The temporary folder of the programs, which has to be empty in the end."""
    yield tmp_path / "t"
    assert eventually(lambda: not list((tmp_path / "t").iterdir()))


@pytest.fixture(params=["thrown away", "kept"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return "falkordb+embedded://" if request.param == "thrown away" else f"falkordb+embedded://{tmp_path}/data"


def open_again(tmp_path: Path) -> FalkorDBBackend:
    return connect(f"falkordb+embedded://{tmp_path}/data", Dialect())


@pytest.mark.parametrize(
    "ending",
    ["pass", "sys.exit(3)", "raise SystemExit", "1 / 0", "backend.close()", "del backend"],
)
def test_exit_ends_server(temporary: Path, start: Start, url: str, ending: str) -> None:
    program = start(HEAD + f"run(backend, 'CREATE (:A)', True); say(pid()); backend._sender.close(); {ending}", url)
    pid = int(program.line())
    complaints = program.end()
    assert ("ZeroDivisionError" in complaints) if ending == "1 / 0" else not complaints
    assert not runs(pid)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_process_leaves_nothing(temporary: Path, start: Start, url: str, number: int) -> None:
    program = start(HEAD + "run(backend, 'CREATE (:A)', True); say(pid()); time.sleep(60)", url)
    pid = int(program.line())
    os.kill(program.process.pid, number)
    program.end()
    assert eventually(lambda: not runs(pid))


def test_killed_process_keeps_what_it_wrote(temporary: Path, start: Start, tmp_path: Path) -> None:
    program = start(
        HEAD + "run(backend, 'CREATE (:A)', True); say(pid()); time.sleep(60)", f"falkordb+embedded://{tmp_path}/data"
    )
    program.line()
    program.kill()
    backend = open_again(tmp_path)
    assert count(backend) == 1
    backend.close()


def test_server_of_short_lived_thread_stays(temporary: Path, start: Start, url: str) -> None:
    text = """
import threading
thread = threading.Thread(target=lambda: globals().update(backend=connect(sys.argv[1], Dialect())))
thread.start(); thread.join(); time.sleep(0.3)
say(run(backend, "RETURN 1")[0][0][0]); backend.close()
"""
    program = start(text, url)
    assert program.line() == "1"
    assert not program.end()


def test_interrupt_of_terminal_spares_server(temporary: Path, start: Start, url: str) -> None:
    text = (
        HEAD
        + """
signal.signal(signal.SIGINT, lambda *_: None)
os.killpg(os.getpgid(0), signal.SIGINT) if os.getpgid(0) == os.getpid() else os.kill(os.getpid(), signal.SIGINT)
say(count()); backend.close()
"""
    )
    program = start("os.setpgid(0, 0)\n" + text, url)
    assert program.line() == "0"
    assert not program.end()


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux ends a process with its parent")
def test_killed_supervisor_takes_server_along(start: Start, url: str) -> None:
    program = start(HEAD + "say(pid()); input(); backend.close()", url)
    server = int(program.line())
    supervisor = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(supervisor, signal.SIGKILL)
    assert eventually(lambda: not runs(server))
    program.go_on()
    assert not program.end()


def test_second_process_joins(temporary: Path, start: Start, tmp_path: Path) -> None:
    url = f"falkordb+embedded://{tmp_path}/data"
    text = HEAD + "run(backend, 'CREATE (:A)', True); say(pid()); input(); say(count()); input(); backend.close()"
    one, two = start(text, url), start(text, url)
    pid = one.line()
    assert two.line() == pid
    one.go_on()
    assert one.line() == "2"
    one.go_on()
    assert not one.end()
    two.go_on()
    assert two.line() == "2"
    assert runs(int(pid))
    two.go_on()
    assert not two.end()
    assert not runs(int(pid))
    assert not list(temporary.iterdir())


def test_joined_process_goes_on_when_starter_is_killed(temporary: Path, start: Start, tmp_path: Path) -> None:
    url = f"falkordb+embedded://{tmp_path}/data"
    starter = start(HEAD + "say(pid()); time.sleep(60)", url)
    pid = int(starter.line())
    joined = open_again(tmp_path)
    write(joined, "CREATE (:A)")
    starter.kill()
    write(joined, "CREATE (:A)")
    assert (count(joined), server_pid(joined)) == (2, pid)
    joined.close()
    assert eventually(lambda: not runs(pid))


def test_killed_joined_process_spares_the_others(temporary: Path, start: Start, tmp_path: Path) -> None:
    program = start(HEAD + "say(pid()); input(); say(count()); backend.close()", f"falkordb+embedded://{tmp_path}/data")
    pid = program.line()
    joined = start(HEAD + "say(pid()); time.sleep(60)", f"falkordb+embedded://{tmp_path}/data")
    assert joined.line() == pid
    joined.kill()
    program.go_on()
    assert program.line() == "0"
    assert not program.end()
    assert not runs(int(pid))


def test_durability_of_joined_server_is_asked_for(temporary: Path, start: Start, tmp_path: Path) -> None:
    program = start(HEAD + "say(pid()); input(); backend.close()", f"falkordb+embedded://{tmp_path}/data", "always")
    program.line()
    with pytest.raises(ValueError, match="durability='always'"):
        connect(f"falkordb+embedded://{tmp_path}/data", Dialect(), durability="none")
    program.go_on()
    assert not program.end()


def test_many_processes_come_and_go(temporary: Path, start: Start, tmp_path: Path) -> None:
    """Starts, joins and ends of six processes cross; every write stays."""
    text = """
for _ in range(4):
    backend = connect(sys.argv[1], Dialect())
    run(backend, "CREATE (:A)", True)
    backend.close()
"""
    programs = [start(text, f"falkordb+embedded://{tmp_path}/data") for _ in range(6)]
    assert [program.end() for program in programs] == [""] * 6
    backend = open_again(tmp_path)
    assert count(backend) == 24
    backend.close()


@pytest.mark.parametrize("durability", ["everysec", "always"])
def test_killed_server_has_kept_all(temporary: Path, start: Start, tmp_path: Path, durability: str) -> None:
    text = (
        HEAD
        + """
run(backend, "CREATE INDEX FOR (n:A) ON (n.id)", True)
unique = ["UNIQUE", "NODE", "A", "PROPERTIES", 1, "id"]
backend.execute(Statement("GRAPH.CONSTRAINT CREATE", {"arguments": unique}, (), True))
run(backend, "UNWIND range(1, 500) AS i CREATE (:A {id: i, t: 'x' + i, f: i / 7.0, v: vecf32([i, 0.5])})", True)
run(backend, "MATCH (a:A), (b:A) WHERE b.id = a.id + 1 MERGE (a)-[:NEXT {w: a.id}]->(b)", True)
run(backend, "MATCH (n:A {id: 500}) DETACH DELETE n", True)
time.sleep(1.2 if sys.argv[2] == "everysec" else 0)
os.kill(pid(), signal.SIGKILL); say("dead"); time.sleep(60)
"""
    )
    program = start(text, f"falkordb+embedded://{tmp_path}/data", durability)
    assert program.line() == "dead"
    program.kill()
    backend = open_again(tmp_path)
    text = "MATCH (n:A) RETURN count(n), sum(n.id), min(n.f), max(n.t)"
    assert backend.execute(statement(text)).tables == [[[499, 124750, pytest.approx(1 / 7), "x99"]]]
    assert value(backend, "MATCH (:A)-[r:NEXT]->(:A) RETURN sum(r.w)") == sum(range(1, 499))
    assert value(backend, "MATCH (n:A {id: 7}) RETURN n.v")[0] == 7
    text = "CALL db.constraints() YIELD type, label, status RETURN [type, label, status]"
    assert eventually(lambda: value(backend, text) == ["UNIQUE", "A", "OPERATIONAL"])
    assert value(backend, "CALL db.indexes() YIELD label RETURN label") == "A"
    with pytest.raises(Exception, match="unique"):
        write(backend, "CREATE (:A {id: 7})")
    backend.close()


def test_torn_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    backend = open_again(tmp_path)
    for number in range(10):
        write(backend, "CREATE (:A {n: $n})", n=number)
    backend.close()
    (appended,) = (tmp_path / "data" / "appendonlydir").glob("*.incr.aof")
    with appended.open("r+b") as file:
        file.truncate(appended.stat().st_size - 7)
    backend = open_again(tmp_path)
    assert count(backend) == 9
    write(backend, "CREATE (:A)")
    backend.close()
    backend = open_again(tmp_path)
    assert count(backend) == 10
    backend.close()
