"""Wrong arguments of a load are told before anything is sent, and any error says what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runic.ogm import Node, Relation, metadata
from runic.ogm.bulk import load_edges, load_nodes, read_csv
from runic.ogm.driver import Driver
from tests.unit.fake import Buoy, Database, FakeBackend

before = metadata.snapshot()


class Anchorage(Node):
    id: str
    buoys: list[Buoy] = Relation(relationship="MARKED_BY")


metadata.restore(before)


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"columns": ["id"]}, "columns"),
        ({"columns": {"id": 5}}, "columns"),
        ({"columns": {1: "id"}}, "columns"),
        ({"progress": 5}, "progress"),
        ({"rows": None}, "rows"),
        ({"driver": None}, "driver"),
    ],
)
@pytest.mark.parametrize("edges", [False, True])
def test_wrong_argument_is_named_and_nothing_sent(options: dict[str, Any], argument: str, *, edges: bool) -> None:
    database = Database()
    given = {"driver": Driver(FakeBackend(database)), "rows": [{"id": "a"}], **options}
    driver, rows = given.pop("driver"), given.pop("rows")
    with pytest.raises(TypeError, match=f"^{argument} must"):
        if edges:
            load_edges(driver, Anchorage.buoys, rows, **given)
        else:
            load_nodes(driver, Buoy, rows, **given)
    assert database.log == []


@pytest.mark.parametrize("end", ["source", "target"])
def test_column_of_an_end_is_a_name(end: str) -> None:
    ends: dict[str, Any] = {end: 1}
    with pytest.raises(TypeError, match=f"{end} must be the name of a column, not 1"):
        load_edges(Driver(FakeBackend(Database())), Anchorage.buoys, [], **ends)


@pytest.mark.parametrize("error", [OSError("the pipe broke"), KeyError("colour"), KeyboardInterrupt()])
def test_any_error_tells_what_is_stored(error: BaseException) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"id": str(number)} for number in range(4))
        raise error

    with pytest.raises(type(error)) as caught:
        load_nodes(Driver(FakeBackend(Database())), Buoy, rows(), batch=2)
    assert caught.value.__notes__ == ["4 rows of earlier batches are stored."]


def test_text_that_is_not_in_the_encoding_tells_what_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "buoys.csv"
    file.write_bytes(b"id\n" + b"a\n" * 20_000 + b"\xff\n")
    with pytest.raises(UnicodeDecodeError) as caught:
        load_nodes(Driver(FakeBackend(Database())), Buoy, read_csv(file), batch=100)
    assert "rows of earlier batches are stored" in caught.value.__notes__[0]
