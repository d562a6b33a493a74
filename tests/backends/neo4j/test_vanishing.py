"""Reads while others delete: Neo4j reads without snapshots, so a node may go between its match and its values."""

from __future__ import annotations

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
