"""The command without a database: its version, its errors, and the codes with which it ends."""

from __future__ import annotations

import builtins
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from runic.ogm import OGMError
from runic.ogm.cli import main
from runic.ogm.cli.load import open_rows, renamed_columns
from runic.ogm.cli.shared import find_target, import_user_module

NOWHERE = ("--url", "falkordb://127.0.0.1:1/graph")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"runic-ogm {version('runic-ogm')}\n"


def test_command_is_installed_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "runic.ogm.cli", "--help"], capture_output=True, text=True, check=True)
    assert {"schema", "inspect", "load"} <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("inspect", "nonsense://x"), "unknown scheme"),
        (("inspect", "falkordb://127.0.0.1:1/graph"), "error:"),
        (("schema", "plan", "no_such_module", *NOWHERE), "cannot be imported: ModuleNotFoundError"),
        (("schema", "plan", "json", *NOWHERE), "has no node or edge class"),
        (("load", "json:loads", "x.csv", *NOWHERE), "relation must be"),
        (("load", "json", "x.csv", *NOWHERE), "write module:Class"),
        (("load", "json:nothing", "x.csv", *NOWHERE), "has no 'nothing'"),
        (("load", "json:loads", "x.xlsx", *NOWHERE), "ends in .csv"),
        (("load", "json:loads", "x.csv", "--column", "a", *NOWHERE), "COLUMN=FIELD"),
    ],
)
def test_failure_is_one_line_and_code_1(
    arguments: tuple[str, ...], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x.csv", "x.xlsx"):
        (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    assert main(arguments) == 1
    printed, error = capsys.readouterr()
    assert printed == ""
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert text in error


@pytest.mark.parametrize(
    "arguments",
    [("inspect",), ("load", "a:B"), ("schema", "plan", "json"), ("fly",), ("load", "a:B", "no.csv", *NOWHERE)],
)
def test_wrong_use_is_code_2(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.delenv("RUNIC_URL", raising=False)
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_error_in_the_users_module_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(OGMError, match=r"broken\.py' cannot be imported: ZeroDivisionError"):
        import_user_module(str(tmp_path / "broken.py"))
    with pytest.raises(OGMError, match="there is no file"):
        import_user_module(str(tmp_path / "absent.py"))


def test_module_that_ends_its_program_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ending.py"
    file.write_text("import sys\nsys.exit()\n", encoding="utf-8")
    assert main(["schema", "check", str(file), *NOWHERE]) == 1
    assert "ending.py' cannot be imported: SystemExit" in capsys.readouterr().err


def test_target_is_found_by_its_path() -> None:
    assert find_target("json:JSONDecoder.decode") is __import__("json").JSONDecoder.decode


def test_rows_are_opened_by_the_name_of_the_file() -> None:
    assert getattr(open_rows(Path("a.CSV"), ";"), "delimiter", None) == ";"
    assert getattr(open_rows(Path("a.tsv"), None), "delimiter", None) == "\t"
    assert type(open_rows(Path("a.parquet"), None)).__name__ == "ParquetFile"


def test_columns_are_renamed_or_left_out() -> None:
    assert renamed_columns(["a=b", "c=", "x=y=z"]) == {"a": "b", "c": None, "x=y": "z"}
    assert renamed_columns([]) is None


def test_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name == "typer":
            raise ModuleNotFoundError("No module named 'typer'", name="typer")
        return real(name, *args, **options)

    for name in [name for name in sys.modules if name.startswith("runic.ogm.cli.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert main(["--version"]) == 1
    assert "pip install 'runic-ogm[cli]'" in capsys.readouterr().err
