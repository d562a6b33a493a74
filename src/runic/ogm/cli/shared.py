"""What the commands share: the database's URL, the user's modules, and errors of one line."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from runic.ogm import Edge, Node, OGMError

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import ModuleType

out = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
err = Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)
Url = Annotated[
    str, typer.Option("--url", envvar="RUNIC_URL", help="The database, such as falkordb://host:6379/graph.")
]


@contextmanager
def readable_errors() -> Generator[None]:
    """Print what goes wrong in the block in a line, without a traceback, and end the command with 1."""
    try:
        yield
    except (OGMError, OSError, ValueError, TypeError) as error:
        notes = getattr(error, "__notes__", ())
        err.print("error:", " ".join([_one_line(error), *notes]))
        raise typer.Exit(1) from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def import_classes(module: str) -> list[type[Any]]:
    """Return the node and edge classes that a module has, its own and those it imports; OGMError if there are none."""
    found = [value for value in vars(import_user_module(module)).values() if _is_mapped(value)]
    if not found:
        raise OGMError(f"the module {module!r} has no node or edge class")
    return found


def _is_mapped(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, (Node, Edge)) and value not in (Node, Edge)


def import_user_module(name: str) -> ModuleType:
    """Import a module by its name, found from the current folder too, or by its file.

    Raises OGMError that says in a line what went wrong, whatever it was: it is the user's own program.
    """
    try:
        if name.endswith(".py"):
            return _import_file(Path(name))
        if "" not in sys.path and str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # a program may end in sys.exit(): that is not to end this one
        raise OGMError(f"the module {name!r} cannot be imported: {type(error).__name__}: {_one_line(error)}") from error


def _import_file(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    sys.path.insert(0, str(path.parent.resolve()))  # a program imports its neighbours by their bare names
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def find_target(place: str) -> Any:  # noqa: ANN401 - a class, or what a class shows for a relation
    """Return what `module:Class` or `module:Class.relation` means; OGMError if there is no such thing."""
    name, colon, path = place.rpartition(":")
    if not (colon and name and path):
        raise OGMError(f"{place!r} is no place of a class: write module:Class, or module:Class.relation")
    found: Any = import_user_module(name)
    for part in path.split("."):
        found = getattr(found, part, None)
        if found is None:
            raise OGMError(f"the module {name!r} has no {path!r}")
    return found
