"""Reads while others delete: Neo4j reads without snapshots, so a node may go between its match and its values."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from runic.ogm import Driver, Session, select
from tests.conformance.models import Artist, Artwork, Gallery, Sculpture

SECONDS, READERS = 4.0, 4


def _churn(driver: Driver, end: float) -> None:
    while time.monotonic() < end:
        with Session(driver) as s:
            gallery = Gallery(id="g", name="G")
            s.add(gallery)
            s.add_all([Artist(id=f"a{number}", name="A", gallery=gallery) for number in range(30)])
            s.add_all([Sculpture(id=f"s{number}", title="S") for number in range(30)])
        with Session(driver) as s:
            s.execute("MATCH (n) DETACH DELETE n", write=True)


def _read(driver: Driver, number: int) -> None:
    keys = [f"{kind}{place}" for kind in "as" for place in range(30)]

    def unit(s: Session) -> None:
        if number == 0:
            s.scalars(select(Artist).fetch("gallery"))
        elif number == 1:
            s.scalars(select(Artwork))
        elif number == 2:
            s.get_many(Artist, keys)
        else:
            s.get(Artwork, "s7")

    driver.run(unit)


def _churn_until(ended: threading.Event, driver: Driver) -> None:
    while not ended.is_set():
        with Session(driver) as s:
            s.add_all([Artist(id=f"a{number}", name="A", born=1, nicknames=["B", "C"]) for number in range(30)])
        with Session(driver) as s:
            s.execute("MATCH (n) DETACH DELETE n", write=True)


def test_node_that_is_being_deleted_may_lack_values(driver: Driver) -> None:
    """A limit of the database, not ours: once this fails, Neo4j deletes at one blow, and the guide may say so."""
    ended = threading.Event()

    def read(_: int) -> int:
        lacking = 0
        deadline = time.monotonic() + 120
        while not ended.is_set() and time.monotonic() < deadline:
            with Session(driver) as s:
                rows = s.execute("MATCH (n:Artist) WITH [n.id, n.name, n.born, n.nicknames] AS r RETURN r").rows
            lacking += sum(None in row and row[0] is not None for (row,) in rows)
            if lacking:
                ended.set()
        ended.set()
        return lacking

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        _churn_until(ended, driver)
        assert sum(reader.result() for reader in readers)


def test_deletion_is_not_told_as_a_missing_key_or_label(driver: Driver) -> None:
    end = time.monotonic() + SECONDS

    def repeat(number: int) -> None:
        while time.monotonic() < end:
            _read(driver, number)

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(repeat, number) for number in range(READERS)]
        _churn(driver, end)
        for reader in readers:
            reader.result()
