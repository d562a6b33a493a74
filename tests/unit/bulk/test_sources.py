from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runic.ogm import OGMError
from runic.ogm.bulk import read_csv
from runic.ogm.bulk.sources import ABSENT, chunks_of


def plain(rows: Any, size: int) -> list[tuple[int, dict[str, list[Any]]]]:
    return [
        (chunk.first, {name: list(values) for name, values in chunk.columns.items()}) for chunk in chunks_of(rows, size)
    ]


def test_mappings_become_columns() -> None:
    assert plain(({"a": i, "b": -i} for i in range(3)), 2) == [
        (1, {"a": [0, 1], "b": [0, -1]}),
        (3, {"a": [2], "b": [-2]}),
    ]


def test_missing_values_are_absent() -> None:
    assert plain([{"a": 1}, {"b": 2}], 9) == [(1, {"a": [1, ABSENT], "b": [ABSENT, 2]})]
    assert plain([{"a": 1}, {"a": 2, "b": 2}], 9) == [(1, {"a": [1, 2], "b": [ABSENT, 2]})]


@pytest.mark.parametrize("rows", ["a.csv", {"a": 1}, 7, b""])
def test_what_is_no_source_is_refused(rows: Any) -> None:
    with pytest.raises(TypeError, match="rows must be"):
        chunks_of(rows, 10)


def test_row_that_is_no_mapping_is_told() -> None:
    with pytest.raises(TypeError, match="row 2 must be a mapping"):
        plain([{"a": 1}, ("b", 2)], 10)


def test_csv_is_read_in_chunks(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text('\ufeffa,b\n1,"x\ny"\n\n2,z\n3,\n', encoding="utf-8")
    assert plain(read_csv(file), 2) == [(1, {"a": ["1", "2"], "b": ["x\ny", "z"]}), (3, {"a": ["3"], "b": [""]})]


@pytest.mark.parametrize("text", ["a,b\n1,2\n3\n", "a,b\n1,2\n3,4,5\n", "a,b\n1\n2\n"])
def test_csv_row_of_other_length_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OGMError, match=r"x\.csv: row \d has \d cells"):
        plain(read_csv(file), 10)


def test_csv_column_named_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,a\n1,2\n", encoding="utf-8")
    with pytest.raises(OGMError, match="twice"):
        plain(read_csv(file), 10)


def test_arrow_batches_are_cut_to_size() -> None:
    import pyarrow as pa

    table = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"]})
    assert plain(table, 2) == [(1, {"a": [1, 2], "b": ["x", None]}), (3, {"a": [3], "b": ["z"]})]
    assert plain(table.to_reader(), 5) == [(1, {"a": [1, 2, 3], "b": ["x", None, "z"]})]


def test_data_frame_is_an_arrow_stream() -> None:
    import pyarrow as pa

    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table({"a": [1]}).__arrow_c_stream__(requested_schema)

    assert plain(Frame(), 5) == [(1, {"a": [1]})]


def test_csv_cell_may_have_any_length(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    long = "x" * 200_000
    file.write_text(f"a,{long}\n1,{long}\n", encoding="utf-8")
    bound = csv.field_size_limit()
    assert plain(read_csv(file), 10) == [(1, {"a": ["1"], long: [long]})]
    assert csv.field_size_limit() == bound


def test_what_is_no_csv_is_told_with_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(file: Any, **_: Any) -> Iterator[list[str]]:
        """Stand for a reader that meets what it cannot read: of what this version reads itself, nothing is left."""
        for line in file:
            if "bad" in line:
                raise csv.Error("bad line")
            yield [line.strip()]

    monkeypatch.setattr(csv, "reader", reader)
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n2\n3\nbad\n", encoding="utf-8")
    found = read_csv(file).chunks(2)
    assert next(found).size == 2
    with pytest.raises(OGMError, match=r"x\.csv: row 4 cannot be read as CSV: bad line"):
        next(found)


@pytest.mark.parametrize("encoding", ["nope", "hex"])
def test_unknown_encoding_is_refused_at_once(encoding: str) -> None:
    with pytest.raises(ValueError, match=f"encoding .*'{encoding}'"):
        read_csv("x.csv", encoding=encoding)


@pytest.mark.parametrize("delimiter", ["", ";;", None])
def test_delimiter_is_one_character(delimiter: Any) -> None:
    with pytest.raises(ValueError, match="delimiter must be one character"):
        read_csv("x.csv", delimiter=delimiter)


def test_arrow_columns_of_one_name_are_refused() -> None:
    import pyarrow as pa

    table = pa.table([[1], [2], [3]], names=["a", "b", "a"])
    with pytest.raises(OGMError, match="two columns with the name 'a'"):
        plain(table, 5)
